/**
 * A load run as one page of HTML, to keep and to show to others.
 *
 * The page loads nothing and runs no script. What a server or an earlier file has said
 * is text in it, and its policy forbids everything but its own style.
 *
 * @module
 */

import type { LoadSummary } from "../../../lib/load/mod.ts";
import { Html, markup } from "../../http/page/markup.ts";
import { latencyOverTime } from "./charts/latency.ts";
import { percentileCurve } from "./charts/percentiles.ts";
import { throughput } from "./charts/throughput.ts";
import { leadOf, legend, notes, tiles } from "./overview.ts";
import { REPORT_STYLE } from "./report_style.ts";
import { type Run, said, unbroken } from "./run.ts";
import {
  countTable,
  latencyTable,
  limitTable,
  parameterTable,
  percentileTable,
  seriesTable,
} from "./tables.ts";

/** An earlier run, to be shown beside the run. */
export interface EarlierRun {
  /** The file that it comes from. */
  readonly name: string;
  /** What it measured. */
  readonly summary: LoadSummary;
}

/**
 * Makes the page.
 *
 * @param summary What the run measured.
 * @param earlier A run to show beside it in every picture.
 * @returns The whole page, in UTF-8 once it is encoded.
 */
export async function loadReport(
  summary: LoadSummary,
  earlier?: EarlierRun,
): Promise<string> {
  const runs: [Run, ...Run[]] = [{ name: "this run", look: "now", summary }];
  if (earlier !== undefined) {
    const { name, summary } = earlier;
    runs.push({ name: said(name), look: "before", summary });
  }
  const address = said(summary.parameters.address);
  const title = `Load on ${address}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="parley-client load">
<title>${title}</title>
<style>${new Html(REPORT_STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="when">${when(summary.startedAt)}</p>
<p class="lead">${unbroken(leadOf(summary))}</p>
${tiles(runs)}
${notes(runs)}
${legend(runs)}
</header>
${pictures(runs)}
<section>
<h2>Numbers</h2>
${latencyTable(runs)}
${limitTable(runs)}
${countTable(runs)}
${parameterTable(runs)}
</section>
${details(runs)}
</main>
</body>
</html>
`.source;
}

/** When a run began, for people and for programs. */
function when(startedAt: string): Html {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/
    .exec(startedAt) ?? [];
  return day === undefined
    ? markup`${said(startedAt)}`
    : markup`<time datetime="${startedAt}">${day} ${time!} UTC</time>`;
}

function pictures(runs: readonly Run[]): Html {
  const hasAnswers = runs.some(({ summary }) => summary.percentiles.length > 0);
  const flow = throughput(runs);
  const latency = latencyOverTime(runs);
  const percentiles = percentileCurve(runs);
  return markup`${figure("Throughput", markup`${flow.picture}`, flow.sentence)}
${
    hasAnswers
      ? markup`${
        figure(
          "Latency over time",
          pairOf(latency.pictures, runs),
          latency.sentence,
        )
      }
${figure("Latency by percentile", percentiles.picture, percentiles.sentence)}`
      : markup``
  }`;
}

/** Two pictures beside each other, or one alone. */
function pairOf(pictures: readonly Html[], runs: readonly Run[]): Html {
  const [only] = pictures;
  if (pictures.length === 1) return only!;
  const titled = pictures.map((picture, at) =>
    markup`<div><h3><span class="swatch ${runs[at]!.look}"></span>${
      runs[at]!.name
    }</h3>
${picture}</div>
`
  );
  return markup`<div class="pair">
${titled}</div>`;
}

function figure(title: string, picture: Html, sentence: string): Html {
  return markup`<figure>
<h2>${title}</h2>
${picture}
<figcaption>${unbroken(sentence)}</figcaption>
</figure>`;
}

function details(runs: readonly Run[]): Html {
  const parts = runs.flatMap((run) => [
    markup`<details>
<summary>Intervals of ${run.name}</summary>
${seriesTable(run)}
</details>
`,
    markup`<details>
<summary>Percentiles of ${run.name}</summary>
${percentileTable(run)}
</details>
`,
  ]);
  return markup`<section class="details">
${parts}</section>`;
}

/** Allows the one style by its hash. */
async function policy(): Promise<string> {
  const style = new TextEncoder().encode(REPORT_STYLE);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", style));
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash.toBase64()}'`,
    ...["base-uri 'none'", "form-action 'none'"],
  ].join("; ");
}
