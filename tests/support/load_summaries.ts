/**
 * Summaries of load runs, for which no server is needed.
 *
 * @module
 */

import type { LoadParameters, LoadSummary } from "@parley/parley/load";
import { SUMMARY } from "../load/example_summary.ts";

const FIGURES = {
  ...SUMMARY.latency!,
  min_us: 20.5,
  p50_us: 41,
  p90_us: 68,
  p99_us: 1_230,
  p999_us: 11_200,
  max_us: 203_456.5,
};

/**
 * Makes a summary of an open loop at 1,000/s over ten seconds, without errors and
 * limits.
 *
 * @param change What is different.
 * @param parameters Which parameters are.
 */
export function loadSummary(
  change: Partial<LoadSummary> = {},
  parameters: Partial<LoadParameters> = {},
): LoadSummary {
  return {
    ...SUMMARY,
    messages: 9_999,
    seconds: 10.01,
    rate_per_s: 998.9,
    latency: FIGURES,
    service: { ...FIGURES, max_us: 150_000 },
    errors: {},
    limits: [],
    series: Array.from({ length: 10 }, (_, at) => ({
      t_s: at,
      seconds: 1,
      messages: 900 + 20 * at,
      bytes: 130_000,
      errors: at === 7 ? 3 : 0,
      p50_us: 40 + at,
      p90_us: 68,
      p99_us: 1_200 + 7 * at,
      max_us: 20_000,
    })),
    percentiles: [0, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100].map(
      (percentile, at) => ({
        percentile,
        count: Math.round(99.99 * percentile),
        latency_us: 20.5 * 2.78 ** at,
        service_us: 20 * 2.6 ** at,
      }),
    ),
    parameters: {
      ...SUMMARY.parameters,
      rate_per_s: 1_000,
      duration_s: 10,
      ...parameters,
    },
    ...change,
  };
}
