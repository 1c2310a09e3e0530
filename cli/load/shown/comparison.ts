/**
 * An earlier run beside this one, for people.
 *
 * @module
 */

import type { LoadErrors, LoadSummary } from "../../../lib/load/mod.ts";
import { escapeControls } from "../../output/escape.ts";
import { grouped } from "../../output/counted.ts";
import { aligned, changeText, rateText, timeText } from "./amounts.ts";

/** Writes two runs beside each other. */
export function comparisonLines(
  before: LoadSummary,
  now: LoadSummary,
  name: string,
): string[] {
  const rows: string[][] = [["", "before", "now", "change"]];
  const add = (
    title: string,
    of: (run: LoadSummary) => number | undefined,
    text: (value: number) => string,
  ) => {
    const [then, here] = [of(before), of(now)];
    rows.push([
      title,
      then === undefined ? "-" : text(then),
      here === undefined ? "-" : text(here),
      then === undefined || here === undefined ? "" : changeText(then, here),
    ]);
  };
  add("per second", (run) => run.rate_per_s, rateText);
  for (const [title, key] of POINTS) {
    add(title, (run) => run.latency?.[key], timeText);
  }
  add("generator late p99", (run) => run.generatorLate.p99_us, timeText);
  add("errors", (run) => sum(run.errors), grouped);
  const differences = differing(before, now);
  return [
    `compared with ${name}, of ${escapeControls(before.startedAt)}`,
    ...aligned(rows),
    ...differences.length === 0
      ? []
      : [`the runs differ in more than the server: ${differences.join(", ")}`],
  ];
}

const POINTS = [
  ["latency p50", "p50_us"],
  ["latency p90", "p90_us"],
  ["latency p99", "p99_us"],
  ["latency p99.9", "p999_us"],
  ["latency max", "max_us"],
] as const;

function sum(errors: LoadErrors): number {
  return Object.values(errors).reduce((all, count) => all + count, 0);
}

// Two runs of the same kind differ in these all the same.
const EXPECTED = new Set(["address", "seed"]);

function differing(before: LoadSummary, now: LoadSummary): string[] {
  const then = before.parameters as unknown as Record<string, unknown>;
  return Object.entries(now.parameters).flatMap(([name, value]) => {
    if (EXPECTED.has(name) || then[name] === value) return [];
    return [
      `${name} ${escapeControls(String(then[name]))}, now ${String(value)}`,
    ];
  });
}
