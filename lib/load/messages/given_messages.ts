/**
 * Messages that are given, sent in turn.
 *
 * @module
 */

import type { Match, MessageSource } from "./message_source.ts";
import { sameBytes } from "./same_bytes.ts";

const MOST_BYTES = 128 * 1024;
const MOST_MESSAGES = 128;

/** Gives the same messages again and again, in their order. */
export class GivenMessages implements MessageSource {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isNumbered = false;
  readonly mostAtOnce: number;
  readonly #messages: readonly Uint8Array[];

  constructor(messages: readonly Uint8Array[]) {
    const sizes = messages.map(({ length }) => length);
    this.minBytes = sizes.reduce((a, b) => Math.min(a, b));
    this.maxBytes = sizes.reduce((a, b) => Math.max(a, b));
    const most = Math.floor(MOST_BYTES / Math.max(1, this.maxBytes));
    this.mostAtOnce = Math.max(1, Math.min(MOST_MESSAGES, most));
    this.#messages = messages;
  }

  take(first: number, count: number): Uint8Array[] {
    const messages: Uint8Array[] = [];
    for (let i = 0; i < count; i++) messages.push(this.#at(first + i));
    return messages;
  }

  isSame(answer: Uint8Array, number: number): boolean {
    return sameBytes(answer, this.#at(number));
  }

  /** They carry no number: which one a wrong answer is for cannot be known. */
  match(answer: Uint8Array, first: number, next: number): Match {
    return next > first && this.isSame(answer, first)
      ? { number: first }
      : "wrong";
  }

  #at(number: number): Uint8Array {
    return this.#messages[number % this.#messages.length]!;
  }
}
