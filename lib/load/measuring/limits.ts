/**
 * Whether a limit on the latency was kept.
 *
 * @module
 */

import type { LoadLimit } from "../options.ts";
import type { LoadLimitResult } from "../summary.ts";
import type { Latencies } from "./latencies.ts";

/**
 * Judges.
 *
 * @param late How late the generator took up messages.
 * @param unsent How many messages were due and never sent: they count as later than
 * any limit.
 */
export function limitResult(
  { ms, percentile }: LoadLimit,
  latency: Latencies,
  late: Latencies,
  unsent: number,
): LoadLimitResult {
  const limit_us = ms * 1_000;
  const late_us = late.at(percentile);
  const { count } = latency;
  // The share of those that were answered that is as many messages as the share of all.
  const inAnswered = percentile * (count + unsent) / count;
  const latency_us = latency.at(inAnswered);
  const isKept = inAnswered <= 100 && latency_us <= limit_us;
  return {
    at: percentile === 100 ? "max" : `p${percentile}`,
    percentile,
    limit_us,
    latency_us,
    late_us,
    verdict: late_us > limit_us ? "void" : isKept ? "kept" : "broken",
  };
}
