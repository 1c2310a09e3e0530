/**
 * Durations as people write them: `700ms`, `3s`, `2m`, `none`.
 *
 * @module
 */

import {
  type DurationRange,
  parseDuration,
  timeUnitOf,
} from "../../lib/units.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

/**
 * Makes a reader of durations.
 *
 * @param range What is allowed.
 * @returns A function from text to milliseconds, `Infinity` for `none`. It
 * throws a {@linkcode UsageError} for anything else.
 */
export function durationIn(range: DurationRange): (text: string) => number {
  return (text) => {
    try {
      return parseDuration(text, range);
    } catch (cause) {
      throw new UsageError(errorText(cause), { cause });
    }
  };
}

/**
 * Writes a default as it would be typed.
 *
 * @param ms The duration in milliseconds, `Infinity` for `none`.
 * @returns The duration and its text, such as `1m`.
 */
export function writtenDuration(
  ms: number,
): { readonly value: number; readonly text: string } {
  if (ms === Infinity) return { value: ms, text: "none" };
  const [unit, factor] = timeUnitOf(ms);
  return { value: ms, text: `${ms / factor}${unit}` };
}

/**
 * Shows a duration.
 *
 * @param ms The duration in milliseconds.
 * @returns It in the unit that fits, such as `12 ms`, `1.5 s` or `3 min`.
 */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${round(ms / 1_000)} s`;
  if (ms < 5_997_000) return `${round(ms / 60_000)} min`;
  return `${round(ms / 3_600_000)} h`;
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
