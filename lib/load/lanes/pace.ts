/**
 * How many messages a connection may send now.
 *
 * @module
 */

import type { Schedule } from "../generating/schedule.ts";

/** What decides when messages are sent. */
export interface Pace {
  /** How many messages were due and not sent. */
  readonly backlog: number;
  /** Takes leave to send up to `most` messages; gives how many. */
  take(most: number, nowMs: number): number;
  /** When the next message is due that leave was taken for. */
  dueOf(nowMs: number): number;
}

/** In a closed loop: as many as fit, until the end or the count is reached. */
export class ClosedPace implements Pace {
  readonly backlog = 0;
  /** Called once nothing more may be sent. */
  onSpent: () => void = () => {};
  readonly #fromMs: number;
  readonly #endMs: number;
  #left: number;
  #isSpent = false;

  /**
   * Begins.
   *
   * @param fromMs When measuring begins; messages before it are not counted.
   * @param endMs When nothing more is sent.
   * @param count How many messages are sent from then on.
   */
  constructor(fromMs: number, endMs: number, count: number) {
    this.#fromMs = fromMs;
    this.#endMs = endMs;
    this.#left = count;
  }

  take(most: number, nowMs: number): number {
    if (this.#isSpent) return 0;
    if (nowMs < this.#fromMs) return most;
    const count = nowMs >= this.#endMs ? 0 : Math.min(most, this.#left);
    this.#left -= count;
    if (this.#left === 0 || nowMs >= this.#endMs) {
      this.#isSpent = true;
      this.onSpent();
    }
    return count;
  }

  dueOf(nowMs: number): number {
    return nowMs;
  }
}

/** In an open loop, for one of several connections: those that were released. */
export class OpenPace implements Pace {
  readonly #schedule: Schedule;
  readonly #step: number;
  // The number of its next message in the schedule.
  #next: number;
  #released = 0;
  #isStopped = false;

  /**
   * Begins.
   *
   * @param index Which of the connections it is, from 0; they take turns.
   * @param lanes How many there are.
   */
  constructor(schedule: Schedule, index: number, lanes: number) {
    this.#schedule = schedule;
    this.#next = index;
    this.#step = lanes;
  }

  /** How many messages were released and not sent. */
  get backlog(): number {
    return this.#released;
  }

  /**
   * Counts those of them that count as measured.
   *
   * @param first The number of the first one in the schedule.
   */
  backlogFrom(first: number): number {
    const before = Math.ceil(Math.max(0, first - this.#next) / this.#step);
    return Math.max(0, this.#released - before);
  }

  /** Releases messages. */
  release(count: number): void {
    this.#released += count;
  }

  /** Gives no more leave; what was released stays unsent. */
  stop(): void {
    this.#isStopped = true;
  }

  take(most: number): number {
    if (this.#isStopped) return 0;
    const count = Math.min(most, this.#released);
    this.#released -= count;
    return count;
  }

  dueOf(): number {
    const due = this.#schedule.timeOf(this.#next);
    this.#next += this.#step;
    return due;
  }
}
