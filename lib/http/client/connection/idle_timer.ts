/**
 * How long a server is waited for: the time since it last did something, without
 * the time in which it is us that it waits for.
 *
 * @module
 */

// Timers hold 32 bits; a longer wait is no bound anybody would see the end of.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * A limit on waiting that begins anew with every progress; one wait at a time.
 *
 * Setting and clearing a timer costs 2 µs, and a request waits three times: for
 * the response, for its body, and for the next request. So the timer stays set
 * when a wait ends, without keeping the program running, and when it fires it is
 * set again for whoever waits then.
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
    if (timeoutMs > LONGEST_MS) return;
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
    // Only while it is waited for is somebody going to look.
    if (this.#onTimeout !== undefined) this.#sinceMs = performance.now();
  }

  /**
   * Waits for something of ours, which is not held against the server.
   *
   * @param ours What is waited for.
   * @returns What it resolves to.
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
