/**
 * One of the threads that share a run.
 *
 * @module
 */

import type { GeneratorEnd } from "../generating/generator.ts";
import type { IntervalReport } from "../measuring/measurements.ts";
import type { LoadPlan } from "../planning/plan.ts";

/** A generator, in this thread or another. */
export interface GeneratorHandle {
  /** Resolves once it is over. */
  readonly finished: Promise<GeneratorEnd>;
  /** Messages and errors that were measured so far. */
  readonly total: { readonly messages: number; readonly errors: number };

  /**
   * Opens its connections.
   *
   * @throws {unknown} What the first one failed with, if not one could be opened.
   */
  open(): Promise<void>;

  /**
   * Begins to send.
   *
   * @param startMs When, in milliseconds since 1970: threads have different clocks.
   * @param report Takes each interval.
   */
  begin(startMs: number, report: (report: IntervalReport) => void): void;

  /** Ends it at once. */
  stop(): void;
}

/** The part of a plan that one of the threads carries out. */
export function partOf(plan: LoadPlan, index: number): LoadPlan {
  const { connections, count, ratePerS, workers } = plan;
  const own = share(connections, index, workers);
  return {
    ...plan,
    connections: own,
    count: count === Infinity ? count : share(count, index, workers),
    // Every connection has the same rate.
    ratePerS: ratePerS === undefined ? undefined : ratePerS * own / connections,
    seed: plan.seed + index,
  };
}

function share(whole: number, index: number, parts: number): number {
  return Math.floor(whole * (index + 1) / parts) -
    Math.floor(whole * index / parts);
}
