/**
 * Memory for chunks of files, shared by all downloads.
 *
 * A client that has stopped reading needs no chunk in memory: the file has it. So
 * when all memory is in use, the download that has waited longest for its client
 * gives its chunk up and reads it again later.
 *
 * @module
 */

import { type Member, Roster } from "../../../roster.ts";

/** Bytes that are read at once. */
const CHUNK_BYTES: number = 256 * 1024;

// Downloads that go on at the same time, without reading anything twice.
const MOST_CHUNKS = 32;

/** A download that waits for its client. */
export interface Waiting extends Member {
  /** Gives its memory up. */
  giveUp(): Uint8Array<ArrayBuffer>;
}

const spare: Uint8Array<ArrayBuffer>[] = [];
const waiting = new Roster<Waiting>();
let inUse = 0;

/** Gives memory for one chunk, the caller's until {@linkcode recycleChunk}. */
export function newChunk(): Uint8Array<ArrayBuffer> {
  if (inUse >= MOST_CHUNKS) {
    for (const longest of waiting) {
      waiting.delete(longest);
      return longest.giveUp();
    }
  }
  inUse++;
  return spare.pop() ?? new Uint8Array(CHUNK_BYTES);
}

/** Takes memory back. */
export function recycleChunk(memory: Uint8Array<ArrayBuffer>): void {
  inUse--;
  if (inUse + spare.length < MOST_CHUNKS) spare.push(memory);
}

/** Forgets memory that the system may still look at. */
export function dropChunk(): void {
  inUse--;
}

/** Lets others take the memory of a download until {@linkcode keepChunk}. */
export function lendChunk(download: Waiting): void {
  waiting.add(download);
}

/** Ends that; the memory may be given up already. */
export function keepChunk(download: Waiting): void {
  waiting.delete(download);
}
