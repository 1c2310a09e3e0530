/**
 * Questions to peers and the answers to them, over datagrams: each may be lost,
 * come twice, late, or from somebody else.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import { canonicalIp } from "../transport/ip.ts";
import type { Datagram } from "./datagram_options.ts";
import type { Claimant } from "./inbox.ts";
import { checkDuration } from "./settings.ts";
import { within } from "./within.ts";

/** The default of {@linkcode RequestOptions.attempts}. */
export const DEFAULT_REQUEST_ATTEMPTS: number = 3;

/** The default of {@linkcode RequestOptions.timeoutMs}: 1 s, as RFC 8085 begins. */
export const DEFAULT_REQUEST_TIMEOUT_MS: number = 1_000;

/**
 * Options for `request`.
 *
 * @typeParam T Type of a message.
 */
export interface RequestOptions<T = Uint8Array> {
  /**
   * Tells whether a message of the peer is the answer, for example by a number
   * that it repeats; others are left to whoever receives. Without it the first
   * message is taken, which after a resend may be a second answer to the request
   * before, and requests to the same peer wait for each other.
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

/** A request as it is sent. */
export interface Question<T> {
  /** Whom it goes to. */
  readonly to: Address;
  /** Sends it. */
  readonly send: () => Promise<void>;
  /** The rest of what was asked for. */
  readonly options: RequestOptions<T>;
}

interface Pending<T> {
  readonly accepts: ((message: T) => boolean) | undefined;
  readonly answer: (message: T) => void;
  readonly fail: (error: unknown) => void;
  refused: number;
  lastRefusal: unknown;
}

const TIMED_OUT = Symbol("timed out");

/** The requests of one socket that wait for their answers. */
export class Requests<T> implements Claimant<T> {
  readonly #pending = new Map<string, Pending<T>[]>();
  // The end of the last request to a peer that has to wait for its turn.
  readonly #turns = new Map<string, Promise<void>>();
  #closed: unknown;

  wants(from: Address): boolean {
    // Most sockets never ask: then a datagram costs no look at its address.
    return this.#pending.size > 0 && this.#pending.has(keyOf(from));
  }

  offer({ message, from }: Datagram<T>): boolean {
    const pending = this.#pending.get(keyOf(from)) ?? [];
    for (const asked of pending) {
      if (asked.accepts === undefined) continue;
      try {
        if (!asked.accepts(message)) continue;
      } catch (error) {
        asked.fail(error);
        continue;
      }
      asked.answer(message);
      return true;
    }
    const plain = pending.find(({ accepts }) => accepts === undefined);
    plain?.answer(message);
    return plain !== undefined;
  }

  refused(from: Address, error: unknown): void {
    for (const asked of this.#pending.get(keyOf(from)) ?? []) {
      asked.refused++;
      asked.lastRefusal = error;
    }
  }

  /**
   * Asks, again and again, until there is an answer.
   *
   * @param question The question; its options must be checked.
   * @returns The answer.
   * @throws {TimeoutError} If there is none after the last attempt.
   * @throws {unknown} What sending threw, or the signal's reason.
   */
  async ask(question: Question<T>): Promise<T> {
    const { to, options: { accepts, signal } } = question;
    const key = keyOf(to);
    if (accepts !== undefined) return await this.#askNow(question, key);
    const turn = Promise.withResolvers<void>();
    const before = this.#turns.get(key);
    this.#turns.set(key, turn.promise);
    try {
      if (before !== undefined) await turnOf(before, signal);
      return await this.#askNow(question, key);
    } finally {
      // Not before those in front, should this one have given up its place.
      void Promise.resolve(before).then(() => {
        turn.resolve();
        if (this.#turns.get(key) === turn.promise) this.#turns.delete(key);
      });
    }
  }

  /**
   * Ends all requests, now and later.
   *
   * @param error What they are thrown.
   */
  close(error: unknown): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) {
      for (const { fail } of [...pending]) fail(this.#closed);
    }
  }

  async #askNow(question: Question<T>, key: string): Promise<T> {
    if (this.#closed !== undefined) throw this.#closed;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // It may fail while the question is still being sent.
    promise.catch(() => {});
    const pending: Pending<T> = {
      accepts: question.options.accepts,
      answer: (message) => {
        this.#remove(key, pending);
        resolve(message);
      },
      fail: reject,
      refused: 0,
      lastRefusal: undefined,
    };
    this.#pending.set(key, [...this.#pending.get(key) ?? [], pending]);
    try {
      return await this.#attempts(question, pending, promise);
    } finally {
      this.#remove(key, pending);
    }
  }

  async #attempts(
    question: Question<T>,
    pending: Pending<T>,
    answer: Promise<T>,
  ): Promise<T> {
    const { to, send, options } = question;
    const { attempts, backoff, signal, timeoutMs } = withDefaults(options);
    let waitedMs = 0;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const waitMs = timeoutMs * backoff ** attempt;
      const limit = within(waitMs, signal, () => TIMED_OUT);
      try {
        await limit.race(Promise.race([send(), answer]));
        return await limit.race(answer);
      } catch (error) {
        if (error !== TIMED_OUT) throw error;
        waitedMs += waitMs;
      } finally {
        limit.clear();
      }
    }
    throw silence(to, attempts, waitedMs, pending);
  }

  #remove(key: string, asked: Pending<T>): void {
    const rest = (this.#pending.get(key) ?? []).filter((one) => one !== asked);
    if (rest.length === 0) this.#pending.delete(key);
    else this.#pending.set(key, rest);
  }
}

async function turnOf(
  before: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = within(Infinity, signal, () => undefined);
  try {
    await limit.race(before);
  } finally {
    limit.clear();
  }
}

/**
 * Checks the options of a request.
 *
 * @param options The options.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkRequest<T>(options: RequestOptions<T>): void {
  const { attempts, backoff, timeoutMs } = withDefaults(options);
  checkDuration("timeoutMs", timeoutMs);
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(
      `Cannot use attempts of ${attempts}: it must be an integer of at least 1`,
    );
  }
  if (!Number.isFinite(backoff) || backoff < 1) {
    throw new RangeError(
      `Cannot use backoff of ${backoff}: it must be a number of at least 1`,
    );
  }
}

function withDefaults<T>(options: RequestOptions<T>): {
  attempts: number;
  backoff: number;
  signal: AbortSignal | undefined;
  timeoutMs: number;
} {
  const {
    attempts = DEFAULT_REQUEST_ATTEMPTS,
    backoff = 2,
    signal,
    timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
  } = options;
  return { attempts, backoff, signal, timeoutMs };
}

/** The system never tells that nobody is there, so neither can this. */
function silence<T>(
  to: Address,
  attempts: number,
  waitedMs: number,
  { refused, lastRefusal }: Pending<T>,
): TimeoutError {
  const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return new TimeoutError(
    "receive",
    waitedMs,
    `Cannot get an answer from ${to}: timed out after ${times} in ${waitedMs} ms; ` +
      (refused === 0
        ? "nobody may be there, a datagram may be lost, or the answer came from another address: UDP does not tell which"
        : `${refused} of its datagrams could not be used, the last because: ${
          (lastRefusal as Error)?.message ?? lastRefusal
        }`),
  );
}

function keyOf({ hostname, port }: Address): string {
  // The runtime does not tell the zone of a peer.
  const address = hostname.includes(":")
    ? canonicalIp(hostname).replace(/%.*$/, "")
    : hostname;
  return `${address} ${port}`;
}
