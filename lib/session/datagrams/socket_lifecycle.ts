/**
 * How a datagram socket ends.
 *
 * ```text
 *   open ── drain ──► draining ── close ──► closing ── all sent ──► closed
 *    ├──────────────── close ────────────────►│                       ▲
 *    └──────────────── abort ─────────────────┴───────────────────────┘
 * ```
 *
 * - `open`: everything works.
 * - `draining`: nothing is received any more except replies.
 * - `closing`: nothing new is sent; the system accepts what is being sent.
 * - `closed`: the system has the socket back.
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";

/** The state of one socket. */
export class SocketLifecycle {
  readonly #ending = new AbortController();
  #state: "open" | "draining" | "closing" | "closed" = "open";
  // What calls are thrown once it is closing or closed.
  #refusal: unknown;

  /** Aborted when the socket is to be used no more. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Checks that the socket may be used.
   *
   * @throws {unknown} Why it is closing or closed.
   */
  checkOpen(): void {
    if (this.#state === "closing" || this.#state === "closed") {
      throw this.#refusal;
    }
  }

  /** The end is asked for, with the signal's reason. */
  drain(reason: unknown): void {
    if (this.#state === "open") this.#state = "draining";
    this.#ending.abort(reason);
  }

  /** Nothing new is sent; later calls are thrown the error. */
  close(error: unknown): void {
    if (this.#state === "closed") return;
    this.#state = "closing";
    this.#refusal = error;
  }

  /**
   * The socket is given back.
   *
   * @returns Whether it was not yet; the caller does it then.
   */
  release(error: unknown): boolean {
    if (this.#state === "closed") return false;
    // An abort while it was closing leaves the first reason.
    this.#refusal ??= error;
    this.#state = "closed";
    this.#ending.abort(error);
    return true;
  }
}

/** The error for a socket that this side closed. */
export function closedError(address: Address, reason: string): ClosedError {
  return new ClosedError({ address: String(address), reason });
}
