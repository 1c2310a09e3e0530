/**
 * Decodes many messages with any decoder.
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
