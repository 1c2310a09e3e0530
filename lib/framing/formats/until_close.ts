/**
 * One message: everything until the peer finishes sending.
 *
 * ```text
 * bytes     h e l l o   w o r l d   end of the stream
 * message   "hello world"
 * ```
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import { checkSendSize, evidence, tooLarge } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

/**
 * Makes the framing of one message that ends with the stream. There is always
 * exactly one: a peer that finishes without sending a byte has sent an empty
 * message. A lost connection looks like the end, so choose another framing
 * where that matters.
 *
 * @returns The framing `close`. Its encoder refuses a second message.
 *
 * @example Everything is one message
 * ```ts
 * import { FrameDecoder, untilClose } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(untilClose());
 * decoder.push(Uint8Array.of(1));
 * decoder.push(Uint8Array.of(2));
 * assertEquals(decoder.next(), undefined);
 * assertEquals(decoder.end(), Uint8Array.of(1, 2));
 * assertEquals(decoder.end(), undefined);
 * ```
 */
export function untilClose(): Framing {
  return UNTIL_CLOSE;
}

const UNTIL_CLOSE: Framing = namedFraming(
  "close",
  (maxMessageBytes) => new UntilCloseDecoder(maxMessageBytes),
  (maxMessageBytes) => new UntilCloseEncoder(maxMessageBytes),
  {
    boundary: "close",
    // It knows whether its one message was sent.
    encodesAlike: false,
    explain: (parts, frame) => void parts.add("payload", frame.length),
  },
);

class UntilCloseDecoder implements Decoder {
  readonly #max: number;
  #delivered = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): undefined {
    if (queue.length > this.#max) {
      throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
    }
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#delivered) return undefined;
    this.#delivered = true;
    const { length } = queue;
    return queue.has(length) ? queue.take(length) : undefined;
  }
}

class UntilCloseEncoder implements Encoder {
  readonly #max: number;
  #sent = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    if (this.#sent) {
      throw new OptionRangeError({
        action: 'send a second message in framing "close"',
        reason: "it would become part of the first",
      });
    }
    this.#sent = true;
    sink.payload(message);
  }
}
