/**
 * What was asked for, and with which versions, as rows of a table.
 *
 * @module
 */

import type { LoadSummary } from "../../../lib/load/mod.ts";
import { formatSize } from "../../arguments/sizes.ts";
import { grouped } from "../../output/counted.ts";
import { rate, said } from "./run.ts";

/** A row: what it is of, and its text for a run. */
type Row = readonly [name: string, text: (summary: LoadSummary) => string];

const NONE = "-";

// Two runs of the same kind may differ in these.
const ADDRESS: Row = [
  "address",
  ({ parameters }) => said(parameters.address),
];
const SEED: Row = ["seed", ({ parameters }) => `${parameters.seed}`];

const ROWS: readonly Row[] = [
  [
    "loop",
    ({ parameters }) =>
      parameters.loop === "open"
        ? "open: messages are sent at their times"
        : "closed: a message is sent when an answer has come",
  ],
  [
    "rate",
    ({ parameters: { rate_per_s } }) =>
      rate_per_s === null ? "as many as are answered" : rate(rate_per_s),
  ],
  ["connections", ({ parameters }) => grouped(parameters.connections)],
  [
    "in flight on each",
    ({ parameters }) => `at most ${grouped(parameters.inFlight)}`,
  ],
  [
    "duration",
    ({ parameters: { duration_s } }) =>
      duration_s === null ? NONE : `${duration_s} s`,
  ],
  [
    "count",
    ({ parameters: { count } }) => count === null ? NONE : grouped(count),
  ],
  ["warm-up", ({ parameters }) => `${parameters.warmUp_s} s`],
  ["message", ({ parameters }) => sizeOf(parameters)],
  ["framing", ({ parameters }) => said(parameters.framing ?? NONE)],
  ["method", ({ parameters }) => said(parameters.method ?? NONE)],
  ["check", ({ parameters }) => said(parameters.check)],
  ["timeout", ({ parameters }) => `${parameters.timeout_s} s`],
  [
    "PROXY protocol",
    ({ parameters: { proxyProtocol } }) =>
      proxyProtocol === null ? NONE : `v${proxyProtocol}`,
  ],
  ["workers", ({ parameters }) => grouped(parameters.workers)],
];

const VERSIONS: readonly Row[] = [
  ["began", ({ startedAt }) => said(startedAt)],
  ["Parley", ({ versions }) => said(versions.parley)],
  [
    "runtime",
    ({ versions }) => said(`Deno ${versions.deno}, V8 ${versions.v8}`),
  ],
  ["machine", ({ versions }) => said(versions.target)],
];

/** All rows. */
export const PARAMETERS: readonly Row[] = [ADDRESS, ...ROWS, SEED, ...VERSIONS];

/** In what two runs differ that were to be of the same kind. */
export function differences(
  now: LoadSummary,
  before: LoadSummary,
): readonly {
  readonly name: string;
  readonly now: string;
  readonly before: string;
}[] {
  return ROWS.map(([name, text]) => ({
    name,
    now: text(now),
    before: text(before),
  })).filter(({ before, now }) => before !== now);
}

function sizeOf(
  { maxMessage_bytes: most, minMessage_bytes: least }:
    LoadSummary["parameters"],
): string {
  return least === most
    ? formatSize(most)
    : `${formatSize(least)} to ${formatSize(most)}`;
}
