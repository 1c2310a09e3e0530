/**
 * Messages that follow their length as a varint (LEB128), the delimited form of
 * Protocol Buffers.
 *
 * ```text
 * varint                      05 h e l l o        AC 02 and 300 bytes
 * varint:4,offset=1,strip=0   30 05 h e l l o     MQTT: all seven are the message
 * ```
 *
 * A byte holds seven bits, the lowest ones first; its top bit says "more".
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import { checkInteger, outOfRange } from "../../check.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { checkSendSize, SendSizeError } from "../limits.ts";
import { addAnnounced, AnnouncedDecoder } from "./announced.ts";
import { packetFraming } from "./packet.ts";
import {
  type VarintLayout,
  VarintReader,
  VarintScanner,
} from "./varint_reader.ts";

/** Options for {@linkcode varintPrefix}. */
export interface VarintPrefixOptions {
  /**
   * How many bytes the length may have, 1 to 10. MQTT allows 4, Minecraft 3.
   *
   * @default {10}
   */
  readonly bytes?: number;
  /**
   * How many bytes come before the length, 0 to 8192. They are dropped and sent
   * as zero, unless `strip` is 0.
   *
   * @default {0}
   */
  readonly offset?: number;
  /**
   * Whether a length written with more bytes than it needs, such as `83 00` for
   * 3, is refused, as in libp2p. Otherwise it is read as what it says.
   *
   * @default {false}
   */
  readonly strict?: boolean;
  /**
   * 0 to keep the header, so that a message is the whole packet. When sending, a
   * message whose header disagrees with its length is refused.
   *
   * @default {the whole header is dropped}
   */
  readonly strip?: 0;
}

// 64 bits in groups of seven.
const LONGEST = 10;
// As for a length of fixed size.
const FARTHEST = 8192;

/**
 * Makes the framing of messages that follow their length as a varint.
 *
 * @param options Place and form of the length.
 * @returns The framing. It sends the shortest form.
 * @throws {RangeError} If an option is out of its range.
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
  const { bytes = LONGEST, offset = 0, strict = false, strip } = options;
  checkInteger("bytes", bytes, 1, LONGEST);
  checkInteger("offset", offset, 0, FARTHEST);
  if (strip !== undefined && strip !== 0) {
    throw outOfRange("strip", strip, "0, or left out to drop the header");
  }
  const layout = { bytes, offset, strict };
  const name = (bytes === LONGEST ? "varint" : `varint:${bytes}`) +
    (offset === 0 ? "" : `,offset=${offset}`) +
    (strict ? ",strict" : "");
  if (strip === undefined) return new VarintPrefixFraming(name, layout);
  return packetFraming(
    `${name},strip=0`,
    "packet",
    (maxMessageBytes) => new VarintScanner(layout, maxMessageBytes),
    { explain: (parts, frame) => addVarintParts(parts, frame, layout) },
  );
}

/** Adds the parts of a frame: what is before the length, it, and the message. */
export function addVarintParts(
  parts: PartList,
  frame: Uint8Array,
  layout: VarintLayout,
): void {
  const reader = new VarintReader(layout);
  const { offset } = layout;
  addAnnounced(parts, frame, reader, (header) => {
    parts.add("header", offset)
      .add("length", header - offset, `length ${reader.size}`);
  });
}

class VarintPrefixFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #name: string;
  readonly #layout: VarintLayout;

  constructor(name: string, layout: VarintLayout) {
    this.#name = name;
    this.#layout = layout;
  }

  decoder(options: CodecOptions): Decoder {
    return new AnnouncedDecoder(
      new VarintReader(this.#layout),
      options.maxMessageBytes,
    );
  }

  encoder(options: CodecOptions): Encoder {
    return new VarintPrefixEncoder(this.#layout, options.maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    const parts = new PartList(frame);
    addVarintParts(parts, frame, this.#layout);
    return parts.finish();
  }

  toString(): string {
    return this.#name;
  }
}

class VarintPrefixEncoder implements Encoder {
  readonly #offset: number;
  readonly #largest: number;
  readonly #max: number;

  constructor(layout: VarintLayout, maxMessageBytes: number) {
    this.#offset = layout.offset;
    this.#largest = 128 ** layout.bytes - 1;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    if (message.length > this.#largest) {
      throw new SendSizeError({
        action: `send message of ${message.length} bytes`,
        reason: `the length field holds at most ${this.#largest}`,
      });
    }
    for (let i = 0; i < this.#offset; i++) sink.byte(0);
    let rest = message.length;
    while (rest >= 0x80) {
      sink.byte(rest % 128 + 128);
      rest = Math.floor(rest / 128);
    }
    sink.byte(rest);
    sink.payload(message);
  }
}
