/**
 * The numbers of a report.
 *
 * @module
 */

import type { LatencyFigures } from "../../../lib/load/mod.ts";
import { type Html, markup } from "../../http/page/markup.ts";
import { grouped } from "../../output/counted.ts";
import { changeText } from "../shown/amounts.ts";
import { PARAMETERS } from "./parameters.ts";
import { figure, rate, rateOf, type Run, said, seconds, time } from "./run.ts";

const FIGURES = [
  ["shortest", "min_us"],
  ["mean", "mean_us"],
  ["half (p50)", "p50_us"],
  ["90 % (p90)", "p90_us"],
  ["99 % (p99)", "p99_us"],
  ["99.9 % (p99.9)", "p999_us"],
  ["longest", "max_us"],
  ["standard deviation", "deviation_us"],
] as const;

/** The latency in numbers; in an open loop the service time beside it. */
export function latencyTable(runs: readonly Run[]): Html {
  const columns = runs.flatMap((run) => columnsOf(run, runs.length > 1));
  if (columns.length === 0) return markup``;
  const [now, before] = runs.map(({ summary }) => summary.latency);
  const hasChange = now !== undefined && now !== null && before !== undefined &&
    before !== null;
  const rows = FIGURES.map(([title, key]) => [
    title,
    ...columns.map(({ figures, name }) =>
      figure(`${name}.${key}`, figures[key], time(figures[key]))
    ),
    ...hasChange ? [changeText(before[key], now[key])] : [],
  ]);
  const head = [
    "latency",
    ...columns.map(({ title }) => title),
    ...hasChange ? ["change of the latency"] : [],
  ];
  return table("Latency", head, rows);
}

function columnsOf({ look, name, summary }: Run, isOneOfTwo: boolean): {
  readonly title: string;
  readonly name: string;
  readonly figures: LatencyFigures;
}[] {
  const { latency, parameters, service } = summary;
  if (latency === null) return [];
  const of = isOneOfTwo ? `, ${name}` : "";
  const prefix = look === "now" ? "" : "earlier.";
  return [
    {
      title: parameters.loop === "open"
        ? `since it was due${of}`
        : `since it was sent${of}`,
      name: `${prefix}latency`,
      figures: latency,
    },
    ...parameters.loop === "open" && service !== null
      ? [{
        title: `since it was sent${of}`,
        name: `${prefix}service`,
        figures: service,
      }]
      : [],
  ];
}

/** What was counted, besides the latency. */
export function countTable(runs: readonly Run[]): Html {
  const kinds = new Set(
    runs.flatMap(({ summary }) => Object.keys(summary.errors)),
  );
  const isOpen = runs.some(({ summary }) => summary.parameters.loop === "open");
  const row = (
    title: string,
    name: string,
    of: (run: Run["summary"]) => number,
    text: (value: number) => string = grouped,
  ) => [
    title,
    ...runs.map(({ look, summary }) =>
      figure(
        look === "now" ? name : `earlier.${name}`,
        of(summary),
        text(of(summary)),
      )
    ),
  ];
  const rows = [
    row("messages", "messages", (run) => run.messages),
    row(
      "seconds",
      "seconds",
      (run) => run.seconds,
      (value) => value.toFixed(2),
    ),
    row("messages per second", "rate_per_s", (run) => run.rate_per_s, rate),
    row("bytes sent", "bytes_out", (run) => run.bytes_out),
    row("bytes received", "bytes_in", (run) => run.bytes_in),
    ...isOpen
      ? [
        row(
          "generator late, p99",
          "generatorLate.p99_us",
          (run) => run.generatorLate.p99_us,
          time,
        ),
        row(
          "generator late, longest",
          "generatorLate.max_us",
          (run) => run.generatorLate.max_us,
          time,
        ),
        row("due and never sent", "unsent", (run) => run.unsent),
      ]
      : [],
    ...[...kinds].map((kind) =>
      row(
        `errors: ${said(kind)}`,
        `errors.${said(kind)}`,
        (run) => run.errors[kind as keyof typeof run.errors] ?? 0,
      )
    ),
    ...kinds.size === 0 ? [["errors", ...runs.map(() => "none")]] : [],
  ];
  return table("Counts", ["", ...runs.map(({ name }) => name)], rows);
}

/** The limits that were given, and whether they were kept. */
export function limitTable([{ summary }]: readonly [Run, ...Run[]]): Html {
  const { limits } = summary;
  if (limits.length === 0) return markup``;
  const rows = limits.map(({ at, late_us, latency_us, limit_us, verdict }) => [
    said(at),
    time(limit_us),
    time(latency_us),
    time(late_us),
    markup`<strong class="${verdict === "kept" ? "better" : "worse"}">${
      said(verdict)
    }</strong>`,
  ]);
  const head = ["at", "limit", "latency", "generator late", "verdict"];
  return table("Limits", head, rows);
}

/** What was asked for. */
export function parameterTable(runs: readonly Run[]): Html {
  const rows = PARAMETERS.map(([name, text]) => [
    name,
    ...runs.map(({ summary }) => text(summary)),
  ]).filter(([, ...texts]) => texts.some((text) => text !== "-"));
  return table(
    "What was run",
    ["", ...runs.map(({ name }) => name)],
    rows,
    "words",
  );
}

/** The numbers of the pictures over time. */
export function seriesTable({ look, name, summary }: Run): Html {
  const prefix = look === "now" ? "series" : "earlier.series";
  const rows = summary.series.map((interval, at) => {
    const cell = (key: keyof typeof interval, text: string) =>
      figure(`${prefix}.${at}.${key}`, interval[key], text);
    return [
      cell("t_s", seconds(interval.t_s)),
      rate(rateOf(interval)),
      cell("messages", grouped(interval.messages)),
      cell("errors", grouped(interval.errors)),
      cell("p50_us", time(interval.p50_us)),
      cell("p90_us", time(interval.p90_us)),
      cell("p99_us", time(interval.p99_us)),
      cell("max_us", time(interval.max_us)),
    ];
  });
  return table(`Intervals of ${name}`, [
    ...["from", "throughput", "messages", "errors"],
    ...["p50", "p90", "p99", "longest"],
  ], rows);
}

/** The numbers of the picture of percentiles. */
export function percentileTable({ look, name, summary }: Run): Html {
  const prefix = look === "now" ? "percentiles" : "earlier.percentiles";
  const isOpen = summary.parameters.loop === "open";
  const rows = summary.percentiles.map((point, at) => {
    const cell = (key: keyof typeof point, text: string) =>
      figure(`${prefix}.${at}.${key}`, point[key], text);
    return [
      cell("percentile", `${+point.percentile.toFixed(6)} %`),
      cell("count", grouped(point.count)),
      cell("latency_us", time(point.latency_us)),
      ...isOpen ? [cell("service_us", time(point.service_us))] : [],
    ];
  });
  return table(`Percentiles of ${name}`, [
    ...["share", "messages", "latency"],
    ...isOpen ? ["service time"] : [],
  ], rows);
}

function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  look = "numbers",
): Html {
  const titles = head.map((title) => markup`<th scope="col">${title}</th>`);
  const lines = rows.map(([title, ...cells]) =>
    markup`<tr><th scope="row">${title!}</th>${
      cells.map((cell) => markup`<td>${cell}</td>`)
    }</tr>
`
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table class="${look}">
<caption>${caption}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines}</tbody>
</table>
</div>`;
}
