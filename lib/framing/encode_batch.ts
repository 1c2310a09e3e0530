/**
 * Encodes many messages with any encoder.
 *
 * @module
 */

import type { ByteSink } from "../bytes/byte_sink.ts";
import type { Encoder } from "./framing.ts";

/**
 * Appends the frames of several messages to a sink, with `encodeBatch` of the
 * encoder where it has that.
 *
 * @param from Index of the first message to encode.
 * @param sink Where the frames go.
 * @param untilBytes Size of the sink in bytes at which to stop; at least one
 * message is encoded.
 * @returns Index of the first message that was not encoded.
 * @throws {RangeError} If the message at `from` cannot be sent. A later one that
 * cannot be sent is the index that is returned.
 */
export function encodeBatch(
  encoder: Encoder,
  messages: readonly Uint8Array[],
  from: number,
  sink: ByteSink,
  untilBytes: number,
): number {
  if (encoder.encodeBatch !== undefined) {
    return encoder.encodeBatch(messages, from, sink, untilBytes);
  }
  return encodeEach(encoder, messages, from, sink, untilBytes);
}

/** Does the same with `encode` alone. */
export function encodeEach(
  encoder: Encoder,
  messages: readonly Uint8Array[],
  from: number,
  sink: ByteSink,
  untilBytes: number,
): number {
  for (let next = from; next < messages.length; next++) {
    if (next > from && sink.length >= untilBytes) return next;
    try {
      encoder.encode(messages[next]!, sink);
    } catch (error) {
      if (next === from) throw error;
      return next;
    }
  }
  return messages.length;
}
