/**
 * Promises that people leave floating: `void connection.send(message)`.
 *
 * The runtime ends a program for a rejection that nothing looks at, and what
 * makes a send fail is often up to the peer. So no promise of a send or a close is ever unhandled. But a failure should not go unnoticed either: one that
 * nothing looks at within a turn of the event loop, which is when the runtime
 * would end the program, is reported.
 *
 * @module
 */

import { NextTurn, onNextTurn } from "../../time/next_turn.ts";

// An `await` looks in one microtask, and one through another async function in
// four; only what is not looked at by then is worth a timer.
const HOPS = 8;

/**
 * A promise that knows whether something looks at it. `await`, `then`, `catch`
 * and `Promise.all` all call {@linkcode Floating.then}.
 */
export class Floating<T> extends Promise<T> {
  #isHandled = false;

  // Promises that are derived from it are ordinary ones.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /**
   * A promise that settles as another one.
   *
   * @param onUnhandled Called with the reason if it rejects and nothing looks.
   */
  static of<T>(
    promise: Promise<T>,
    onUnhandled: (error: unknown) => void,
  ): Promise<T> {
    const floating = new Floating<T>((resolve, reject) => {
      promise.then(resolve, reject);
    });
    floating.#watch(onUnhandled);
    return floating;
  }

  /** A promise that is rejected. */
  static fail(
    error: unknown,
    onUnhandled: (error: unknown) => void,
  ): Promise<never> {
    const floating = new Floating<never>((_, reject) => reject(error));
    floating.#watch(onUnhandled);
    return floating;
  }

  override then<A = T, B = never>(
    onResolved?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isHandled = true;
    return super.then(onResolved, onRejected);
  }

  #watch(onUnhandled: (error: unknown) => void): void {
    let hops = 0;
    const look = (error: unknown) => {
      if (this.#isHandled) return;
      if (hops++ < HOPS) return queueMicrotask(() => look(error));
      onNextTurn(
        new NextTurn(() => {
          if (!this.#isHandled) onUnhandled(error);
        }),
      );
    };
    super.then(undefined, look);
  }
}
