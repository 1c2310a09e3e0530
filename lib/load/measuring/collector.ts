/**
 * Puts together what generators report, and makes the summary.
 *
 * @module
 */

import { type LoadPlan, MOST_INTERVALS } from "../planning/plan.ts";
import {
  LOAD_SUMMARY_VERSION,
  type LoadErrorKind,
  type LoadSummary,
  type LoadVersions,
} from "../summary.ts";
import { curveOf } from "./curve.ts";
import { Latencies } from "./latencies.ts";
import { limitResult } from "./limits.ts";
import type {
  ErrorCounts,
  ErrorReasons,
  IntervalReport,
} from "./measurements.ts";
import { parametersOf } from "./parameters.ts";
import { Series } from "./series.ts";

/** How a generator has ended. */
export interface CollectedEnd {
  readonly endedBy: LoadSummary["endedBy"];
  readonly unsent: number;
  readonly warmUp: { readonly messages: number; readonly errors: ErrorCounts };
  readonly reasons: ErrorReasons;
}

// The first that one of several generators ended by is what the run ended by.
const BY_WEIGHT = ["stopped", "unreachable", "count", "duration"] as const;

/** Collects intervals. */
export class Collector {
  readonly #plan: LoadPlan;
  readonly #series: Series;
  readonly #latency = new Latencies();
  readonly #service: Latencies;
  readonly #late = new Latencies();
  readonly #errors: ErrorCounts = {};
  #messages = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #lastAnswerMs = 0;

  constructor(plan: LoadPlan) {
    const { intervalMs, ratePerS, workers } = plan;
    this.#plan = plan;
    this.#series = new Series(intervalMs, workers, MOST_INTERVALS);
    // In a closed loop they are the same.
    this.#service = ratePerS === undefined ? this.#latency : new Latencies();
  }

  /** What the last interval that is over was like. */
  get lately(): {
    readonly rate_per_s: number;
    readonly p50_us: number;
    readonly p99_us: number;
  } {
    const { messages = 0, p50_us = 0, p99_us = 0, seconds = 1 } =
      this.#series.last ?? {};
    return { rate_per_s: messages / seconds, p50_us, p99_us };
  }

  /** Adds what one of the generators reports. */
  add(generator: number, report: IntervalReport): void {
    this.#series.add(generator, report);
    this.#messages += report.messages;
    this.#bytesIn += report.bytesIn;
    this.#bytesOut += report.bytesOut;
    this.#lastAnswerMs = Math.max(this.#lastAnswerMs, report.lastAnswerMs);
    this.#latency.add(report.latency);
    if (report.service !== undefined) this.#service.add(report.service);
    if (report.late !== undefined) this.#late.add(report.late);
    addTo(this.#errors, report.errors);
  }

  /**
   * Makes the summary.
   *
   * @param measuredMs How long measuring took, if nothing came later.
   */
  summary(
    startedAt: Date,
    measuredMs: number,
    ends: readonly CollectedEnd[],
    versions: LoadVersions,
  ): LoadSummary {
    const plan = this.#plan;
    const endedBy = BY_WEIGHT.find((by) =>
      ends.some((end) => end.endedBy === by)
    )!;
    const byTime = endedBy === "count" ? 0 : measuredMs;
    const seconds = Math.max(byTime, this.#lastAnswerMs) / 1_000;
    const warmUpErrors: ErrorCounts = {};
    for (const { warmUp } of ends) addTo(warmUpErrors, warmUp.errors);
    const unsent = ends.reduce((sum, end) => sum + end.unsent, 0);
    return {
      format: "parley-load",
      version: LOAD_SUMMARY_VERSION,
      startedAt: startedAt.toISOString(),
      endedBy,
      messages: this.#messages,
      seconds,
      rate_per_s: seconds === 0 ? 0 : this.#messages / seconds,
      bytes_out: this.#bytesOut,
      bytes_in: this.#bytesIn,
      latency: this.#latency.figures(),
      service: this.#service.figures(),
      generatorLate: {
        p50_us: this.#late.at(50),
        p99_us: this.#late.at(99),
        max_us: this.#late.max,
      },
      unsent,
      errors: this.#errors,
      errorReasons: Object.assign({}, ...ends.map(({ reasons }) => reasons)),
      limits: plan.limits.map((limit) =>
        limitResult(limit, this.#latency, this.#late, unsent)
      ),
      warmUp: {
        messages: ends.reduce((sum, { warmUp }) => sum + warmUp.messages, 0),
        errors: warmUpErrors,
      },
      series: this.#series.finish(seconds),
      percentiles: curveOf(this.#latency, this.#service),
      parameters: parametersOf(plan),
      versions,
    };
  }
}

function addTo(sum: ErrorCounts, errors: ErrorCounts): void {
  for (const [kind, count] of Object.entries(errors)) {
    const name = kind as LoadErrorKind;
    sum[name] = (sum[name] ?? 0) + count;
  }
}
