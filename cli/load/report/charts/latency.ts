/**
 * The picture of how long answers took, over the time, as bands of percentiles.
 *
 * @module
 */

import type { LoadInterval } from "../../../../lib/load/mod.ts";
import { type Html, markup } from "../../../http/page/markup.ts";
import { endOf, type Run, seconds, time } from "../run.ts";
import { band, hit, percent, plotted, stepLine } from "./plot.ts";
import { linear, logTimes, type Scale } from "./scale.ts";

/** The edges of the bands, from below. */
const BANDS = [
  ["half", "p50_us", "p90_us"],
  ["most", "p90_us", "p99_us"],
  ["all", "p99_us", "max_us"],
] as const;

/** Draws a picture for each run, on the same axes. */
export function latencyOverTime(runs: readonly Run[]): {
  readonly pictures: readonly Html[];
  readonly sentence: string;
} {
  const answered = runs.flatMap(({ summary }) =>
    summary.series.filter(isAnswered)
  );
  const x = linear(
    Math.max(...runs.map(({ summary }) => endOf(summary))),
    seconds,
    "at the largest",
  );
  const y = logTimes(
    answered.reduce((least, { p50_us }) => Math.min(least, p50_us), 1e6),
    answered.reduce((most, { max_us }) => Math.max(most, max_us), 10),
  );
  const isOpen = runs[0]!.summary.parameters.loop === "open";
  return {
    pictures: runs.map((run) => picture(run, x, y)),
    sentence: `How long answers took${
      isOpen ? ", from when each message was to be sent" : ""
    } (upwards, on a logarithmic axis), in each interval since measuring began (to the right): the line is what half of them kept to, the bands reach to 90 %, 99 % and the longest, and grey columns had no answer at all.`,
  };
}

function isAnswered({ messages, p50_us }: LoadInterval): boolean {
  return messages > 0 && p50_us > 0;
}

function picture({ look, name, summary }: Run, x: Scale, y: Scale): Html {
  const answered = summary.series.filter(isAnswered);
  const at = (interval: LoadInterval) => ({
    from: interval.t_s,
    to: interval.t_s + interval.seconds,
  });
  const paths = [
    ...BANDS.map(([shade, below, above]) =>
      band(
        answered.map((interval) => ({
          ...at(interval),
          below: interval[below],
          value: interval[above],
        })),
        x,
        y,
        `band ${look} ${shade}`,
      )
    ),
    stepLine(
      answered.map((interval) => ({ ...at(interval), value: interval.p50_us })),
      x,
      y,
      `line ${look}`,
    ),
  ];
  return plotted({
    label:
      `Latency over time of ${name}; the table of intervals has its numbers`,
    names: { x: "seconds since measuring began", y: "latency" },
    paths,
    marks: summary.series.flatMap((interval) => columns(interval, x)),
    x,
    y,
  });
}

function columns(interval: LoadInterval, x: Scale): Html[] {
  const from = x.of(interval.t_s);
  const to = x.of(interval.t_s + interval.seconds);
  const where = seconds(interval.t_s);
  if (!isAnswered(interval)) {
    return [
      markup`<rect class="silent" x="${percent(from)}" y="0" width="${
        percent(to - from)
      }" height="100%"><title>${where}
no answer</title></rect>
`,
    ];
  }
  const { max_us, p50_us, p90_us, p99_us } = interval;
  const text = [
    where,
    `p50 ${time(p50_us)}`,
    `p90 ${time(p90_us)}`,
    `p99 ${time(p99_us)}`,
    `longest ${time(max_us)}`,
  ].join("\n");
  return [hit(from, to, text)];
}
