/**
 * How far a run has come, in one line.
 *
 * @module
 */

import type { LoadOptions, LoadProgress } from "../../../lib/load/mod.ts";
import { grouped } from "../../output/counted.ts";
import { rateText, timeText } from "./amounts.ts";

/** Writes the line. */
export function progressText(
  { errors, isWarmUp, messages, p50_us, p99_us, rate_per_s, seconds }:
    LoadProgress,
  { warmUpMs = 0 }: Pick<LoadOptions, "warmUpMs">,
): string {
  if (isWarmUp) return `warming up: ${seconds.toFixed(1)} s`;
  const measured = Math.max(0, seconds - warmUpMs / 1_000);
  const wrong = errors === 0
    ? ""
    : `, ${grouped(errors)} error${errors === 1 ? "" : "s"}`;
  return `${measured.toFixed(1)} s: ${grouped(messages)} messages, ${
    rateText(rate_per_s)
  }/s, p50 ${timeText(p50_us)}, p99 ${timeText(p99_us)}${wrong}`;
}
