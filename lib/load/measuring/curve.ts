/**
 * The curve of percentiles.
 *
 * @module
 */

import type { PercentilePoint } from "../summary.ts";
import type { Latencies } from "./latencies.ts";

// Points for every halving of the rest: between 0 and 50 %, 50 and 75 %, and so on.
const POINTS = 10;

/** Gives the points, up to where the rest is less than one message, and the maximum. */
export function curveOf(
  latency: Latencies,
  service: Latencies,
): PercentilePoint[] {
  const { count } = latency;
  const points: PercentilePoint[] = [];
  const add = (percentile: number) =>
    points.push({
      percentile,
      count: Math.max(1, Math.ceil(count * percentile / 100)),
      latency_us: latency.at(percentile),
      service_us: service.at(percentile),
    });
  for (let rest = 100; count * rest > 100; rest /= 2) {
    const step = rest / 2 / POINTS;
    for (let i = 0; i < POINTS; i++) add(100 - rest + i * step);
  }
  if (count > 0) add(100);
  return points;
}
