/**
 * Answers to the peer's pings.
 *
 * @module
 */

/** Answers pings, now or when there is room. */
export class PongAnswers {
  readonly #send: (payload: Uint8Array) => void;
  // The payload of the answer that waits for room.
  #waiting: Uint8Array | undefined;

  /** @param send Sends a pong. */
  constructor(send: (payload: Uint8Array) => void) {
    this.#send = send;
  }

  /**
   * Answers a ping. A peer that sends pings and reads nothing gets an answer to the last
   * one (RFC 6455 section 5.5.3): otherwise the answers would fill the memory.
   *
   * @param room Resolves when there is room; `undefined` if there is now.
   */
  answer(payload: Uint8Array, room: Promise<void> | undefined): void {
    if (room === undefined) {
      this.#waiting = undefined;
      return this.#send(payload);
    }
    if (this.#waiting === undefined) room.then(() => this.flush(), () => {});
    this.#waiting = payload.slice();
  }

  /** Sends the answer that waits. */
  flush(): void {
    const payload = this.#waiting;
    this.#waiting = undefined;
    if (payload !== undefined) this.#send(payload);
  }
}
