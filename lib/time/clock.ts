/**
 * One coarse timer for all deadlines of a server or a client.
 *
 * Setting and clearing a timer per message costs 1.3 to 2 µs, half of what a
 * message costs altogether. So every connection only notes the time of its last
 * progress, which is a field that costs nothing to read. At every step the
 * clock checks all connections.
 *
 * @module
 */

import { type Member, Roster } from "../roster.ts";
import { SYSTEM_TIME, type Time, type Timer } from "./time.ts";

/** Something with deadlines. */
export interface Watched extends Member {
  /** Checks whether a deadline has run out, and acts. */
  check(nowMs: number): void;
}

/**
 * A time that moves in steps, and the deadlines that are checked at each step.
 */
export class Clock {
  /**
   * Time in milliseconds. It moves only while something is watched. After a
   * long computation of the program it moves by two steps at most, so that the
   * computation does not count as the peer's silence.
   */
  nowMs = 0;
  /**
   * Length of a step in milliseconds. A deadline is never early and up to two
   * steps late: a noted time may be a step old, and the next check a step away.
   */
  readonly stepMs: number;
  readonly #time: Time;
  readonly #watched = new Roster<Watched>();
  #timer: Timer;
  #lastTick = 0;

  /**
   * Creates a clock that is fine enough for some deadlines.
   *
   * @param deadlinesMs The deadlines in milliseconds; the shortest decides.
   * @param time The source of time.
   */
  constructor(deadlinesMs: readonly number[], time: Time = SYSTEM_TIME) {
    // A tenth of the deadline, but at most a hundred checks a second and at
    // least one.
    const finest = Math.min(...deadlinesMs) / 10;
    this.stepMs = Math.min(1000, Math.max(10, finest));
    this.#time = time;
  }

  /** Begins to check deadlines at every step. */
  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#lastTick = this.#time.now();
    this.#setTimer();
  }

  /**
   * Stops checking deadlines. When none are left, the timer stops.
   *
   * @param watched The argument of {@linkcode Clock.add}.
   */
  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0 || this.#timer === undefined) return;
    this.#time.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #setTimer(): void {
    this.#timer = this.#time.setTimer(() => this.#tick(), this.stepMs);
  }

  #tick(): void {
    const tick = this.#time.now();
    this.nowMs += Math.min(tick - this.#lastTick, 2 * this.stepMs);
    this.#lastTick = tick;
    this.#setTimer();
    for (const watched of this.#watched) watched.check(this.nowMs);
  }
}
