/**
 * From a datagram's bytes to its message, or to what was wrong with it.
 *
 * @module
 */

import type { ValueDecoder } from "../../encoding/encoding.ts";
import { json } from "../../encoding/json.ts";
import { text } from "../../encoding/text.ts";
import { ProtocolError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { DatagramSettings } from "./datagram_options.ts";

const SHOWN_BYTES = 16;
// An array of its own costs a small datagram more than all else that is done
// with it here, so many are copied into one, as Node does with its buffers.
const POOL_BYTES = 16_384;
const POOLED_BYTES = 2_048;

/** Decodes the datagrams of one socket. */
export class DatagramDecoder<T> {
  readonly #maxMessageBytes: number;
  readonly #decoder: ValueDecoder<T>;
  // Whether decoded values may be or hold a view of the bytes.
  readonly #isCopied: boolean;
  #pool: Uint8Array = new Uint8Array(0);
  #pooled = 0;

  /**
   * Creates it.
   *
   * @param settings Encoding and limit.
   */
  constructor({ encoding, maxMessageBytes }: DatagramSettings<T>) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#decoder = encoding.decoder(true);
    const own: readonly unknown[] = [text(), json()];
    this.#isCopied = !own.includes(encoding);
  }

  /**
   * Decodes a datagram.
   *
   * @param bytes Its bytes, in a buffer that is written again afterwards.
   * @returns The message.
   * @throws {ProtocolError} If it is above the limit, or no message.
   * @throws {unknown} What an encoding of one's own throws.
   */
  decode(bytes: Uint8Array): T {
    const maxMessageBytes = this.#maxMessageBytes;
    if (bytes.length > maxMessageBytes) {
      throw new ProtocolError(
        "too_large",
        `the limit is ${maxMessageBytes} bytes (maxMessageBytes)`,
        { limitBytes: maxMessageBytes, declaredBytes: bytes.length },
      );
    }
    return this.#decoder.decode(this.#isCopied ? this.#copy(bytes) : bytes)!;
  }

  /** The buffer is used again for the next datagram. */
  #copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > POOLED_BYTES) return bytes.slice();
    if (this.#pooled + length > this.#pool.length) {
      this.#pool = new Uint8Array(POOL_BYTES);
      this.#pooled = 0;
    }
    const start = this.#pooled;
    this.#pooled += length;
    this.#pool.set(bytes, start);
    return this.#pool.subarray(start, this.#pooled);
  }
}

/**
 * Says of which datagram an error tells, and how it begins.
 *
 * @param error What {@linkcode DatagramDecoder.decode} threw.
 * @param bytes The datagram's bytes.
 * @param from Who sent it.
 * @returns The complete error; one that is no `ProtocolError` as it was.
 */
export function diagnosed(
  error: unknown,
  bytes: Uint8Array,
  from: Address,
): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const firstBytes = bytes.slice(0, SHOWN_BYTES);
  const begins = firstBytes.length === 0
    ? ""
    : `; it begins ${
      Array.from(firstBytes, (b) => b.toString(16).padStart(2, "0")).join(" ")
    }`;
  return new ProtocolError(
    error.code,
    `Cannot decode the datagram of ${bytes.length} bytes from ${from}: ${error.message}${begins}`,
    {
      ...error.details,
      firstBytes,
      ...(error.cause === undefined ? {} : { cause: error.cause }),
    },
  );
}
