/**
 * One coarse timer for all deadlines of a server or a client.
 *
 * Setting and clearing a timer per message costs 1.3 to 2 µs, half of what a
 * message costs altogether. So every connection only notes the time of its last
 * progress, which is a field here and costs nothing to read, and once in a while
 * all of them are looked at.
 *
 * @module
 */

/** Something with deadlines. */
export interface Watched {
  /**
   * Looks whether a deadline has run out, and acts.
   *
   * @param nowMs The clock's time.
   */
  check(nowMs: number): void;
}

/** Milliseconds since some moment, moving in steps, and who is to be checked. */
export class Clock {
  /**
   * Time in milliseconds; moves only while something is watched. When the
   * program was too busy to look, it moves by two steps at most, so that a long
   * computation of ours is not held against the peers.
   */
  nowMs = 0;
  /**
   * Length of a step in milliseconds. A deadline is never early and up to two
   * steps late: a time that was noted may be a step old, and the next look be a
   * step away.
   */
  readonly stepMs: number;
  readonly #watched = new Set<Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastTick = 0;

  /**
   * Creates a clock that is fine enough for some deadlines.
   *
   * @param deadlinesMs The deadlines in milliseconds; the shortest decides.
   */
  constructor(deadlinesMs: readonly number[]) {
    // A tenth of the deadline, but at most a hundred checks a second and at
    // least one.
    const finest = Math.min(...deadlinesMs) / 10;
    this.stepMs = Math.min(1000, Math.max(10, finest));
  }

  /**
   * Begins to check something at every step.
   *
   * @param watched What is to be checked.
   */
  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#lastTick = performance.now();
    this.#timer = setInterval(() => this.#tick(), this.stepMs);
  }

  /**
   * Stops checking something. Without anything to check the timer stops.
   *
   * @param watched What was given to {@linkcode Clock.add}.
   */
  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const tick = performance.now();
    this.nowMs += Math.min(tick - this.#lastTick, 2 * this.stepMs);
    this.#lastTick = tick;
    for (const watched of this.#watched) watched.check(this.nowMs);
  }
}
