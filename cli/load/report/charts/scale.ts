/**
 * Scales: where a value is on an axis, and which values are written beside it.
 *
 * @module
 */

import { timeText } from "../../shown/amounts.ts";

/** A value that is written beside an axis. */
export interface Tick {
  /** Its place, from 0 at the beginning of the axis to 1 at its end. */
  readonly at: number;
  /** Its text. */
  readonly label: string;
  /** Whether the text is left out where there is little room. */
  readonly isMinor?: boolean;
}

/** An axis. */
export interface Scale {
  /** The place of a value: 0 to 1, also of one beyond either end. */
  of(value: number): number;
  readonly ticks: readonly Tick[];
}

/**
 * An axis from 0 on, in even steps.
 *
 * @param most The largest value.
 * @param label Writes a value.
 * @param end Whether the axis ends with the largest value, and not with a step.
 */
export function linear(
  most: number,
  label: (value: number) => string,
  end: "at a step" | "at the largest" = "at a step",
): Scale {
  const largest = most > 0 ? most : 1;
  const step = evenStep(largest / 5);
  const last = end === "at a step"
    ? Math.ceil(largest / step - 1e-9) * step
    : largest;
  const count = Math.floor(last / step + 1e-9);
  return {
    of: (value) => within(value / last),
    ticks: Array.from({ length: count + 1 }, (_, i) => ({
      at: i * step / last,
      label: label(i * step),
    })),
  };
}

/** The next of 1, 2, 5, 10, 20, ... that is not smaller. */
function evenStep(least: number): number {
  const ten = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((factor) => factor * ten >= least * (1 - 1e-9));
  return (factor ?? 10) * ten;
}

/**
 * An axis of times, on which each step is ten times the one before.
 *
 * @param least The shortest time in microseconds.
 * @param most The longest.
 */
export function logTimes(least: number, most: number): Scale {
  // A microsecond is what is measured; nothing is shorter.
  const shortest = Math.max(1, least);
  const longest = Math.max(shortest, most);
  const first = Math.floor(Math.log10(shortest) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(longest) - 1e-9));
  const factors = last - first > 2 ? [1] : [1, 2, 5];
  const at = (us: number) =>
    within((Math.log10(Math.max(us, 1e-9)) - first) / (last - first));
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power++) {
    for (const factor of power === last ? [1] : factors) {
      const us = factor * 10 ** power;
      ticks.push({ at: at(us), label: roundTime(us) });
    }
  }
  return { of: at, ticks };
}

/** Without the digits behind the point that a round time does not need. */
function roundTime(us: number): string {
  return microseconds(timeText(us).replace(/\.0+ /, " "));
}

/** With the sign that HTML can show. */
export function microseconds(text: string): string {
  return text.replace(/ us$/, " µs");
}

/**
 * An axis of percentiles, on which 90, 99, 99.9 and so on are in even steps.
 *
 * @param count Of how many values; it says where 100 % is.
 */
export function nines(count: number): Scale {
  const steps = Math.max(2, Math.log10(Math.max(count, 1)) + 0.3);
  const at = (percentile: number) => {
    const rest = 1 - Math.min(percentile, 100) / 100;
    return rest < 1e-12 ? 1 : within(-Math.log10(rest) / steps);
  };
  const known = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999, 99.99999];
  const ticks = known.map((percentile) => ({
    at: at(percentile),
    label: `${percentile} %`,
    isMinor: percentile === 0,
  }));
  // At the end is the longest of all.
  const end = { at: 1, label: "all" };
  const [, half] = ticks;
  // Where 50 % is near, there is no room for the text of 0 %.
  const shown = half!.at < 0.05 ? ticks.slice(1) : ticks;
  return { of: at, ticks: [...shown.filter(({ at }) => at < 0.93), end] };
}

function within(at: number): number {
  return Number.isNaN(at) ? 0 : Math.min(1, Math.max(0, at));
}
