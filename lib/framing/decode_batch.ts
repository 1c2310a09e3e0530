/**
 * Takes and drops many messages with any decoder.
 *
 * @module
 */

import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { compact } from "./compact.ts";
import type { Decoder } from "./framing.ts";

/**
 * Appends messages to an array, with `decodeBatch` of the decoder where it has
 * that.
 *
 * @param most How many to append at most, at least 1.
 * @throws {ProtocolError} As the decoder, after the messages before the error were
 * appended.
 */
export function decodeBatch(
  decoder: Decoder,
  queue: ReadableQueue,
  into: Uint8Array[],
  most: number,
): void {
  if (decoder.decodeBatch !== undefined) {
    return decoder.decodeBatch(queue, into, most);
  }
  for (let i = 0, begin = queue.offset; i < most; i++) {
    const message = decoder.decode(queue);
    if (message === undefined) return;
    const end = queue.offset;
    into.push(compact(message, end - begin));
    begin = end;
  }
}

/**
 * Drops messages without a view of them, with `skip` and `skipBatch` of the decoder
 * where it has them.
 *
 * @param most How many to drop at most, at least 1.
 * @returns If `most` is 1, the message's size in bytes, or -1 when more bytes are
 * needed; otherwise how many were dropped, or -1.
 * @throws {ProtocolError} As the decoder, if it is about the first of them.
 */
export function skipMessages(
  decoder: Decoder,
  queue: ReadableQueue,
  most: number,
): number {
  if (most > 1 && decoder.skipBatch !== undefined) {
    const count = decoder.skipBatch(queue, most);
    return count === 0 ? -1 : count;
  }
  const size = decoder.skip === undefined
    ? decoder.decode(queue)?.length ?? -1
    : decoder.skip(queue);
  return most === 1 || size === -1 ? size : 1;
}
