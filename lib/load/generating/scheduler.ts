/**
 * Releases the messages of an open loop at their times: one scheduler for all
 * connections.
 *
 * ```text
 *            the next message is more than 4 ms away
 *   looking ─────────────────────────────────────────► asleep (timer)
 *    │   ▲ ▲                                              │
 *    │   │ └──────────────────────────────────────────────┘
 *    │   └── turn of the event loop, in which replies are read
 *    └────── all released, or stop() ──► over
 * ```
 *
 * It looks in every turn of the event loop while the next message is near. A timer is
 * a millisecond late, which would be measured as the server's latency.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";
import { type Schedule, timerFor } from "./schedule.ts";

// More per turn would keep the replies waiting: at 100,000 messages per second over 64
// connections, without a bound, 185 ms.
const MOST_PER_TURN = 256;

/** What sends. */
export interface Releaser {
  /** Takes up messages that are due, with the numbers `first` to `first + count - 1`. */
  release(first: number, count: number, nowMs: number): void;
  /** All messages of the schedule were released. */
  released(): void;
}

/** Takes up messages at their times. */
export class Scheduler {
  readonly #schedule: Schedule;
  readonly #to: Releaser;
  readonly #now: () => number;
  readonly #onTurn = () => this.#look();
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;

  constructor(schedule: Schedule, to: Releaser, now: () => number) {
    this.#schedule = schedule;
    this.#to = to;
    this.#now = now;
  }

  /** How many messages were released. */
  get count(): number {
    return this.#next;
  }

  /** Begins. */
  start(): void {
    // A thread may have no part in a short run.
    if (this.#schedule.total === 0) this.#to.released();
    else this.#look();
  }

  /** Releases nothing more. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    this.#timer = this.#immediate = undefined;
  }

  #look(): void {
    const now = this.#now();
    const schedule = this.#schedule;
    const first = this.#next;
    const count = Math.min(schedule.dueBy(now) - first, MOST_PER_TURN);
    // It goes on even if what is called stops it.
    this.#wait(schedule.timeOf(first + Math.max(0, count)) - now);
    if (count <= 0) return;
    this.#next += count;
    const isOver = this.#next === schedule.total;
    if (isOver) this.stop();
    this.#to.release(first, count, now);
    if (isOver) this.#to.released();
  }

  #wait(ms: number): void {
    const timer = timerFor(ms);
    if (timer === undefined) this.#immediate = setImmediate(this.#onTurn);
    else this.#timer = setTimeout(this.#onTurn, timer);
  }
}
