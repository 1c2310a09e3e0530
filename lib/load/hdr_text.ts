/**
 * A distribution of latencies as HdrHistogram's own tools write and plot it.
 *
 * @module
 */

import type { LoadSummary } from "./summary.ts";

// Of a histogram with 3 digits from 1 us to an hour.
const BUCKETS = 22;
const SUB_BUCKETS = 2048;

/**
 * Writes the latencies of a run in the text form of HdrHistogram, in milliseconds,
 * which its plotters read.
 *
 * @returns The text; of a run without answers, one without lines of values.
 *
 * @example Of a run with two answers
 * ```ts
 * import { hdrText } from "@parley/parley/load";
 * import { assertEquals } from "@std/assert";
 *
 * const text = hdrText({
 *   latency: null,
 *   messages: 2,
 *   percentiles: [
 *     { percentile: 50, count: 1, latency_us: 90, service_us: 90 },
 *     { percentile: 100, count: 2, latency_us: 1_203, service_us: 1_203 },
 *   ],
 * });
 * assertEquals(text.split("\n").slice(2, 4), [
 *   "       0.090 0.500000000000          1           2.00",
 *   "       1.203 1.000000000000          2",
 * ]);
 * ```
 */
export function hdrText(
  { latency, messages, percentiles }: Pick<
    LoadSummary,
    "latency" | "messages" | "percentiles"
  >,
): string {
  const lines = percentiles.map(({ count, latency_us, percentile }) => {
    const share = percentile / 100;
    // At 100 % the field is left out, as it would be infinite.
    const rest = share === 1 ? "" : ` ${padded(1 / (1 - share), 14, 2)}`;
    const value = padded(latency_us / 1_000, 12, 3);
    return `${value} ${share.toFixed(12)} ${`${count}`.padStart(10)}${rest}`;
  });
  const { deviation_us = 0, max_us = 0, mean_us = 0 } = latency ?? {};
  const ms = (us: number) => padded(us / 1_000, 12, 3);
  const whole = (count: number) => `${count}`.padStart(12);
  return [
    "       Value     Percentile TotalCount 1/(1-Percentile)",
    "",
    ...lines,
    `#[Mean    = ${ms(mean_us)}, StdDeviation   = ${ms(deviation_us)}]`,
    `#[Max     = ${ms(max_us)}, Total count    = ${whole(messages)}]`,
    `#[Buckets = ${whole(BUCKETS)}, SubBuckets     = ${whole(SUB_BUCKETS)}]`,
    "",
  ].join("\n");
}

function padded(value: number, width: number, digits: number): string {
  return value.toFixed(digits).padStart(width);
}
