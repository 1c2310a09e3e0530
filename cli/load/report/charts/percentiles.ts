/**
 * The picture of which share of the answers took how long.
 *
 * @module
 */

import type { PercentilePoint } from "../../../../lib/load/mod.ts";
import { type Html, markup } from "../../../http/page/markup.ts";
import { type Run, said, time } from "../run.ts";
import { curve, percent, plotted } from "./plot.ts";
import { logTimes, nines, type Scale } from "./scale.ts";

// The percentiles that are named on the curve.
const NAMED = [
  ["p50", 50, "p50_us"],
  ["p90", 90, "p90_us"],
  ["p99", 99, "p99_us"],
  ["p99.9", 99.9, "p999_us"],
  ["longest", 100, "max_us"],
] as const;

/** Draws the picture, with what it shows in a sentence. */
export function percentileCurve(runs: readonly Run[]): {
  readonly picture: Html;
  readonly sentence: string;
} {
  const isOpen = runs[0]!.summary.parameters.loop === "open";
  const points = runs.flatMap(({ summary }) => summary.percentiles);
  const count = points.reduce((most, { count }) => Math.max(most, count), 1);
  const x = nines(count);
  const limits = runs[0]!.summary.limits.map(({ limit_us }) => limit_us);
  const times = [
    ...points.flatMap((point) => timesOf(point, isOpen)),
    ...limits,
  ];
  const y = logTimes(
    times.reduce((least, us) => Math.min(least, us), 1e6),
    times.reduce((most, us) => Math.max(most, us), 10),
  );
  const picture = plotted({
    label: "Latency by percentile; the table of percentiles has its numbers",
    names: { x: "share of the answers", y: "latency" },
    paths: runs.toReversed().flatMap((run) => curves(run, isOpen, x, y)),
    marks: [
      ...limitMarks(runs[0]!, x, y),
      ...runs.map((run, at) => ({ run, other: runs[1 - at] })).toReversed()
        .flatMap(({ other, run }) => namedMarks(run, other, x, y)),
    ],
    x,
    y,
  });
  return { picture, sentence: sentenceOf(runs, isOpen) };
}

function timesOf(
  { latency_us, service_us }: PercentilePoint,
  isOpen: boolean,
): number[] {
  return isOpen ? [latency_us, service_us] : [latency_us];
}

function curves(
  { look, summary }: Run,
  isOpen: boolean,
  x: Scale,
  y: Scale,
): Html[] {
  const of = (key: "latency_us" | "service_us", more: string) =>
    curve(
      summary.percentiles.map((point) => [point.percentile, point[key]]),
      x,
      y,
      `line ${look}${more}`,
    );
  const hasService = isOpen && summary.parameters.loop === "open";
  return [
    ...hasService ? [of("service_us", " service")] : [],
    of("latency_us", ""),
  ];
}

function namedMarks(
  { look, name, summary }: Run,
  other: Run | undefined,
  x: Scale,
  y: Scale,
): Html[] {
  const { latency } = summary;
  const beside = other?.summary.latency ?? undefined;
  if (latency === null) return [];
  return NAMED.map(([title, percentile, key]) => {
    const text = time(latency[key]);
    const at = x.of(percentile);
    const [cx, cy] = [percent(at), percent(1 - y.of(latency[key]))];
    // Outside of the two curves.
    const isAbove = beside === undefined || latency[key] > beside[key] ||
      (latency[key] === beside[key] && look === "now");
    // At an edge there is room on one side alone.
    const isLeft = at > 0.12 && (isAbove || at > 0.9);
    const rank = percentile === 90 || percentile === 99.9 ? " minor" : "";
    return markup`<circle class="dot ${look}" cx="${cx}" cy="${cy}" r="4"><title>${name}
${title} ${text}</title></circle>
<text class="value ${look} ${
      isLeft ? "left" : "right"
    }${rank}" x="${cx}" y="${cy}" dx="${isLeft ? -6 : 6}" dy="${
      isAbove ? "-.7em" : "1.4em"
    }">${text}</text>
`;
  });
}

/** The limits that were given, as marks at their percentile. */
function limitMarks({ summary }: Run, x: Scale, y: Scale): Html[] {
  return summary.limits.map(({ limit_us, percentile, ...limit }) => {
    const [at, verdict] = [said(limit.at), said(limit.verdict)];
    const left = Math.max(0, x.of(percentile) - 0.04);
    const top = percent(1 - y.of(limit_us));
    return markup`<line class="limit ${verdict}" x1="${percent(left)}" x2="${
      percent(Math.min(1, left + 0.08))
    }" y1="${top}" y2="${top}"><title>limit ${at}=${
      time(limit_us)
    }: ${verdict}</title></line>
`;
  });
}

function sentenceOf(runs: readonly Run[], isOpen: boolean): string {
  const hasLimits = runs[0]!.summary.limits.length > 0;
  return [
    "Which share of the answers (to the right, each step leaves a tenth of the one before: 90 %, 99 %, 99.9 %) took at most how long (upwards, a logarithmic axis)",
    ...isOpen
      ? [
        "the dotted line is the service time, from when a message was really sent",
      ]
      : [],
    ...hasLimits ? ["short bars are the limits that were given"] : [],
  ].join("; ") + ".";
}
