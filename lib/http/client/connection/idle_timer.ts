/**
 * The limit on waiting for a server: the time since its last progress, without
 * the time in which the server waits for this side.
 *
 * @module
 */

import {
  LONGEST_TIMER_MS,
  SYSTEM_TIME,
  type Time,
  type Timer,
} from "../../../time/time.ts";

/**
 * A limit on waiting that starts over with every progress; one wait at a time.
 *
 * Setting and clearing a timer costs 2 µs, and a request waits three times: for
 * the response, for its body, and for the next request. So the timer stays set
 * when a wait ends, without keeping the program running. When it fires, it is
 * set again for the wait of that time.
 */
export class IdleTimer {
  readonly #time: Time;
  #timer: Timer;
  #firesMs = Infinity;
  #sinceMs = 0;
  #timeoutMs = 0;
  #onTimeout: (() => void) | undefined;
  #isOurTurn = false;

  /**
   * Creates a limit that waits for nothing yet.
   *
   * @param time The source of time.
   */
  constructor(time: Time) {
    this.#time = time;
  }

  /**
   * Begins to wait, and ends the wait before.
   *
   * @param timeoutMs How long at most; `Infinity` for no bound.
   * @param onTimeout Called when the time is over, never before.
   */
  begin(timeoutMs: number, onTimeout: () => void): void {
    this.end();
    if (timeoutMs > LONGEST_TIMER_MS) return;
    this.#sinceMs = this.#time.now();
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
    if (this.#sinceMs + timeoutMs < this.#firesMs) this.#set(timeoutMs);
    else this.#keepRunning(true);
  }

  /** Stops waiting. */
  end(): void {
    this.#onTimeout = undefined;
    if (this.#timer !== undefined) this.#keepRunning(false);
  }

  /** Stops waiting, and leaves no timer behind. */
  close(): void {
    this.#onTimeout = undefined;
    this.#time.clearTimer(this.#timer);
    this.#forget();
  }

  /** Notes that the server took something. */
  progress(): void {
    // Outside a wait the time is not used.
    if (this.#onTimeout !== undefined) this.#sinceMs = this.#time.now();
  }

  /**
   * Waits for this side; the time does not count against the server.
   *
   * @param ours The promise to wait for.
   */
  async suspended<T>(ours: Promise<T>): Promise<T> {
    this.#isOurTurn = true;
    try {
      return await ours;
    } finally {
      this.#isOurTurn = false;
      this.progress();
    }
  }

  #set(delayMs: number): void {
    this.#time.clearTimer(this.#timer);
    this.#firesMs = this.#time.now() + delayMs;
    this.#timer = this.#time.setTimer(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#forget();
    const onTimeout = this.#onTimeout;
    if (onTimeout === undefined) return;
    const now = this.#time.now();
    if (this.#isOurTurn) this.#sinceMs = now;
    const leftMs = this.#sinceMs + this.#timeoutMs - now;
    if (leftMs > 0) return this.#set(leftMs);
    this.#onTimeout = undefined;
    onTimeout();
  }

  /** Says whether the timer keeps the program running. */
  #keepRunning(does: boolean): void {
    // No other time than the system's does.
    if (this.#time !== SYSTEM_TIME) return;
    const timer = this.#timer as number;
    if (does) Deno.refTimer(timer);
    else Deno.unrefTimer(timer);
  }

  #forget(): void {
    this.#timer = undefined;
    this.#firesMs = Infinity;
  }
}
