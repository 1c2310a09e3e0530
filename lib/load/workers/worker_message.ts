/**
 * What the threads of a run say to each other.
 *
 * @module
 */

import {
  ConnectionError,
  type ConnectionErrorCode,
  type Deadline,
  describeError,
  type ErrorParts,
  TimeoutError,
} from "../../errors.ts";
import type { GeneratorEnd } from "../generating/generator.ts";
import { Latencies, type LatencyCounts } from "../measuring/latencies.ts";
import type { ErrorCounts, IntervalReport } from "../measuring/measurements.ts";
import type { LoadPlan } from "../planning/plan.ts";

/** To a worker. */
export type Order =
  | { readonly do: "open"; readonly plan: LoadPlan }
  | { readonly do: "begin"; readonly startMs: number }
  | { readonly do: "stop" };

/** From a worker. */
export type News =
  | { readonly is: "ready" }
  | { readonly is: "opened" }
  | { readonly is: "failed"; readonly failure: Failure }
  | { readonly is: "interval"; readonly report: SentReport }
  | {
    readonly is: "total";
    readonly total: { readonly messages: number; readonly errors: number };
  }
  | { readonly is: "over"; readonly end: GeneratorEnd };

/** A report in a form that another thread takes. */
export interface SentReport {
  readonly index: number;
  readonly messages: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: ErrorCounts;
  readonly lastAnswerMs: number;
  readonly latency: LatencyCounts;
  readonly service: LatencyCounts | undefined;
  readonly late: LatencyCounts | undefined;
}

/** Makes a report that can be sent. */
export function packed(report: IntervalReport): SentReport {
  return {
    ...report,
    latency: report.latency.counts(),
    service: report.service?.counts(),
    late: report.late?.counts(),
  };
}

/** Makes a report of one that was sent. */
export function unpacked(report: SentReport): IntervalReport {
  const of = (counts: LatencyCounts | undefined) =>
    counts === undefined ? undefined : Latencies.of(counts);
  return {
    ...report,
    latency: Latencies.of(report.latency),
    service: of(report.service),
    late: of(report.late),
  };
}

/** An error as data: an error that is sent loses its class. */
export interface Failure {
  readonly parts: ErrorParts;
  readonly code?: ConnectionErrorCode;
  readonly deadline?: Deadline;
  readonly timeoutMs?: number;
}

/** Makes data of an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ConnectionError) {
    return { parts: partsOf(error), code: error.code };
  }
  if (error instanceof TimeoutError) {
    const { deadline, timeoutMs } = error;
    return { parts: partsOf(error), deadline, timeoutMs };
  }
  return { parts: { reason: describeError(error) } };
}

/** Makes an error of the data. */
export function errorOf({ code, deadline, parts, timeoutMs }: Failure): Error {
  return deadline === undefined
    ? new ConnectionError(code ?? "failed", parts)
    : new TimeoutError(deadline, timeoutMs ?? 0, parts);
}

function partsOf(error: ErrorParts): ErrorParts {
  const { action, address, advice, option, reason } = error;
  return { action, address, advice, option, reason };
}
