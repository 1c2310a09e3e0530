/**
 * Which message an answer is for, and whether it is the right one.
 *
 * @module
 */

import type { Measurements } from "../measuring/measurements.ts";
import type { MessageSource } from "../messages/message_source.ts";
import type { Window } from "./window.ts";

/** How answers are checked. */
export interface AnswerSettings {
  readonly check: "same" | "count" | "none";
  readonly isOrdered: boolean;
  readonly source: MessageSource;
}

/** Takes the answers of one connection. */
export class Answers {
  readonly #check: "same" | "count" | "none";
  readonly #isOrdered: boolean;
  readonly #source: MessageSource;
  readonly #window: Window;
  readonly #measurements: Measurements;

  constructor(
    { check, isOrdered, source }: AnswerSettings,
    window: Window,
    measurements: Measurements,
  ) {
    this.#check = check;
    this.#isOrdered = isOrdered;
    this.#source = source;
    this.#window = window;
    this.#measurements = measurements;
  }

  /** Takes all that came with one read, by one look at the clock. */
  take(batch: readonly Uint8Array[], nowMs: number): void {
    if (this.#check === "same") return this.#takeSame(batch, nowMs);
    if (this.#check === "none") return;
    if (!this.#isOrdered && this.#source.isNumbered) {
      return this.#takeNumbered(batch, nowMs);
    }
    const count = Math.min(batch.length, this.#window.waiting);
    this.#window.answer(count, nowMs, this.#measurements);
    this.#extra(batch.length - count, nowMs);
  }

  #takeSame(batch: readonly Uint8Array[], nowMs: number): void {
    const source = this.#source;
    const window = this.#window;
    for (let i = 0; i < batch.length;) {
      const { first } = window;
      const most = window.isInOrder ? window.span : 0;
      let right = 0;
      while (
        right < most && i < batch.length &&
        source.isSame(batch[i]!, first + right)
      ) {
        right++;
        i++;
      }
      if (right > 0) window.answer(right, nowMs, this.#measurements);
      else this.#takeOther(batch[i++]!, nowMs);
    }
  }

  /**
   * Counts datagrams, of which some are lost: one that equals a message answers this
   * one. Taken for the one to the oldest message, each would be measured from a message
   * that was sent earlier, and from then on all that follow.
   */
  #takeNumbered(batch: readonly Uint8Array[], nowMs: number): void {
    const window = this.#window;
    for (const answer of batch) {
      const match = this.#source.match(answer, window.first, window.next);
      if (match === "extra" || window.waiting === 0) this.#extra(1, nowMs);
      else if (match === "wrong" || "wrong" in match) {
        window.answer(1, nowMs, this.#measurements);
      } else this.#answerAt(match.number, nowMs);
    }
  }

  #takeOther(answer: Uint8Array, nowMs: number): void {
    const window = this.#window;
    const match = this.#source.match(answer, window.first, window.next);
    if (match === "extra" || window.waiting === 0) return this.#extra(1, nowMs);
    if (match === "wrong" || "wrong" in match) {
      const isFound = match !== "wrong" && !this.#isOrdered &&
        window.dropAt(match.wrong);
      if (!isFound) window.drop();
      this.#measurements.failed("wrong", nowMs);
    } else if (this.#isOrdered) {
      while (window.first < match.number) {
        window.drop();
        this.#measurements.failed("missing", nowMs);
      }
      window.answer(1, nowMs, this.#measurements);
    } else this.#answerAt(match.number, nowMs);
  }

  #answerAt(number: number, nowMs: number): void {
    const isFound = this.#window.answerAt(number, nowMs, this.#measurements);
    if (!isFound) this.#extra(1, nowMs);
  }

  #extra(count: number, nowMs: number): void {
    if (count > 0) this.#measurements.failed("extra", nowMs, count);
  }
}
