/**
 * What a request can be told.
 *
 * @module
 */

import { checkDuration, checkInteger, checkNumber } from "../../check.ts";

/** The default of {@linkcode DatagramRequestOptions.attempts}. */
export const DEFAULT_ATTEMPTS: number = 3;

/** The default of {@linkcode DatagramRequestOptions.timeoutMs}: 1 s, as RFC 8085 begins. */
export const DEFAULT_REQUEST_TIMEOUT_MS: number = 1_000;

/**
 * Options for `request`.
 *
 * @typeParam T Type of a message.
 */
export interface DatagramRequestOptions<T = Uint8Array> {
  /**
   * Tells whether a message of the peer is the answer, for example by a number
   * that it repeats; others are left to whoever receives. Give it wherever the
   * messages allow it: without it the first message of the peer is taken, which
   * may be a late second answer to the request before, and requests to the same
   * peer wait for each other.
   *
   * @default {the first message of the peer is the answer}
   */
  readonly accepts?: (message: T) => boolean;
  /**
   * How often the message is sent at most.
   *
   * @default {3}
   */
  readonly attempts?: number;
  /**
   * How many times longer every wait is than the one before; at least 1.
   *
   * @default {2}
   */
  readonly backoff?: number;
  /** Stops waiting when it is aborted, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long to wait in milliseconds after the first attempt.
   *
   * @default {1_000}
   */
  readonly timeoutMs?: number;
}

/**
 * The options with all defaults filled in.
 *
 * @typeParam T Type of a message.
 */
export class RequestSettings<T> {
  readonly accepts: ((message: T) => boolean) | undefined;
  readonly attempts: number;
  readonly backoff: number;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;

  /**
   * Checks the options.
   *
   * @param options The options.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: DatagramRequestOptions<T>) {
    const {
      accepts,
      attempts = DEFAULT_ATTEMPTS,
      backoff = 2,
      signal,
      timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
    } = options;
    checkDuration("timeoutMs", timeoutMs);
    checkInteger("attempts", attempts, 1);
    checkNumber("backoff", backoff, 1);
    this.accepts = accepts;
    this.attempts = attempts;
    this.backoff = backoff;
    this.signal = signal;
    this.timeoutMs = timeoutMs;
  }
}
