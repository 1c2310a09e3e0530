/**
 * Durations as people write them: `700ms`, `3s`, `2m`, `none`.
 *
 * @module
 */

import { UsageError } from "../output/failure.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
// The runtime's timers hold 31 bits of milliseconds, 24.8 days.
const LONGEST_MS = 24 * 24 * 3_600_000;

/** Which durations are allowed besides those of 1 ms to 24 days. */
export interface DurationRange {
  /** Whether `none` is allowed, for no bound. */
  readonly none?: boolean;
  /** Whether 0 is allowed. */
  readonly zero?: boolean;
}

/**
 * Makes a reader of durations.
 *
 * @param range What is allowed.
 * @returns A function from text to milliseconds, `Infinity` for `none`. It
 * throws a {@linkcode UsageError} for anything else.
 */
export function durationIn(range: DurationRange): (text: string) => number {
  return (text) => parseDuration(text, range);
}

function parseDuration(text: string, range: DurationRange): number {
  if (range.none === true && text === "none") return Infinity;
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ""];
  if (digits === undefined || factor === undefined) {
    const near = unit === "" ? ` (did you mean "${text}s"?)` : "";
    throw new UsageError(
      `"${text}" is not a duration${near}; write a number with ms, s, m or h, such as 700ms, 3s or 2m` +
        (range.none === true ? ", or none" : ""),
    );
  }
  const ms = Number(digits) * factor;
  if (ms <= LONGEST_MS && (ms >= 1 || (range.zero === true && ms === 0))) {
    return ms;
  }
  throw new UsageError(
    `a duration of ${text} is out of range; it must be from ${
      range.zero === true ? "0s" : "1ms"
    } to 576h${range.none === true ? ", or none" : ""}`,
  );
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
  const [unit, factor] = Object.entries(UNITS)
    .findLast(([, factor]) => ms % factor === 0 && ms >= factor)!;
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
