/**
 * How long the server is waited for: the time since it last did something,
 * without the time in which it is us that it waits for.
 *
 * @module
 */

// Timers hold 32 bits; a longer wait is no bound anybody would see the end of.
const LONGEST_MS = 2 ** 31 - 1;

/** A limit on waiting that begins anew with every progress. */
export class Patience {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sinceMs = 0;
  #isOurTurn = false;

  /**
   * Begins to wait.
   *
   * @param timeoutMs How long at most; `Infinity` for no bound.
   * @param onTimeout Called when the time is over.
   */
  begin(timeoutMs: number, onTimeout: () => void): void {
    this.end();
    this.#sinceMs = performance.now();
    this.#arm(timeoutMs, timeoutMs, onTimeout);
  }

  /** Stops waiting. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Notes that the server took something. */
  progress(): void {
    // Only while it is waited for is somebody going to look.
    if (this.#timer !== undefined) this.#sinceMs = performance.now();
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

  #arm(delayMs: number, timeoutMs: number, onTimeout: () => void): void {
    if (delayMs > LONGEST_MS) return;
    this.#timer = setTimeout(() => {
      const now = performance.now();
      if (this.#isOurTurn) this.#sinceMs = now;
      const leftMs = this.#sinceMs + timeoutMs - now;
      if (leftMs > 0) return this.#arm(leftMs, timeoutMs, onTimeout);
      this.#timer = undefined;
      onTimeout();
    }, delayMs);
  }
}
