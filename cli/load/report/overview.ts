/**
 * The top of a report: what was measured in one sentence, the figures that count,
 * and what you need to know to judge them.
 *
 * @module
 */

import type { LoadSummary } from "../../../lib/load/mod.ts";
import { type Html, markup } from "../../http/page/markup.ts";
import { grouped } from "../../output/counted.ts";
import { changeText, unsentText } from "../shown/amounts.ts";
import { differences } from "./parameters.ts";
import {
  counted,
  errorCount,
  figure,
  nounOf,
  rate,
  type Run,
  said,
  span,
  time,
} from "./run.ts";

/** What a run comes to, in a sentence. */
export function leadOf(summary: LoadSummary): string {
  const { latency, messages, parameters, rate_per_s } = summary;
  const errors = errorCount(summary);
  const noun = nounOf(summary);
  const verb = parameters.check === "none" ? "sent" : "answered";
  const took = latency === null
    ? ""
    : `; half took at most ${time(latency.p50_us)}, 99 % at most ${
      time(latency.p99_us)
    }, the longest ${time(latency.max_us)}`;
  const failed = errors === 0 ? "no errors" : counted(errors, "error");
  return `${counted(messages, noun)} ${verb} in ${span(summary.seconds)}, ${
    rate(rate_per_s)
  }${took}; ${failed}.`;
}

/** The figures that count, each with that of the earlier run. */
export function tiles(runs: readonly Run[]): Html {
  const tile = (
    title: string,
    name: string,
    of: (summary: LoadSummary) => number | undefined,
    text: (value: number) => string,
    better: "more" | "less",
  ) => {
    const [now, before] = runs.map(({ summary }) => of(summary));
    if (now === undefined) return markup``;
    const earlier = before === undefined ? markup`` : markup`
<dd class="earlier">was ${text(before)} <span class="${
      lookOf(before, now, better)
    }">${changeText(before, now)}</span></dd>`;
    return markup`<div>
<dt>${title}</dt>
<dd class="main">${figure(name, now, text(now))}</dd>${earlier}
</div>
`;
  };
  return markup`<dl class="tiles">
${tile("per second", "rate_per_s", (run) => run.rate_per_s, rate, "more")}${
    LATENCIES.map(([title, key]) =>
      tile(title, `latency.${key}`, (run) => run.latency?.[key], time, "less")
    )
  }${tile("errors", "errors", errorCount, grouped, "less")}</dl>`;
}

const LATENCIES = [
  ["half within", "p50_us"],
  ["99 % within", "p99_us"],
  ["the longest", "max_us"],
] as const;

/** Whether a change is an improvement. Small changes may be chance. */
function lookOf(before: number, now: number, better: "more" | "less"): string {
  const isSmall = Math.abs(now - before) < 0.05 * Math.abs(before);
  if (now === before || isSmall) return "same";
  return (now > before) === (better === "more") ? "better" : "worse";
}

/** What has to be known before the figures are believed. */
export function notes(runs: readonly Run[]): Html {
  const [{ summary }, earlier] = runs as readonly [Run, Run?];
  const all = [
    ...warningsOf(summary),
    ...earlier === undefined ? [] : differingNotes(summary, earlier),
  ];
  if (all.length === 0) return markup``;
  const items = all.map(([look, text]) =>
    markup`<li class="${look}">${text}</li>
`
  );
  return markup`<ul class="notes">
${items}</ul>`;
}

type Note = readonly [look: "warning" | "hint", text: string];

function warningsOf(summary: LoadSummary): Note[] {
  const { endedBy, generatorLate, latency, limits, messages, unsent } = summary;
  const { check, loop, timeout_s } = summary.parameters;
  const warnings: Note[] = [];
  if (endedBy === "stopped") {
    warnings.push([
      "warning",
      "The run was stopped early: this is what was measured until then.",
    ]);
  }
  if (endedBy === "unreachable") {
    warnings.push([
      "warning",
      `The run ended early: no connection could be opened for ${timeout_s} s.`,
    ]);
  }
  if (messages === 0 && check !== "none") {
    warnings.push([
      "warning",
      "No message was answered in the measured time, so there is no latency.",
    ]);
  }
  if (limits.some(({ verdict }) => verdict === "void")) {
    warnings.push([
      "warning",
      "A limit is void: this machine was later with sending than the limit allows, so the latency says nothing of the server.",
    ]);
  } else if (latency !== null && generatorLate.p99_us > latency.p99_us / 2) {
    warnings.push([
      "warning",
      `Much of the latency is that of the machine that sent: it was ${
        time(generatorLate.p99_us)
      } late at p99.`,
    ]);
  }
  if (unsent > 0) warnings.push(["warning", `${unsentText(summary)}.`]);
  if (loop === "closed" && latency !== null) {
    warnings.push([
      "hint",
      "This was a closed loop, which hides stalls in its latency: while the server stands still, nothing is sent that could wait. With --rate the latency counts from when a message was due.",
    ]);
  }
  return warnings;
}

function differingNotes(now: LoadSummary, earlier: Run): Note[] {
  const differing = differences(now, earlier.summary);
  if (differing.length === 0) return [];
  return [[
    "hint",
    `The runs differ in more than the server: ${
      differing.map(({ before, name, now }) =>
        `${name} ${now}, earlier ${before}`
      ).join("; ")
    }.`,
  ]];
}

/** Which run has which colours. */
export function legend(runs: readonly Run[]): Html {
  if (runs.length === 1) return markup``;
  const items = runs.map(({ look, name, summary }) =>
    markup`<li><span class="swatch ${look}"></span>${name}: ${
      said(summary.parameters.address)
    }</li>
`
  );
  return markup`<ul class="legend">
${items}</ul>`;
}
