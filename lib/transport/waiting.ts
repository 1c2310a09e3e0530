/**
 * Calls that wait for an event that may never come, and can be ended.
 *
 * @module
 */

/** The calls that wait on one connection. */
export class Waiting {
  readonly #calls = new Set<() => void>();

  /**
   * Waits for a promise, until {@linkcode Waiting.end} is called.
   *
   * @param promise The promise, which goes on if the wait ends first.
   * @param failure Makes the error if the wait ends first.
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
