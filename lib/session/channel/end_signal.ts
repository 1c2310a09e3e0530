/**
 * The signal that a conversation is to end.
 *
 * Most programs never use it, and making a signal or an error costs as much as
 * the rest of a short connection. So both are made on demand.
 *
 * @module
 */

/** A signal that is made on first use. */
export class EndSignal {
  readonly #orderly: () => unknown;
  #controller: AbortController | undefined;
  #isOver = false;
  #reason: unknown;

  /**
   * Creates it, not aborted.
   *
   * @param orderly Makes the reason for an end that has no other.
   */
  constructor(orderly: () => unknown) {
    this.#orderly = orderly;
  }

  /** The signal itself. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isOver) this.#controller.abort(this.#why());
    }
    return this.#controller.signal;
  }

  /**
   * Aborts it; only the first call counts.
   *
   * @param reason Why; `undefined` for an orderly end.
   */
  end(reason?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    this.#controller?.abort(this.#why());
  }

  #why(): unknown {
    return this.#reason ?? this.#orderly();
  }
}
