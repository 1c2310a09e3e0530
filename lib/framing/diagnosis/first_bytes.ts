/**
 * The first bytes of a frame that was refused, as an error shows them.
 *
 * Only those that the refusal rests on: how many more had arrived depends on the
 * network's cuts, and the same bytes must give the same error. A decoder of this
 * library says which they are. For any other decoder the shortest beginning is
 * looked for that it refuses as well.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ProtocolError } from "../../errors.ts";
import type { Decoder } from "../framing.ts";
import type { Greeting } from "./greeting.ts";
import { evidence, SHOWN_BYTES } from "../limits.ts";

/** Where in a stream an error is. */
export interface Place {
  /** Messages decoded before it, with the one in question if it was decoded. */
  readonly count: number;
  /** What the stream begins with, if this is its beginning and it is known. */
  readonly greeting: Greeting | undefined;
  /** Whether the stream has ended. */
  readonly hasEnded: boolean;
  /** The message, if the frame was good and its content is not. */
  readonly message: Uint8Array | undefined;
  /** Makes another decoder of the same kind. */
  readonly newDecoder: () => Decoder;
  /** The bytes not yet taken. */
  readonly queue: ReadableQueue;
  /** Where the frame begins in the stream, in bytes. */
  readonly streamOffset: number;
}

/**
 * Finds the bytes to show.
 *
 * @param place Where it is.
 * @returns A copy of at most 16.
 */
export function firstBytesOf(error: ProtocolError, place: Place): Uint8Array {
  const { greeting, hasEnded, message, queue } = place;
  if (message !== undefined) return message.slice(0, SHOWN_BYTES);
  const given = error.details.firstBytes;
  const least = greeting?.bytes ?? 0;
  if (given !== undefined) {
    return given.length < least ? evidence(queue, least) : given;
  }
  const all = evidence(queue, SHOWN_BYTES);
  if (hasEnded) return all;
  return all.subarray(0, Math.max(least, decidingBytes(all, place.newDecoder)));
}

/** How many of the bytes a new decoder needs to refuse them; all if more. */
function decidingBytes(bytes: Uint8Array, newDecoder: () => Decoder): number {
  const queue = new ByteQueue();
  try {
    const decoder = newDecoder();
    for (const byte of bytes) {
      queue.push(Uint8Array.of(byte));
      decoder.decode(queue);
    }
  } catch {
    return queue.offset + queue.length;
  }
  return bytes.length;
}
