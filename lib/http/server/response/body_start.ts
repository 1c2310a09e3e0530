/**
 * The beginning of a response's body: is it all that there is?
 *
 * @module
 */

import {
  NextTurn,
  notOnNextTurn,
  onNextTurn,
} from "../../../time/next_turn.ts";

/** What reads a body. */
export type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/** What a read gives. */
export type Chunk = ReadableStreamReadResult<Uint8Array>;

// Bodies of texts and bytes settle both reads after one microtask; a few more
// are cheap.
const HOPS = 3;

function ignore(): void {}

/** The first two reads of a body. */
export class BodyStart {
  /** The first chunk, if it has come. */
  first: Chunk | undefined;
  /** The second chunk, if it has come. */
  second: Chunk | undefined;
  #reading: Promise<Chunk> | undefined;
  #following: Promise<Chunk> | undefined;

  /** Begins to read. */
  constructor(reader: BodyReader, isKnown: boolean) {
    this.#reading = reader.read();
    this.#reading.then((chunk) => {
      if (this.#reading !== undefined) this.first = chunk;
    }, ignore);
    if (isKnown) return;
    this.#following = reader.read();
    this.#following.then((chunk) => {
      if (this.#following !== undefined) this.second = chunk;
    }, ignore);
  }

  /**
   * Waits for both reads, but no longer than a few microtasks; and for the first
   * one until this turn of the event loop is over.
   *
   * @throws {unknown} What the body failed with.
   */
  async atHand(): Promise<void> {
    for (let i = 0; i < HOPS && this.second === undefined; i++) await undefined;
    if (this.first === undefined) await beforeNextTurn(this.#reading!);
  }

  /** Forgets the first chunk, which was written. */
  taken(): void {
    this.first = this.#reading = undefined;
  }

  /**
   * Gives the next of the two reads that were not taken, and forgets it: nothing
   * may hold a chunk longer than it is being written.
   */
  next(): Promise<Chunk> | undefined {
    const next = this.#reading ?? this.#following;
    if (this.#reading !== undefined) {
      this.first = this.#reading = undefined;
    } else {
      this.second = this.#following = undefined;
    }
    return next;
  }
}

/** Waits for a promise, but not beyond this turn of the event loop. */
function beforeNextTurn(promise: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = new NextTurn(() => resolve(undefined));
    onNextTurn(late);
    promise.then(resolve, reject).finally(() => notOnNextTurn(late));
  });
}
