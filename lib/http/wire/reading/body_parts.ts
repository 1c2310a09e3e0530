/**
 * What all readers of bodies have in common.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { BodyData, MessageEnd } from "../events.ts";

/** The most bytes of a body that are put together at a time. */
export const MOST_JOINED_BYTES: number = 64 * 1024;

/** Reads the body of one message. */
export interface BodyReader {
  /**
   * Takes a part of the body, or its end.
   *
   * @returns The part, or `undefined` if more bytes are needed.
   * @throws {HttpError} If it is malformed, or larger than the limit.
   */
  next(queue: ByteQueue): BodyData | MessageEnd | undefined;
  /**
   * What the end of the stream means.
   *
   * @param announced Whether the peer announced it.
   * @returns The end of the message, if that is what ends it.
   * @throws {HttpError} If the body is truncated.
   */
  end(announced: boolean): MessageEnd;
}

/**
 * Takes what is here of a body, without putting chunks together needlessly.
 *
 * @param most How many may be taken.
 * @returns The part, or `undefined` if nothing is here.
 */
export function takeData(queue: ByteQueue, most: number): BodyData | undefined {
  const here = Math.min(queue.length, most);
  if (here === 0) return undefined;
  const count = Math.min(here, MOST_JOINED_BYTES);
  queue.has(count);
  return { type: "data", bytes: queue.take(count) };
}
