/**
 * The limit on waiting for a server: the time since its last progress, without
 * the time in which the server waits for this side.
 *
 * @module
 */

import { LONGEST_TIMER_MS } from "../../../time/time.ts";

/**
 * A limit on waiting that starts over with every progress; one wait at a time.
 *
 * Setting and clearing a timer costs 2 µs, and a request waits three times: for
 * the response, for its body, and for the next request. So the timer stays set
 * when a wait ends, without keeping the program running. When it fires, it is
 * set again for the wait of that time.
 */
export class IdleTimer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firesMs = Infinity;
  #sinceMs = 0;
  #timeoutMs = 0;
  #onTimeout: (() => void) | undefined;
  #isOurTurn = false;

  /**
   * Begins to wait, and ends the wait before.
   *
   * @param timeoutMs How long at most; `Infinity` for no bound.
   * @param onTimeout Called when the time is over, never before.
   */
  begin(timeoutMs: number, onTimeout: () => void): void {
    this.end();
    if (timeoutMs > LONGEST_TIMER_MS) return;
    this.#sinceMs = performance.now();
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
    if (this.#sinceMs + timeoutMs < this.#firesMs) this.#set(timeoutMs);
    else Deno.refTimer(this.#timer!);
  }

  /** Stops waiting. */
  end(): void {
    this.#onTimeout = undefined;
    if (this.#timer !== undefined) Deno.unrefTimer(this.#timer);
  }

  /** Stops waiting, and leaves no timer behind. */
  close(): void {
    this.#onTimeout = undefined;
    clearTimeout(this.#timer);
    this.#forget();
  }

  /** Notes that the server took something. */
  progress(): void {
    // Outside a wait the time is not used.
    if (this.#onTimeout !== undefined) this.#sinceMs = performance.now();
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
    clearTimeout(this.#timer);
    this.#firesMs = performance.now() + delayMs;
    this.#timer = setTimeout(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#forget();
    const onTimeout = this.#onTimeout;
    if (onTimeout === undefined) return;
    const now = performance.now();
    if (this.#isOurTurn) this.#sinceMs = now;
    const leftMs = this.#sinceMs + this.#timeoutMs - now;
    if (leftMs > 0) return this.#set(leftMs);
    this.#onTimeout = undefined;
    onTimeout();
  }

  #forget(): void {
    this.#timer = undefined;
    this.#firesMs = Infinity;
  }
}
