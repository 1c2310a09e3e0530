/**
 * Waiting until a position of the outgoing stream is written.
 *
 * @module
 */

/** A promise that is resolved. */
export const DONE: Promise<void> = Promise.resolve();

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The waits of one sending half, in the order of their positions. */
export class Waiters {
  #waiting: Waiter[] = [];

  /** Waits until as many bytes are written. */
  wait(position: number): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ position, resolve, reject });
    });
    // A caller that does not await it must not be ended by a peer that goes away.
    written.catch(unawaited);
    return written;
  }

  /** Ends the waits for what is written. */
  settle(bytesOut: number): void {
    const waiting = this.#waiting;
    let settled = 0;
    while (settled < waiting.length) {
      const waiter = waiting[settled]!;
      if (waiter.position > bytesOut) break;
      waiter.resolve();
      settled++;
    }
    if (settled > 0) waiting.splice(0, settled);
  }

  /**
   * Ends all waits with an error.
   *
   * @returns Whether there were any.
   */
  fail(error: unknown): boolean {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
    return waiting.length > 0;
  }
}

/** Makes a rejection that may be left alone. */
export function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(unawaited);
  return promise;
}

/** Takes note of a rejection that a caller may have left alone. */
export function unawaited(): void {}
