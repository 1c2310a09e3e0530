/**
 * Aborted when the client no longer waits for an answer.
 *
 * @module
 */

import type { Channel } from "../../../session/channel/channel.ts";

/**
 * A signal that is made when it is first used; most handlers never use it.
 */
export class RequestSignal {
  readonly #channel: Channel;
  #controller: AbortController | undefined;
  #onEnd: (() => void) | undefined;
  #isOver = false;

  /**
   * Creates it.
   *
   * @param channel The channel whose loss aborts it.
   */
  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The signal itself. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (!this.#isOver) this.#follow(this.#controller);
    }
    return this.#controller.signal;
  }

  /** The request was answered: what becomes of the connection is another's. */
  end(): void {
    this.#isOver = true;
    if (this.#onEnd === undefined) return;
    this.#channel.signal.removeEventListener("abort", this.#onEnd);
  }

  #follow(controller: AbortController): void {
    const { signal } = this.#channel;
    this.#onEnd = () => controller.abort(signal.reason);
    if (signal.aborted) this.#onEnd();
    else signal.addEventListener("abort", this.#onEnd, { once: true });
  }
}
