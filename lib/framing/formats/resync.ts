/**
 * How the end of a bad frame is found: by the byte that ends every frame, in
 * constant memory.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";

/**
 * Drops bytes up to and including a byte.
 *
 * @param last The byte that ends frames.
 * @returns Whether it was there. Otherwise everything that is here was dropped.
 */
export function dropThrough(queue: ReadableQueue, last: number): boolean {
  const isThere = dropUpTo(queue, last);
  if (isThere) queue.skip(1);
  return isThere;
}

/**
 * Drops bytes up to a byte, which stays.
 *
 * @param next The byte that begins frames.
 * @returns Whether it was there. Otherwise everything that is here was dropped.
 */
export function dropUpTo(queue: ReadableQueue, next: number): boolean {
  const at = queue.indexOf(next);
  queue.skip(at === -1 ? queue.length : at);
  return at !== -1;
}
