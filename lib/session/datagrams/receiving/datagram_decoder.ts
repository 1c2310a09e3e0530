/**
 * From a datagram's bytes to its message, or to what is wrong with it.
 *
 * @module
 */

import { spacedHex } from "../../../bytes/hex.ts";
import type { ValueDecoder } from "../../../encoding/encoding.ts";
import { ProtocolError } from "../../../errors.ts";
import type { Address } from "../../../transport/address.ts";
import type { DatagramSettings } from "../datagram_options.ts";

const SHOWN_BYTES = 16;
// A buffer of its own costs a small datagram more than all else that is done with
// it here, so a few of about the same size share one. Of the same size, because a
// message that the program keeps must not keep much more than itself alive: it is
// 32 times its size at most, or 1 KiB.
const POOLED_BYTES = 2_048;
const PER_POOL = 16;
const SMALLEST_BYTES = 64;

/** A buffer that some datagrams share. */
interface Pool {
  readonly bytes: Uint8Array;
  used: number;
}

/** Decodes the datagrams of one socket. */
export class DatagramDecoder<T> {
  readonly #maxMessageBytes: number;
  readonly #decoder: ValueDecoder<T>;
  // Whether decoded values may be or hold a view of the bytes.
  readonly #isCopied: boolean;
  // By the number of bits that the size takes.
  readonly #pools: (Pool | undefined)[] = [];

  constructor({ encoding, maxMessageBytes }: DatagramSettings<T, never>) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#decoder = encoding.decoder(true);
    this.#isCopied = this.#decoder.copies !== true;
  }

  /**
   * Decodes a datagram.
   *
   * @param bytes Its bytes, in a buffer that is overwritten afterwards.
   * @throws {ProtocolError} If it is above the limit, or cannot be decoded.
   * @throws {unknown} What an encoding of the caller's own throws.
   */
  decode(bytes: Uint8Array): T {
    const maxMessageBytes = this.#maxMessageBytes;
    if (bytes.length > maxMessageBytes) {
      throw new ProtocolError("too_large", {
        reason: `the limit is ${maxMessageBytes} bytes`,
        option: "maxMessageBytes",
      }, { limitBytes: maxMessageBytes, declaredBytes: bytes.length });
    }
    return this.#decoder.decode(this.#isCopied ? this.#copy(bytes) : bytes)!;
  }

  /** The buffer is used again for the next datagram. */
  #copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > POOLED_BYTES) return bytes.slice();
    const bits = 32 - Math.clz32(Math.max(length, SMALLEST_BYTES) - 1);
    let pool = this.#pools[bits];
    if (pool === undefined || pool.used + length > pool.bytes.length) {
      pool = { bytes: new Uint8Array(PER_POOL << bits), used: 0 };
      this.#pools[bits] = pool;
    }
    const start = pool.used;
    pool.used += length;
    pool.bytes.set(bytes, start);
    return pool.bytes.subarray(start, pool.used);
  }
}

/**
 * Adds to an error which datagram it is about, and how that begins.
 *
 * @param error What {@linkcode DatagramDecoder.decode} threw.
 * @returns The complete error; another error than a `ProtocolError` as it was.
 */
export function diagnosed(
  error: unknown,
  bytes: Uint8Array,
  from: Address,
): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const firstBytes = bytes.slice(0, SHOWN_BYTES);
  return new ProtocolError(error.code, {
    action: `decode the datagram of ${bytes.length} bytes${
      shown(firstBytes, bytes.length)
    } from`,
    address: String(from),
    reason: error.reason,
    option: error.option,
    advice: error.advice,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  }, { ...error.details, firstBytes });
}

function shown(firstBytes: Uint8Array, size: number): string {
  if (size === 0) return "";
  const more = size > firstBytes.length ? " ..." : "";
  return ` (${spacedHex(firstBytes)}${more})`;
}
