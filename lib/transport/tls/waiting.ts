/**
 * Calls that wait for something that may never come, and are told so.
 *
 * @module
 */

/** The calls that wait on one connection. */
export class Waiting {
  readonly #calls = new Set<() => void>();

  /**
   * Waits for a promise, until {@linkcode Waiting.end} is called.
   *
   * @param promise What to wait for; it goes on when the waiting ends.
   * @param failure Makes the error for when the waiting ends first.
   * @returns What the promise resolves to.
   */
  async race<T>(promise: Promise<T>, failure: () => unknown): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const tell = () => reject(failure());
    this.#calls.add(tell);
    try {
      return await Promise.race([promise, ended]);
    } finally {
      this.#calls.delete(tell);
    }
  }

  /** Ends the waiting of all calls with their failures. */
  end(): void {
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const tell of calls) tell();
  }
}
