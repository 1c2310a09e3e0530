/**
 * The messages of one connection that wait for their answers, with the times at which
 * they were due and sent: a ring that grows up to the most that may wait.
 *
 * ```text
 *   number     first                next
 *                │    in flight      │
 *   ... answered │ due,sent  due,sent│ not sent yet ...
 * ```
 *
 * @module
 */

// A message that was answered before an earlier one.
const ANSWERED = NaN;

/** Takes note of what came of messages. */
export interface Outcomes {
  /** Messages that were due and sent at the same times were answered. */
  answered(dueMs: number, sentMs: number, nowMs: number, count: number): void;
}

/** Messages in flight, by number. */
export class Window {
  /** The number of the oldest message that waits. */
  first = 0;
  /** The number of the next message to send. */
  next = 0;
  #due = new Float64Array(8);
  #sent = new Float64Array(8);
  #answeredAhead = 0;

  /** How many messages wait. */
  get waiting(): number {
    return this.next - this.first - this.#answeredAhead;
  }

  /** How many numbers the window spans. */
  get span(): number {
    return this.next - this.first;
  }

  /** Whether all that it spans wait: none was answered before an earlier one. */
  get isInOrder(): boolean {
    return this.#answeredAhead === 0;
  }

  /** When the oldest was sent. */
  get oldestSentMs(): number {
    return this.#sent[this.first & (this.#sent.length - 1)]!;
  }

  /** Adds a message; it gets the number `next`. */
  push(dueMs: number, sentMs: number): void {
    if (this.span === this.#due.length) this.#grow();
    const at = this.next++ & (this.#due.length - 1);
    this.#due[at] = dueMs;
    this.#sent[at] = sentMs;
  }

  /** Passes over messages that are not to be answered. */
  pass(count: number): void {
    this.first = this.next += count;
  }

  /** The oldest messages were answered. Those sent together are noted together. */
  answer(count: number, nowMs: number, to: Outcomes): void {
    const due = this.#due;
    const sent = this.#sent;
    const mask = due.length - 1;
    let left = count;
    while (left > 0) {
      const at = this.first & mask;
      const dueMs = due[at]!;
      const sentMs = sent[at]!;
      let same = 1;
      while (
        same < left && due[(at + same) & mask] === dueMs &&
        sent[(at + same) & mask] === sentMs
      ) same++;
      this.first += same;
      left -= same;
      to.answered(dueMs, sentMs, nowMs, same);
    }
    this.#skipAnswered();
  }

  /**
   * A message was answered, maybe before an earlier one.
   *
   * @returns Whether it was waiting.
   */
  answerAt(number: number, nowMs: number, to: Outcomes): boolean {
    const at = number & (this.#due.length - 1);
    const dueMs = this.#due[at]!;
    const sentMs = this.#sent[at]!;
    if (!this.dropAt(number)) return false;
    to.answered(dueMs, sentMs, nowMs, 1);
    return true;
  }

  /**
   * Takes a message out, maybe before an earlier one.
   *
   * @returns Whether it was waiting.
   */
  dropAt(number: number): boolean {
    if (number < this.first || number >= this.next) return false;
    const at = number & (this.#due.length - 1);
    if (Number.isNaN(this.#sent[at]!)) return false;
    this.#sent[at] = ANSWERED;
    this.#answeredAhead++;
    this.#skipAnswered();
    return true;
  }

  /** Takes the oldest message out. */
  drop(): void {
    this.first++;
    this.#skipAnswered();
  }

  #skipAnswered(): void {
    while (this.#answeredAhead > 0 && Number.isNaN(this.oldestSentMs)) {
      this.#answeredAhead--;
      this.first++;
    }
  }

  #grow(): void {
    const { length } = this.#due;
    const due = new Float64Array(2 * length);
    const sent = new Float64Array(2 * length);
    for (let n = this.first; n < this.next; n++) {
      due[n & (2 * length - 1)] = this.#due[n & (length - 1)]!;
      sent[n & (2 * length - 1)] = this.#sent[n & (length - 1)]!;
    }
    this.#due = due;
    this.#sent = sent;
  }
}
