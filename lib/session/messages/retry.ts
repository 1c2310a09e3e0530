/**
 * Trying again to connect, to a server that is about to start.
 *
 * The pauses grow, so that a server that takes long is not asked all the time. Each is
 * shortened by chance, so that many clients of one server do not come at the same
 * moment.
 *
 * @module
 */

import { checkDuration } from "../../check.ts";
import { ConnectionError, TimeoutError } from "../../errors.ts";
import { pause } from "../../time/pause.ts";
import { LONGEST_TIMER_MS, SYSTEM_TIME, type Time } from "../../time/time.ts";

/** The default of {@linkcode RetryOptions.firstPauseMs}: 50 ms. */
const DEFAULT_FIRST_PAUSE_MS = 50;

/** The default of {@linkcode RetryOptions.maxPauseMs}: 1 s. */
const DEFAULT_MAX_PAUSE_MS = 1_000;

/** How long and how often to try again to connect. */
export interface RetryOptions {
  /**
   * Longest time in milliseconds from the first attempt to the beginning of the last;
   * `Infinity` for no bound, 0 for one attempt. Each attempt has its own
   * `connectTimeoutMs` and `tlsHandshakeTimeoutMs`.
   */
  readonly forMs: number;
  /**
   * Longest pause in milliseconds behind the first attempt. It doubles with each
   * further one. Each pause is shortened by chance, by up to half of it.
   *
   * @default {50}
   */
  readonly firstPauseMs?: number;
  /**
   * Longest pause in milliseconds between any two attempts.
   *
   * @default {1_000}
   */
  readonly maxPauseMs?: number;
  /**
   * Gives numbers from 0 up to 1, which shorten the pauses. A sequence from a seed
   * makes them the same each time.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
  /**
   * Called after each attempt that failed and is followed by another. What it throws
   * ends the attempts.
   *
   * @default {none}
   */
  readonly onRetry?: ((failed: FailedAttempt) => void) | undefined;
}

/** An attempt that failed and is followed by another. */
export interface FailedAttempt {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** Why it failed. */
  readonly error: ConnectionError | TimeoutError;
  /** Time in milliseconds until the next attempt. */
  readonly pauseMs: number;
}

/**
 * Tells whether the same attempt to connect may succeed in a moment.
 *
 * @param error What the attempt threw.
 */
export function isTransient(
  error: unknown,
): error is ConnectionError | TimeoutError {
  if (error instanceof ConnectionError) return error.transient;
  return error instanceof TimeoutError &&
    (error.deadline === "connect" || error.deadline === "tls_handshake");
}

/**
 * Checks the options, before anything is opened.
 *
 * @throws {RangeError} If a number is out of its range.
 */
export function checkRetry(
  { firstPauseMs, forMs, maxPauseMs }: RetryOptions,
): void {
  checkDuration("retry.forMs", forMs, "0 or above");
  checkDuration("retry.firstPauseMs", firstPauseMs ?? DEFAULT_FIRST_PAUSE_MS);
  checkDuration("retry.maxPauseMs", maxPauseMs ?? DEFAULT_MAX_PAUSE_MS);
}

/** What ends the attempts, and where time comes from. */
export interface RetrySurroundings {
  /** Ends them with its reason. */
  readonly signal: AbortSignal | undefined;
  /** The source of time. */
  readonly time?: Time;
}

/**
 * Tries until it succeeds, fails for good, or the time is over.
 *
 * @param open One attempt.
 * @throws As the last attempt. If there were several, its error says how many.
 */
export async function retrying<T>(
  open: () => Promise<T>,
  retry: RetryOptions,
  { signal, time = SYSTEM_TIME }: RetrySurroundings,
): Promise<T> {
  const {
    firstPauseMs = DEFAULT_FIRST_PAUSE_MS,
    maxPauseMs = DEFAULT_MAX_PAUSE_MS,
    onRetry,
    random = Math.random,
  } = retry;
  const endMs = time.now() + retry.forMs;
  let longestMs = Math.min(firstPauseMs, maxPauseMs);
  for (let attempt = 1;; attempt++) {
    try {
      return await open();
    } catch (error) {
      const leftMs = endMs - time.now();
      if (signal?.aborted || !isTransient(error)) throw error;
      if (leftMs <= 0) throw triedOften(error, attempt);
      const pauseMs = Math.min(longestMs * (1 - random() / 2), leftMs);
      onRetry?.({ attempt, error, pauseMs });
      await pause(Math.min(pauseMs, LONGEST_TIMER_MS), signal, time);
      longestMs = Math.min(longestMs * 2, maxPauseMs);
    }
  }
}

/** The same error, which says how often it was tried. */
function triedOften(
  cause: ConnectionError | TimeoutError,
  attempts: number,
): ConnectionError | TimeoutError {
  if (attempts === 1) return cause;
  const { action, address, advice, option, reason } = cause;
  const parts = { action, address, advice, option, reason, attempts, cause };
  return cause instanceof ConnectionError
    ? new ConnectionError(cause.code, {
      ...parts,
      transient: cause.transient,
    })
    : new TimeoutError(cause.deadline, cause.timeoutMs, parts);
}
