/**
 * No framing: a message is whatever has arrived.
 *
 * ```text
 * sent        "hello"  "world"
 * received    "hel"  "lowor"  "ld"        or any other cut
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import { checkSendSize } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

/**
 * Makes the framing without frames: each chunk is a message, and its end
 * depends on the network. An empty message leaves nothing on the wire.
 *
 * @returns The framing `raw`.
 *
 * @example Reading what is there
 * ```ts
 * import { FrameDecoder, raw } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(raw());
 * decoder.push(Uint8Array.of(1, 2, 3));
 * assertEquals(decoder.next(), Uint8Array.of(1, 2, 3));
 * ```
 */
export function raw(): Framing {
  return RAW;
}

const RAW: Framing = namedFraming(
  "raw",
  (maxMessageBytes) => new RawDecoder(maxMessageBytes),
  (maxMessageBytes) => new RawEncoder(maxMessageBytes),
  {
    boundary: "none",
    explain: (parts, frame) => void parts.add("payload", frame.length),
  },
);

class RawDecoder implements Decoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = Math.min(queue.length, this.#max);
    return size > 0 && queue.has(size) ? queue.take(size) : undefined;
  }

  skip(queue: ReadableQueue): number {
    const size = Math.min(queue.length, this.#max);
    if (size === 0 || !queue.has(size)) return -1;
    queue.skip(size);
    return size;
  }

  decodeEnd(): undefined {
    return undefined;
  }
}

class RawEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.payload(message);
  }
}
