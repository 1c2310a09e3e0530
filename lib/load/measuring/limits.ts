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
  const latency_us = latency.at(percentile);
  const late_us = late.at(percentile);
  const all = latency.count + unsent;
  const mayMiss = all * (1 - percentile / 100);
  const isKept = all > 0 && latency_us <= limit_us && unsent <= mayMiss;
  return {
    at: percentile === 100 ? "max" : `p${percentile}`,
    percentile,
    limit_us,
    latency_us,
    late_us,
    verdict: late_us > limit_us ? "void" : isKept ? "kept" : "broken",
  };
}
