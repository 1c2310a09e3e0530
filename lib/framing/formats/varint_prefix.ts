/**
 * Messages that follow their length as a varint (LEB128), the delimited form of
 * Protocol Buffers.
 *
 * ```text
 * 05 h e l l o        AC 02 and 300 bytes
 *                     seven bits each, the lowest first; the top bit says "more"
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { AnnouncedDecoder, type HeaderReader } from "./announced.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { checkSendSize, evidence, malformed } from "../limits.ts";

/** Options for {@linkcode varintPrefix}. */
export interface VarintPrefixOptions {
  /**
   * Whether a length written with more bytes than it needs, such as `83 00` for
   * 3, is refused, as in libp2p. Otherwise it is read as what it says.
   *
   * @default {false}
   */
  readonly strict?: boolean;
}

// 64 bits in groups of seven.
const LONGEST = 10;

/**
 * Makes the framing of messages that follow their length as a varint.
 *
 * @param options What is accepted.
 * @returns The framing. It sends the shortest form and reads up to ten bytes.
 *
 * @example A length of one byte
 * ```ts
 * import { FrameDecoder, varintPrefix } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(varintPrefix());
 * decoder.push(Uint8Array.of(2, 104, 105));
 * assertEquals(decoder.next(), Uint8Array.of(104, 105));
 * ```
 */
export function varintPrefix(options: VarintPrefixOptions = {}): Framing {
  return new VarintPrefixFraming(options.strict ?? false);
}

class VarintPrefixFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly #strict: boolean;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  decoder(options: CodecOptions): Decoder {
    return new AnnouncedDecoder(
      new VarintReader(this.#strict),
      options.maxMessageBytes,
    );
  }

  encoder(options: CodecOptions): Encoder {
    return new VarintPrefixEncoder(options.maxMessageBytes);
  }

  toString(): string {
    return this.#strict ? "varint,strict" : "varint";
  }
}

class VarintReader implements HeaderReader {
  size: number | bigint = 0;
  readonly #strict: boolean;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  read(queue: ReadableQueue): number {
    let value = 0;
    let unit = 1;
    for (let at = 0; at < LONGEST; at++) {
      if (!queue.has(at + 1)) return 0;
      const byte = queue.byte(at);
      value += (byte & 0x7f) * unit;
      unit *= 128;
      if (byte >= 0x80) continue;
      if (this.#strict && byte === 0 && at > 0) {
        throw malformed(
          `its length is written in ${at + 1} bytes and needs fewer`,
          evidence(queue, at + 1),
        );
      }
      this.size = value <= Number.MAX_SAFE_INTEGER ? value : exact(queue, at);
      return at + 1;
    }
    throw malformed(
      `its length has more than ${LONGEST} bytes`,
      evidence(queue, LONGEST),
    );
  }
}

/** The value as a `bigint`, for what a number would round. */
function exact(queue: ReadableQueue, last: number): bigint {
  let value = 0n;
  for (let at = last; at >= 0; at--) {
    value = value * 128n + BigInt(queue.byte(at) & 0x7f);
  }
  return value;
}

class VarintPrefixEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    let rest = message.length;
    while (rest >= 0x80) {
      sink.byte(rest % 128 + 128);
      rest = Math.floor(rest / 128);
    }
    sink.byte(rest);
    sink.payload(message);
  }
}
