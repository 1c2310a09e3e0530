/**
 * One question: sent, sent again while there is no answer, and given up.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { Alarm, Sleeper } from "../../time/alarm.ts";
import type { RequestSettings } from "./request_options.ts";

/** What a question needs of others. */
export interface QuestionParts<T> {
  /** Wakes it when it is time for another attempt. */
  readonly alarm: Alarm;
  /** Told once that it is over, and how many more answers may still come. */
  readonly onOver: (question: Question<T>, owed: number) => void;
  /** Sends it. */
  readonly send: () => Promise<void>;
  /** How often, how long. */
  readonly settings: RequestSettings<T>;
  /** Whom it goes to. */
  readonly to: Address;
}

/** A question and, in time, its answer. */
export class Question<T> implements Sleeper {
  untilMs = Infinity;
  /** Whom it goes to. */
  readonly to: Address;
  /** Tells whether a message is the answer; every one is, without it. */
  readonly accepts: ((message: T) => boolean) | undefined;
  /** The answer; rejects when there is none. */
  readonly answered: Promise<T>;
  /** Whether it needs no answer any more. */
  isOver = false;
  readonly #parts: QuestionParts<T>;
  readonly #resolve: (message: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onAbort: (() => void) | undefined;
  readonly #onUnsent = (error: unknown) => this.fail(error);
  #sent = 0;
  #waitedMs = 0;
  #refused = 0;
  #lastRefusal: unknown;

  constructor(parts: QuestionParts<T>) {
    const { settings: { accepts, signal }, to } = parts;
    this.#parts = parts;
    this.to = to;
    this.accepts = accepts;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.answered = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) {
      this.#onAbort = () => this.fail(signal.reason);
      signal.addEventListener("abort", this.#onAbort);
    }
  }

  /** Sends it, and waits for the answer or for the next attempt. */
  send(): void {
    const { alarm, send } = this.#parts;
    this.untilMs = performance.now() + this.#waitMs();
    this.#sent++;
    alarm.add(this);
    try {
      send().catch(this.#onUnsent);
    } catch (error) {
      this.fail(error);
    }
  }

  wake(): void {
    const { attempts } = this.#parts.settings;
    this.#waitedMs += this.#waitMs(this.#sent - 1);
    if (this.#sent < attempts) this.send();
    else this.fail(this.#silence());
  }

  /**
   * Ends it.
   *
   * @param message The answer.
   */
  answer(message: T): void {
    if (this.#end(this.#sent - 1)) this.#resolve(message);
  }

  /**
   * Ends it.
   *
   * @param error Why there is no answer.
   */
  fail(error: unknown): void {
    if (this.#end(this.#sent)) this.#reject(error);
  }

  /**
   * Notes that a datagram of the peer was no message.
   *
   * @param error Why.
   */
  refuse(error: unknown): void {
    this.#refused++;
    this.#lastRefusal = error;
  }

  #waitMs(attempt: number = this.#sent): number {
    const { backoff, timeoutMs } = this.#parts.settings;
    return timeoutMs * backoff ** attempt;
  }

  #end(owed: number): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    const { alarm, onOver, settings: { signal } } = this.#parts;
    alarm.delete(this);
    if (this.#onAbort !== undefined) {
      signal!.removeEventListener("abort", this.#onAbort);
    }
    onOver(this, owed);
    return true;
  }

  /** The system never tells that nobody is there, so neither can this. */
  #silence(): TimeoutError {
    const { to } = this.#parts;
    const sent = this.#sent;
    const times = sent === 1 ? "1 attempt" : `${sent} attempts`;
    const last = this.#lastRefusal;
    const why = this.#refused === 0
      ? "nobody may be there, a datagram may be lost, or the answer came from another address: UDP does not tell which"
      : `${this.#refused} of its datagrams could not be used, the last because: ${
        last instanceof Error ? last.message : last
      }`;
    return new TimeoutError(
      "receive",
      this.#waitedMs,
      `Cannot get an answer from ${to}: timed out after ${times} in ${this.#waitedMs} ms; ${why}`,
    );
  }
}
