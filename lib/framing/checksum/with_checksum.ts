/**
 * A framing whose messages end with a checksum.
 *
 * ```text
 * length:2,crc=16-ccitt     00 07  h e l l o  D2 6E
 *                                  message    over the message; verified, dropped
 * ```
 *
 * The checksum covers what the framing without it gives as the message. So it
 * covers the header too if that is kept: `length:2,strip=0,crc=16-modbus`.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionTypeError } from "../../check.ts";
import { type Hint, ProtocolError } from "../../errors.ts";
import { explainFrame } from "../explain/explain_frame.ts";
import type { CodecOptions, Decoder, Encoder, Framing } from "../framing.ts";
import { checkSendSize, evidence, malformed, tooLarge } from "../limits.ts";
import { nameOf } from "../name.ts";
import {
  type Checksum,
  type ChecksumName,
  checksumOf,
  readTrailer,
  withTrailer,
} from "./crc.ts";
import { checksumParts } from "./checksum_parts.ts";
import { TentativeQueue } from "./tentative_queue.ts";

/**
 * Makes a framing whose messages end with a checksum, which is verified and
 * dropped when reading and added when sending. It does not count toward the
 * limit. A frame with a wrong checksum can be skipped in every framing, as its
 * end is known.
 *
 * @param framing A framing whose messages end in the bytes themselves and may hold
 * any bytes, such as `length:2` or `hdlc`.
 * @param name Which checksum: `"16-ccitt"` (big-endian), `"16-x25"` and
 * `"16-modbus"` (little-endian), `"32"` (CRC-32, big-endian) or `"32-le"`.
 * @returns The framing. Its string has `,crc=` at its end.
 * @throws {TypeError} If there is no such checksum, or the end of a message is the
 * end of the stream.
 *
 * @example A message and its checksum
 * ```ts
 * import { FrameDecoder, lengthPrefix, withChecksum } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = withChecksum(lengthPrefix({ bytes: 1 }), "16-modbus");
 * assertEquals(framing.toString(), "length:1,crc=16-modbus");
 *
 * const decoder = new FrameDecoder(framing);
 * decoder.push(Uint8Array.of(4, 104, 105, 0xee, 0x5e));
 * assertEquals(decoder.next(), Uint8Array.of(104, 105));
 * ```
 */
export function withChecksum(framing: Framing, name: ChecksumName): Framing {
  const checksum = checksumOf(name);
  if (framing.boundary !== "frame") {
    throw new OptionTypeError({
      action: `use framing "${nameOf(framing)}" with a checksum`,
      reason: "a checksum needs messages that end in the bytes themselves",
    });
  }
  return {
    badFrames: framing.badFrames ?? "fail",
    boundary: "frame",
    encodesAlike: framing.encodesAlike === true,
    decoder: (options) => new ChecksumDecoder(framing, checksum, options),
    encoder: (options) => new ChecksumEncoder(framing, checksum, options),
    explain: (frame, place) =>
      checksumParts(explainFrame(framing, frame, place), checksum),
    toString: () => `${nameOf(framing)},crc=${name}`,
  };
}

/** The options of the framing inside, whose messages are longer. */
function inner(options: CodecOptions, { bytes }: Checksum): CodecOptions {
  return { ...options, maxMessageBytes: options.maxMessageBytes + bytes };
}

class ChecksumDecoder implements Decoder {
  /** Only there if the frame that was refused last can be skipped. */
  resync?: (queue: ReadableQueue) => boolean;
  readonly #inner: Decoder;
  readonly #checksum: Checksum;
  readonly #max: number;
  // The framing inside takes a message before its checksum is known to be right.
  readonly #tentative = new TentativeQueue();

  constructor(framing: Framing, checksum: Checksum, options: CodecOptions) {
    this.#inner = framing.decoder(inner(options, checksum));
    this.#checksum = checksum;
    this.#max = options.maxMessageBytes;
  }

  get missingBytes(): number {
    return this.#inner.missingBytes ?? 0;
  }

  get skippedBytes(): number {
    return this.#inner.skippedBytes ?? 0;
  }

  waitHint(queue: ReadableQueue): Hint | undefined {
    return this.#inner.waitHint?.(queue);
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    return this.#checked(queue, (tentative) => this.#inner.decode(tentative));
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    return this.#checked(
      queue,
      (tentative) => this.#inner.decodeEnd(tentative),
    );
  }

  #checked(
    queue: ReadableQueue,
    take: (tentative: ReadableQueue) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    const tentative = this.#tentative.over(queue);
    let message: Uint8Array | undefined;
    try {
      message = take(tentative);
    } catch (error) {
      // What was dropped between frames is not missed.
      tentative.commit();
      this.#skipAs(this.#inner.resync?.bind(this.#inner));
      throw this.#withoutChecksum(error);
    }
    if (message !== undefined) this.#verify(queue, message);
    tentative.commit();
    return message?.subarray(0, message.length - this.#checksum.bytes);
  }

  #verify(queue: ReadableQueue, message: Uint8Array): void {
    const { bytes } = this.#checksum;
    const size = message.length - bytes;
    const given = size < 0 ? 0 : readTrailer(this.#checksum, message);
    const right = size < 0 ? 0 : this.#checksum.of(message.subarray(0, size));
    if (size >= 0 && given === right) return;
    // What lies between frames is dropped for good: the frame begins behind it.
    this.#tentative.commit(this.skippedBytes);
    const shown = evidence(queue, this.#tentative.taken);
    this.#skipAs(() => {
      this.#tentative.commit();
      return true;
    });
    throw malformed(
      size < 0
        ? `its ${message.length} bytes are too few for a checksum of ${bytes}`
        : `its checksum must be ${hex(right, bytes)}, and is ${
          hex(given, bytes)
        }`,
      shown,
    );
  }

  #skipAs(resync: ((queue: ReadableQueue) => boolean) | undefined): void {
    if (resync === undefined) delete this.resync;
    else this.resync = resync;
  }

  /** An error of the framing inside, in sizes without the checksum. */
  #withoutChecksum(error: unknown): unknown {
    if (!(error instanceof ProtocolError) || error.code !== "too_large") {
      return error;
    }
    const { bytes } = this.#checksum;
    const { declaredBytes, firstBytes } = error.details;
    const declared = typeof declaredBytes === "bigint"
      ? declaredBytes - BigInt(bytes)
      : declaredBytes === undefined
      ? undefined
      : declaredBytes - bytes;
    return tooLarge(declared, this.#max, firstBytes);
  }
}

function hex(value: number, bytes: number): string {
  return `0x${value.toString(16).padStart(2 * bytes, "0")}`;
}

class ChecksumEncoder implements Encoder {
  readonly #inner: Encoder;
  readonly #checksum: Checksum;
  readonly #max: number;

  constructor(framing: Framing, checksum: Checksum, options: CodecOptions) {
    this.#inner = framing.encoder(inner(options, checksum));
    this.#checksum = checksum;
    this.#max = options.maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    this.#inner.encode(withTrailer(this.#checksum, message), sink);
  }
}
