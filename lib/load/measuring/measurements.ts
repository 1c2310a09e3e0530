/**
 * What one generator measures, interval by interval.
 *
 * ```text
 *   begin        measuring begins                        end
 *     │  warm-up  │  interval 0  │  interval 1  │  ...     │  late answers
 *     └───────────┴──────────────┴──────────────┴──────────┴─────────────
 * ```
 *
 * A message belongs to the warm-up if it was due in it. An answer or an error belongs
 * to the interval in which it came.
 *
 * @module
 */

import { describeError } from "../../errors.ts";
import type { LoadErrorKind } from "../summary.ts";
import { Latencies } from "./latencies.ts";

/** Errors by kind, being counted. */
export type ErrorCounts = Partial<Record<LoadErrorKind, number>>;

/** Why, by kind, in words. */
export type ErrorReasons = Partial<Record<LoadErrorKind, string>>;

/** What one generator saw in one interval. */
export interface IntervalReport {
  /** Which interval, from 0. */
  readonly index: number;
  readonly messages: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: ErrorCounts;
  /** When the last right answer came, in milliseconds since measuring began. */
  readonly lastAnswerMs: number;
  readonly latency: Latencies;
  /** The same as the latency in a closed loop, and then left out. */
  readonly service: Latencies | undefined;
  readonly late: Latencies | undefined;
}

/** What a generator saw in the warm-up. */
export interface WarmUpCounts {
  messages: number;
  readonly errors: ErrorCounts;
}

/** Bytes that went over all connections. */
export interface Bytes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counts what happens, and reports each interval when it is over. */
export class Measurements {
  readonly warmUp: WarmUpCounts = { messages: 0, errors: {} };
  /** The first reason of each kind of error. */
  readonly reasons: ErrorReasons = {};
  readonly #fromMs: number;
  readonly #intervalMs: number;
  readonly #report: (report: IntervalReport) => void;
  readonly #bytes: () => Bytes;
  readonly #latency = new Latencies();
  readonly #service: Latencies | undefined;
  readonly #late: Latencies | undefined;
  #index = 0;
  #endMs: number;
  // When there is something to do: measuring begins, or an interval is over.
  #nextMs: number;
  #messages = 0;
  #lastAnswerMs = 0;
  #errors: ErrorCounts = {};
  #counted: Bytes | undefined;
  /** Messages and errors so far, for a line of progress. */
  total = { messages: 0, errors: 0 };

  /**
   * Begins.
   *
   * @param fromMs When measuring begins.
   * @param isOpen Whether messages are sent at their times.
   * @param bytes Gives the bytes that went over all connections so far.
   * @param report Takes each interval; its latencies are used again afterwards.
   */
  constructor(
    fromMs: number,
    intervalMs: number,
    isOpen: boolean,
    bytes: () => Bytes,
    report: (report: IntervalReport) => void,
  ) {
    this.#fromMs = fromMs;
    this.#intervalMs = intervalMs;
    this.#endMs = fromMs + intervalMs;
    this.#nextMs = fromMs;
    this.#bytes = bytes;
    this.#report = report;
    this.#service = isOpen ? new Latencies() : undefined;
    this.#late = isOpen ? new Latencies() : undefined;
  }

  /** Messages that were due and sent at the same times were answered. */
  answered(dueMs: number, sentMs: number, nowMs: number, count: number): void {
    if (nowMs >= this.#nextMs) this.tick(nowMs);
    if (dueMs < this.#fromMs) {
      this.warmUp.messages += count;
      return;
    }
    this.#messages += count;
    this.total.messages += count;
    this.#lastAnswerMs = nowMs - this.#fromMs;
    this.#latency.record((nowMs - dueMs) * 1_000, count);
    this.#service?.record((nowMs - sentMs) * 1_000, count);
  }

  /** Whether a message that is due at a time is measured. */
  isMeasured(dueMs: number): boolean {
    return dueMs >= this.#fromMs;
  }

  /**
   * Messages were sent that are not to be answered.
   *
   * @param count Those that are measured.
   * @param warmUp Those of the warm-up.
   */
  sent(nowMs: number, count: number, warmUp: number): void {
    this.warmUp.messages += warmUp;
    if (count === 0) return;
    if (nowMs >= this.#nextMs) this.tick(nowMs);
    this.#messages += count;
    this.total.messages += count;
    this.#lastAnswerMs = nowMs - this.#fromMs;
  }

  /**
   * Something went wrong. It counts for when it is noticed: a message of the warm-up
   * that is never answered is an error of the run.
   */
  failed(kind: LoadErrorKind, nowMs: number, count = 1): void {
    if (nowMs < this.#fromMs) {
      const { errors } = this.warmUp;
      errors[kind] = (errors[kind] ?? 0) + count;
      return;
    }
    if (nowMs >= this.#nextMs) this.tick(nowMs);
    this.#errors[kind] = (this.#errors[kind] ?? 0) + count;
    this.total.errors += count;
  }

  /** Takes note of why something went wrong; the first reason of a kind stays. */
  explain(kind: LoadErrorKind | undefined, error: unknown): void {
    if (kind === undefined || error === undefined) return;
    // What an option is called depends on where the text is read.
    this.reasons[kind] ??= describeError(error, () => undefined);
  }

  /** Messages that were due at a time are taken up only now. */
  late(dueMs: number, nowMs: number, count = 1): void {
    if (dueMs >= this.#fromMs) {
      this.#late?.record((nowMs - dueMs) * 1_000, count);
    }
  }

  /** Looks whether an interval is over. */
  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    // Bytes of the warm-up are not counted.
    this.#counted ??= this.#bytes();
    this.#nextMs = this.#endMs;
    if (nowMs < this.#endMs) return;
    this.#emit();
    this.#index = Math.floor((nowMs - this.#fromMs) / this.#intervalMs);
    this.#endMs = this.#fromMs + (this.#index + 1) * this.#intervalMs;
    this.#nextMs = this.#endMs;
  }

  /** Nothing more comes. */
  finish(): void {
    this.#emit();
  }

  #emit(): void {
    const before = this.#counted ?? this.#bytes();
    const bytes = this.#counted = this.#bytes();
    this.#report({
      index: this.#index,
      messages: this.#messages,
      bytesIn: bytes.bytesIn - before.bytesIn,
      bytesOut: bytes.bytesOut - before.bytesOut,
      errors: this.#errors,
      lastAnswerMs: this.#lastAnswerMs,
      latency: this.#latency,
      service: this.#service,
      late: this.#late,
    });
    this.#messages = 0;
    this.#errors = {};
    this.#latency.reset();
    this.#service?.reset();
    this.#late?.reset();
  }
}
