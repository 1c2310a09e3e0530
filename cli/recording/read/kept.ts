/**
 * What a command keeps of a recording: in little memory, and not more than a bound.
 *
 * @module
 */

import { grouped } from "../../output/counted.ts";
import { formatSize } from "../../arguments/sizes.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";

// What is kept, all of it. A recording may be larger than the memory of the machine.
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * What a connection takes besides its bytes, measured with 300,000 of them: its
 * decoders, counts and queues.
 */
export const CONNECTION_BYTES = {
  captured: 2 * 1024,
  played: 2 * 1024,
  shown: 4 * 1024,
} as const;

/** What a chunk or another event takes besides its bytes, measured. */
export const EVENT_BYTES = 256;

// Shorter chunks share buffers: a buffer of its own takes 200 bytes.
const SHORT_BYTES = 1024;
const SHARED_BYTES = 64 * 1024;

/** Keeps bytes, and counts what is kept. */
export class Kept {
  readonly #path: string;
  readonly #mostBytes: number;
  #bytes = 0;
  #shared = new Uint8Array(0);
  #used = 0;

  /**
   * Keeps nothing yet.
   *
   * @param path The recording, for the error.
   */
  constructor(path: string, mostBytes: number = MOST_BYTES) {
    this.#path = path;
    this.#mostBytes = mostBytes;
  }

  /**
   * Counts what is kept from now on; negative for what is not kept any more.
   *
   * @param connections How many connections there are, for the error.
   * @throws {Failure} If it is more than the bound.
   */
  count(bytes: number, connections: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#mostBytes) return;
    const who = connections === 1
      ? "1 connection of it needs"
      : `${grouped(connections)} connections of it need`;
    const advice = connections === 1 ? "" : "; choose one with --connection N";
    throw new Failure(
      EXIT.usage,
      `${this.#path} is too large: ${who} more than ${
        formatSize(this.#mostBytes)
      } of memory${advice}`,
    );
  }

  /** Gives bytes that take little more memory than their length. */
  bytes(chunk: Uint8Array): Uint8Array {
    const { length } = chunk;
    if (length > SHORT_BYTES) return chunk;
    if (this.#used + length > this.#shared.length) {
      this.#shared = new Uint8Array(SHARED_BYTES);
      this.#used = 0;
    }
    const copy = this.#shared.subarray(this.#used, this.#used + length);
    copy.set(chunk);
    this.#used += length;
    return copy;
  }
}
