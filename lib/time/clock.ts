/**
 * One coarse timer for all deadlines of a server or a client.
 *
 * Setting and clearing a timer per message costs 1.3 to 2 µs, half of what a
 * message costs altogether. So every connection only notes the time of its last
 * progress, which is a field here and costs nothing to read, and at every step of
 * the clock all of them are looked at.
 *
 * @module
 */

import { SYSTEM_TIME, type Time, type Timer } from "./time.ts";

/** Something with deadlines. */
export interface Watched {
  /**
   * Looks whether a deadline has run out, and acts.
   *
   * @param nowMs The clock's time.
   */
  check(nowMs: number): void;
}

/** Milliseconds since some moment, moving in steps, and what is checked then. */
export class Clock {
  /**
   * Time in milliseconds; moves only while something is watched. When the
   * program was too busy to look, it moves by two steps at most, so that a long
   * computation of ours does not count as the peer's silence.
   */
  nowMs = 0;
  /**
   * Length of a step in milliseconds. A deadline is never early and up to two
   * steps late: a time that was noted may be a step old, and the next look be a
   * step away.
   */
  readonly stepMs: number;
  readonly #time: Time;
  readonly #watched = new Set<Watched>();
  #timer: Timer;
  #lastTick = 0;

  /**
   * Creates a clock that is fine enough for some deadlines.
   *
   * @param deadlinesMs The deadlines in milliseconds; the shortest decides.
   * @param time Where time comes from.
   */
  constructor(deadlinesMs: readonly number[], time: Time = SYSTEM_TIME) {
    // A tenth of the deadline, but at most a hundred checks a second and at
    // least one.
    const finest = Math.min(...deadlinesMs) / 10;
    this.stepMs = Math.min(1000, Math.max(10, finest));
    this.#time = time;
  }

  /**
   * Begins to check something at every step.
   *
   * @param watched What is to be checked.
   */
  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#lastTick = this.#time.now();
    this.#setTimer();
  }

  /**
   * Stops checking something. Without anything to check the timer stops.
   *
   * @param watched What was given to {@linkcode Clock.add}.
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
