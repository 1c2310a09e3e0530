/**
 * Numbers of a run, for people.
 *
 * @module
 */

import type { LoadSummary } from "../../../lib/load/mod.ts";
import { grouped } from "../../output/counted.ts";

/** A rate per second: with a decimal if it is small. */
export function rateText(perSecond: number): string {
  const isSmall = perSecond < 100 && !Number.isInteger(perSecond);
  return isSmall ? perSecond.toFixed(1) : grouped(perSecond);
}

/** A time in the unit that fits, with three digits. */
export function timeText(us: number): string {
  if (us < 1_000) return `${Math.round(us)} us`;
  if (us < 999_500) return `${digits(us / 1_000)} ms`;
  return `${digits(us / 1_000_000)} s`;
}

function digits(value: number): string {
  if (value >= 99.95) return grouped(value);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** What changed, in percent of what was before. */
export function changeText(before: number, now: number): string {
  if (before === now) return "same";
  if (before === 0) return "new";
  const percent = 100 * (now - before) / before;
  const sign = percent > 0 ? "+" : "-";
  const size = Math.abs(percent);
  if (size > 900) return `x ${digits(now / before)}`;
  return `${sign}${size < 9.95 ? size.toFixed(1) : Math.round(size)} %`;
}

/** Rows with their columns below each other, the first to the left. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)
    ).join("  ").trimEnd()
  );
}

/** What is said of messages that were due and never sent. */
export function unsentText(
  { errors, unsent }: Pick<LoadSummary, "errors" | "unsent">,
): string {
  const messages = unsent === 1
    ? "1 message was"
    : `${grouped(unsent)} messages were`;
  const why = errors.connect === undefined
    ? "the rate is too high for the server"
    : "there was no connection at times";
  return `${messages} due and never sent: ${why}`;
}
