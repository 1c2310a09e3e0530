/**
 * Encoder of messages after a binary length.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import { OptionRangeError } from "../../check.ts";
import { encodeEach } from "../encode_batch.ts";
import type { Encoder } from "../framing.ts";
import { checkSendSize, SendSizeError } from "../limits.ts";
import { LARGEST, type Layout, maskBytes } from "./length_layout.ts";

/** Writes frames of a layout. */
export class LengthPrefixEncoder implements Encoder {
  readonly #max: number;
  readonly #layout: Layout;
  readonly #plain: boolean;
  readonly #mask: Uint8Array | undefined;

  constructor(layout: Layout, maxMessageBytes: number) {
    this.#max = maxMessageBytes;
    this.#layout = layout;
    this.#mask = maskBytes(layout);
    this.#plain = layout.bytes === 4 && !layout.littleEndian &&
      layout.offset === 0 && layout.strip === 4 && layout.adjust === 0 &&
      layout.tail === 0 && layout.unit === 1 && this.#mask === undefined;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    if (this.#plain && size <= LARGEST[4]) {
      sink.prefixed(message);
      return;
    }
    const { adjust, bytes, mask, offset, strip, tail, unit } = this.#layout;
    const header = offset + bytes;
    const kept = Math.max(0, header - strip);
    if (size < kept) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason: `it must begin with the last ${kept} bytes of the header`,
      });
    }
    const counted = strip + size - header - adjust;
    if (counted % unit !== 0) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason:
          `its length counts ${unit} bytes as one, and ${counted} is not a multiple of it`,
      });
    }
    const value = counted / unit;
    if (value < 0 || value > mask) {
      throw new (value < 0 ? OptionRangeError : SendSizeError)({
        action: `send message of ${size} bytes`,
        reason:
          `its length would be ${value}, and the ${bytes}-byte field holds 0 to ${mask}`,
      });
    }
    if (strip === header) {
      for (let i = 0; i < offset; i++) sink.byte(0);
      for (let i = 0; i < bytes; i++) sink.byte(this.#fieldByte(value, i));
    } else {
      sink.copy(this.#head(message, value, kept));
    }
    sink.payload(kept === 0 ? message : message.subarray(kept));
    for (let i = 0; i < tail; i++) sink.byte(0);
  }

  encodeBatch(
    messages: readonly Uint8Array[],
    from: number,
    sink: ByteSink,
    untilBytes: number,
  ): number {
    const most = Math.min(this.#max, LARGEST[4]);
    if (!this.#plain || messages[from]!.length > most) {
      return encodeEach(this, messages, from, sink, untilBytes);
    }
    return sink.prefixedAll(messages, from, most, untilBytes);
  }

  /** What comes before the rest of the message, if part of it is the message's. */
  #head(message: Uint8Array, value: number, kept: number): Uint8Array {
    const { bytes, offset, strip } = this.#layout;
    // The stripped bytes are zero, the kept ones the message's own; over both
    // lies the length field.
    const head = new Uint8Array(Math.max(offset + bytes, strip));
    head.set(message.subarray(0, kept), strip);
    for (let i = 0; i < bytes; i++) {
      head[offset + i] = this.#fieldByte(value, i);
    }
    for (let i = 0; i < kept; i++) {
      // Bits of the field that are not the length are the message's own.
      const at = strip + i;
      head[at]! |= message[i]! & ~this.#maskAt(at - offset);
      if (message[i] === head[at]) continue;
      throw new OptionRangeError({
        action:
          `send message of ${message.length} bytes whose own length field does not say ${value}`,
        reason: `its byte ${i} is ${message[i]} and must be ${head[at]}`,
      });
    }
    return head;
  }

  /** The byte of the length field at a position. */
  #fieldByte(value: number, index: number): number {
    const { bytes, littleEndian } = this.#layout;
    const shift = littleEndian ? index : bytes - 1 - index;
    return Math.floor(value / 256 ** shift) % 256;
  }

  /** The length's bits of the byte of the field at a position. */
  #maskAt(index: number): number {
    const { bytes, littleEndian } = this.#layout;
    if (this.#mask === undefined || index < 0 || index >= bytes) return 0xff;
    return this.#mask[littleEndian ? bytes - 1 - index : index]!;
  }
}
