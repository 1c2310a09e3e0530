/**
 * What a stream begins with, for an error at any later place in it.
 *
 * A line feed that happens to be in the first record of TLS ends a line, and then
 * the error is about the second line. So the first bytes are kept while they may be
 * a greeting. Only those of whole messages count: how many more have arrived depends
 * on the network's cuts.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { Hint } from "../../errors.ts";
import { evidence, SHOWN_BYTES } from "../limits.ts";
import {
  type Greeting,
  looksLike,
  mayGreet,
  readGreeting,
} from "./greeting.ts";

/** The first bytes of a stream. */
export class Beginning {
  #bytes: Uint8Array | undefined;
  #isKnown = false;

  /** Looks at the bytes in front of the queue, before a message is taken. */
  note(queue: ReadableQueue): void {
    const from = queue.offset;
    if (this.#isKnown || from >= SHOWN_BYTES || !queue.has(1)) return;
    if (from === 0 && !mayGreet(queue.byte(0))) {
      this.#isKnown = true;
      return;
    }
    this.#bytes ??= new Uint8Array(SHOWN_BYTES);
    this.#bytes.set(evidence(queue, SHOWN_BYTES - from), from);
  }

  /** What the stream looks like, if its first bytes are well known. */
  hint(queue: ReadableQueue, hasEnded: boolean): Hint | undefined {
    const found = this.greeting(queue, hasEnded);
    return found === undefined || found === "undecided"
      ? undefined
      : { text: looksLike(found) };
  }

  /**
   * What the stream begins with.
   *
   * @param hasEnded Whether no more bytes will come.
   * @returns What sends it; `"undecided"` only while nothing was taken yet.
   */
  greeting(
    queue: ReadableQueue,
    hasEnded: boolean,
  ): Greeting | undefined | "undecided" {
    const taken = queue.offset;
    if (taken === 0) {
      return readGreeting(evidence(queue, SHOWN_BYTES), hasEnded);
    }
    const found = readGreeting(
      this.#bytes?.subarray(0, Math.min(taken, SHOWN_BYTES)) ?? EMPTY,
      false,
    );
    // Its bytes are not those of the message in question.
    return found === undefined || found === "undecided"
      ? undefined
      : { peer: found.peer, bytes: 0 };
  }
}

const EMPTY = new Uint8Array(0);
