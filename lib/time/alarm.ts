/**
 * One timer for many waits that mostly end before their time.
 *
 * Setting and clearing a timer costs 2 µs, a tenth of a question and its answer
 * over loopback. So the timer stays set when a wait ends, and when it fires it is
 * set again for whoever is still waiting: one that asks a million questions a
 * minute, each with a limit of a second, sets it sixty times.
 *
 * @module
 */

/** Someone who waits. */
export interface Sleeper {
  /** Until when, by `performance.now()`; `Infinity` for no limit. */
  readonly untilMs: number;

  /** Told once, when the time has come. */
  wake(): void;
}

// Timers hold 32 bits.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Wakes at their times, in their order: never before, and as late as the
 * runtime's timers are.
 */
export class Alarm {
  readonly #sleepers = new Set<Sleeper>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firesMs = Infinity;

  /**
   * Begins to wait.
   *
   * @param sleeper Who is to be woken; its time must stay as it is.
   */
  add(sleeper: Sleeper): void {
    this.#sleepers.add(sleeper);
    if (sleeper.untilMs < this.#firesMs) this.#set(sleeper.untilMs);
  }

  /**
   * Wakes someone no more.
   *
   * @param sleeper Who was given to {@linkcode Alarm.add}.
   */
  delete(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
  }

  /** Wakes nobody any more, and leaves no timer behind. */
  clear(): void {
    this.#sleepers.clear();
    clearTimeout(this.#timer);
    this.#firesMs = Infinity;
  }

  #set(atMs: number): void {
    clearTimeout(this.#timer);
    this.#firesMs = atMs;
    const waitMs = Math.max(0, Math.ceil(atMs - performance.now()));
    this.#timer = setTimeout(() => this.#fire(), Math.min(waitMs, LONGEST_MS));
  }

  #fire(): void {
    const nowMs = performance.now();
    const due = [...this.#sleepers].filter(({ untilMs }) => untilMs <= nowMs)
      .sort((a, b) => a.untilMs - b.untilMs);
    for (const sleeper of due) this.#sleepers.delete(sleeper);
    this.#firesMs = Infinity;
    let nextMs = Infinity;
    for (const { untilMs } of this.#sleepers) {
      nextMs = Math.min(nextMs, untilMs);
    }
    if (nextMs < Infinity) this.#set(nextMs);
    // Last, as whoever wakes may lie down again.
    for (const sleeper of due) sleeper.wake();
  }
}
