/**
 * Options of a request over datagrams.
 *
 * @module
 */

import { DEFAULT_ATTEMPTS } from "../../defaults.ts";
import { checkDuration, checkInteger, checkNumber } from "../../../check.ts";

// RFC 8085, section 3.1.1: begin with 1 s where the round trip is not known.
const DEFAULT_TIMEOUT_MS = 1_000;

/**
 * Options for `DatagramSocket.request`.
 *
 * @typeParam T Type of a message.
 */
export interface DatagramRequestOptions<T = Uint8Array> {
  /**
   * Tells whether a message of the peer is the reply, for example by a number
   * that it repeats; other messages go to the iteration. Give it wherever the
   * messages allow it. Without it the first message of the peer is taken, which
   * may be a late second reply to the request before, and requests to the same
   * peer wait for each other.
   *
   * @default {the first message of the peer is the reply}
   */
  readonly accepts?: (message: T) => boolean;
  /**
   * How often the message is sent at most; at least 1.
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
   * How long to wait for the reply after the first attempt, in milliseconds; more
   * than 0. With `Infinity` it is never sent again.
   *
   * @default {1_000}
   */
  readonly timeoutMs?: number;
}

/** The options with all defaults filled in, and checked. */
export class RequestSettings<T> {
  readonly accepts: ((message: T) => boolean) | undefined;
  readonly attempts: number;
  readonly backoff: number;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;

  constructor(options: DatagramRequestOptions<T>) {
    const {
      accepts,
      attempts = DEFAULT_ATTEMPTS,
      backoff = 2,
      signal,
      timeoutMs = DEFAULT_TIMEOUT_MS,
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
