/**
 * The picture of how much was answered, over the time.
 *
 * @module
 */

import type { LoadInterval } from "../../../../lib/load/mod.ts";
import { type Html, markup } from "../../../http/page/markup.ts";
import { grouped } from "../../../output/counted.ts";
import { counted, endOf, rate, rateOf, type Run, seconds } from "../run.ts";
import {
  hit,
  percent,
  plotted,
  type Step,
  stepArea,
  stepLine,
} from "./plot.ts";
import { linear, type Scale } from "./scale.ts";

/** Draws the picture, with what it shows in a sentence. */
export function throughput(runs: readonly Run[]): {
  readonly picture: Html;
  readonly sentence: string;
} {
  const [now] = runs;
  const x = linear(
    Math.max(...runs.map(({ summary }) => endOf(summary))),
    seconds,
    "at the largest",
  );
  const asked = now!.summary.parameters.rate_per_s ?? 0;
  const rates = runs.flatMap(({ summary }) => summary.series.map(rateOf));
  // Room above, so that the highest is not at the edge.
  const y = linear(1.05 * Math.max(asked, ...rates, 0), grouped);
  const picture = plotted({
    label: "Throughput over time; the table of intervals has its numbers",
    names: {
      x: "seconds since measuring began",
      y: "answered per second",
    },
    paths: runs.toReversed().flatMap((run) => pathsOf(run, x, y)),
    marks: [
      ...askedLine(asked, y),
      ...runs.flatMap((run) => errorMarks(run, x)),
      ...now!.summary.series.map((interval) =>
        hit(
          x.of(interval.t_s),
          x.of(interval.t_s + interval.seconds),
          hitText(interval.t_s, runs),
        )
      ),
    ],
    x,
    y,
  });
  return { picture, sentence: sentenceOf(runs, asked) };
}

function pathsOf({ look, summary }: Run, x: Scale, y: Scale): Html[] {
  const steps: Step[] = summary.series.map((interval) => ({
    from: interval.t_s,
    to: interval.t_s + interval.seconds,
    value: rateOf(interval),
  }));
  const line = stepLine(steps, x, y, `line ${look}`);
  return look === "now"
    ? [stepArea(steps, x, y, `area ${look}`), line]
    : [line];
}

function askedLine(asked: number, y: Scale): Html[] {
  if (asked === 0) return [];
  const at = percent(1 - y.of(asked));
  return [
    markup`<line class="asked" x1="0" x2="100%" y1="${at}" y2="${at}"/>
`,
  ];
}

/** A mark at the foot of each interval with errors. */
function errorMarks({ look, summary }: Run, x: Scale): Html[] {
  return summary.series.filter(({ errors }) => errors > 0).map((interval) => {
    const from = x.of(interval.t_s);
    const width = x.of(interval.t_s + interval.seconds) - from;
    return markup`<rect class="failed ${look}" x="${
      percent(from)
    }" y="100%" width="${percent(width)}"/>
`;
  });
}

function hitText(at: number, runs: readonly Run[]): string {
  const lines = runs.flatMap(({ name, summary }) => {
    const interval = intervalAt(summary, at);
    if (interval === undefined) return [];
    const errors = interval.errors === 0
      ? ""
      : `, ${counted(interval.errors, "error")}`;
    return [`${name}: ${rate(rateOf(interval))}${errors}`];
  });
  return [seconds(at), ...lines].join("\n");
}

/** The interval of a time: all but the last are equally long. */
function intervalAt(
  { series }: Run["summary"],
  at: number,
): LoadInterval | undefined {
  const every = series[0]?.seconds ?? 0;
  return every > 0 ? series[Math.floor(at / every + 1e-6)] : undefined;
}

function sentenceOf(runs: readonly Run[], asked: number): string {
  const [{ summary }] = runs as readonly [Run];
  const noun = summary.parameters.check === "none" ? "sent" : "answered";
  const every = summary.series[0]?.seconds ?? 1;
  const hasErrors = runs.some(({ summary }) =>
    summary.series.some(({ errors }) => errors > 0)
  );
  return [
    `How many messages were ${noun} per second (upwards from 0), in each ${
      seconds(every)
    } since measuring began (to the right)`,
    ...asked > 0 ? [`the dashed line is the rate that was asked for`] : [],
    ...hasErrors ? ["red marks at the foot are errors"] : [],
  ].join("; ") + ".";
}
