/**
 * What one message may still bring besides its head and its body, and which
 * faults were accepted in it.
 *
 * @module
 */

import { type HttpError, tooLarge } from "../http_error.ts";
import type { Forgiven, HttpReadSettings } from "../http_limits.ts";

/** The allowance of one message. */
export class Allowance {
  /** Faults that were accepted, each of them once. */
  readonly forgiven: Forgiven[] = [];
  readonly #isLenient: boolean;
  readonly #maxOverheadBytes: number;
  #overheadBytes = 0;

  constructor(settings: HttpReadSettings) {
    this.#isLenient = settings.lenient;
    this.#maxOverheadBytes = settings.maxOverheadBytes;
  }

  /** How many bytes of overhead the message may still bring. */
  get leftBytes(): number {
    return this.#maxOverheadBytes - this.#overheadBytes;
  }

  /**
   * Notes overhead: an extension, trailers, an informational response.
   *
   * @throws {HttpError} If the message has brought too much.
   */
  spend(bytes: number): void {
    this.#overheadBytes += bytes;
    if (this.leftBytes < 0) throw this.exceeded();
  }

  /** The error for a message that has brought too much. */
  exceeded(): HttpError {
    return tooLarge(
      431,
      "message's overhead (chunk extensions, trailers, informational responses)",
      this.#maxOverheadBytes,
      "maxOverheadBytes",
    );
  }

  /**
   * Accepts a fault, if that is allowed.
   *
   * @returns Whether it is accepted.
   */
  forgive(fault: Forgiven): boolean {
    if (!this.#isLenient) return false;
    if (!this.forgiven.includes(fault)) this.forgiven.push(fault);
    return true;
  }
}
