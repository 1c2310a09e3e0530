/**
 * A distribution of latencies as HdrHistogram's own tools write and plot it.
 *
 * @module
 */

import type { LoadSummary } from "./summary.ts";

/**
 * Writes the latencies of a run in the text form of HdrHistogram, in milliseconds,
 * which its plotters read.
 *
 * @returns The text; of a run without answers, one without lines of values.
 *
 * @example The head of it
 * ```ts
 * import { hdrText, type LoadSummary } from "@parley/parley/load";
 *
 * function save(path: string, summary: LoadSummary): Promise<void> {
 *   return Deno.writeTextFile(path, hdrText(summary));
 * }
 * console.log(typeof save);
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
  const pair = (name: string, value: string) =>
    `${name.padEnd(8)}= ${value.padStart(12)}`;
  const ms = (us: number) => (us / 1_000).toFixed(3);
  return [
    "       Value     Percentile TotalCount 1/(1-Percentile)",
    "",
    ...lines,
    `#[${pair("Mean", ms(mean_us))}, ${
      pair("StdDeviation", ms(deviation_us))
    }]`,
    `#[${pair("Max", ms(max_us))}, ${pair("Total count", `${messages}`)}]`,
    "",
  ].join("\n");
}

function padded(value: number, width: number, digits: number): string {
  return value.toFixed(digits).padStart(width);
}
