/**
 * The beginning of a response's body: is it all that there is?
 *
 * @module
 */

import { notOnNextTurn, onNextTurn } from "../../../time/next_turn.ts";

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
  /** The first read. */
  readonly reading: Promise<Chunk>;
  /** The read after it. */
  readonly following: Promise<Chunk>;
  /** What the first one gave, if it has. */
  first: Chunk | undefined;
  /** What the second one gave, if it has. */
  second: Chunk | undefined;

  /** Begins to read. */
  constructor(reader: BodyReader) {
    this.reading = reader.read();
    this.following = reader.read();
    this.reading.then((chunk) => this.first = chunk, ignore);
    this.following.then((chunk) => this.second = chunk, ignore);
  }

  /**
   * Waits for both reads, but no longer than a few microtasks; and for the first
   * one until this turn of the event loop is over.
   *
   * @throws {unknown} What the body failed with.
   */
  async atHand(): Promise<void> {
    for (let i = 0; i < HOPS && this.second === undefined; i++) await undefined;
    if (this.first === undefined) await beforeNextTurn(this.reading);
  }
}

/** Waits for a promise, but not beyond this turn of the event loop. */
function beforeNextTurn(promise: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = () => resolve(undefined);
    onNextTurn(late);
    promise.then(resolve, reject).finally(() => notOnNextTurn(late));
  });
}
