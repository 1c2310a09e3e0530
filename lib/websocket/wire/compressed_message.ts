/**
 * Messages that were compressed, within their limit.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { tooLarge } from "../../framing/limits.ts";
import type { Inflater } from "./decoder_options.ts";

/**
 * How many bytes a message within the limit takes compressed. What cannot be
 * compressed grows: by an eighth at most, as in zlib's `deflateBound`.
 */
export function mostCompressed(maxMessageBytes: number): number {
  return maxMessageBytes + Math.ceil(maxMessageBytes / 8) + 64;
}

/**
 * Decompresses a message.
 *
 * @throws {ProtocolError} If it is not DEFLATE data, or larger than the limit.
 */
export function inflated(
  payload: Uint8Array,
  inflater: Inflater,
  maxMessageBytes: number,
): Uint8Array {
  let message: Uint8Array | undefined;
  try {
    message = inflater.inflate(payload, maxMessageBytes);
  } catch (cause) {
    throw new ProtocolError("malformed", {
      reason: "the compressed message is not DEFLATE data",
      cause,
    });
  }
  if (message === undefined) throw tooLarge(undefined, maxMessageBytes);
  return message;
}
