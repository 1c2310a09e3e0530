/**
 * One timer for many waits that mostly end before their time.
 *
 * Setting and clearing a timer costs 2 µs, a tenth of a request and its answer
 * over loopback. So the timer stays set when a wait ends. When it fires, it is
 * set again for the remaining waits: a program that sends a million requests a
 * minute, each with a limit of a second, sets it sixty times.
 *
 * @module
 */

import { type Member, Roster } from "../roster.ts";
import {
  LONGEST_TIMER_MS,
  SYSTEM_TIME,
  type Time,
  type Timer,
} from "./time.ts";

/** One wait. */
export interface Sleeper extends Member {
  /** The end of the wait, by {@linkcode Time.now}; `Infinity` for no limit. */
  readonly untilMs: number;

  /** Called once, at the end of the wait. */
  wake(): void;
}

/**
 * Wakes sleepers in the order of their times: never early, and as late as the
 * runtime's timers are.
 */
export class Alarm {
  readonly #sleepers = new Roster<Sleeper>();
  readonly #time: Time;
  #timer: Timer;
  #firesMs = Infinity;

  /**
   * Creates an alarm without sleepers.
   *
   * @param time The source of time.
   */
  constructor(time: Time = SYSTEM_TIME) {
    this.#time = time;
  }

  /** The time, which {@linkcode Sleeper.untilMs} is compared with. */
  get nowMs(): number {
    return this.#time.now();
  }

  /**
   * Begins to wait.
   *
   * @param sleeper The wait. Its time must not change.
   */
  add(sleeper: Sleeper): void {
    this.#sleepers.add(sleeper);
    if (sleeper.untilMs < this.#firesMs) this.#set(sleeper.untilMs);
  }

  /**
   * Ends a wait before its time.
   *
   * @param sleeper The argument of {@linkcode Alarm.add}.
   */
  delete(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
  }

  /** Ends all waits, and leaves no timer behind. */
  clear(): void {
    this.#sleepers.clear();
    this.#time.clearTimer(this.#timer);
    this.#firesMs = Infinity;
  }

  #set(atMs: number): void {
    this.#time.clearTimer(this.#timer);
    this.#firesMs = atMs;
    const waitMs = Math.max(0, Math.ceil(atMs - this.#time.now()));
    // For a longer wait the timer fires halfway and is set again.
    this.#timer = this.#time.setTimer(
      () => this.#fire(),
      Math.min(waitMs, LONGEST_TIMER_MS),
    );
  }

  #fire(): void {
    const nowMs = this.#time.now();
    const due = [...this.#sleepers].filter(({ untilMs }) => untilMs <= nowMs)
      .sort((a, b) => a.untilMs - b.untilMs);
    for (const sleeper of due) this.#sleepers.delete(sleeper);
    this.#firesMs = Infinity;
    let nextMs = Infinity;
    for (const { untilMs } of this.#sleepers) {
      nextMs = Math.min(nextMs, untilMs);
    }
    if (nextMs < Infinity) this.#set(nextMs);
    // Last, as waking may add a sleeper again.
    for (const sleeper of due) sleeper.wake();
  }
}
