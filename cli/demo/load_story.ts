/**
 * The end of the story: the same load on a healthy server and through a fault, and
 * the two beside each other on one page.
 *
 * @module
 */

import { readLoadSummary } from "../../lib/load/mod.ts";
import type { Scene, Step } from "./stage.ts";

const DELAY_MS = 40;
// Short, and enough for a curve.
const LOAD = [
  ...["--frame", "length:4", "--rate", "300", "--duration", "1s"],
  ...["--warm-up", "500ms"],
];

/** The steps, in order. */
export const LOAD_STORY: readonly Step[] = [
  {
    title: "(n) The same load on a healthy server, and behind a slow network",
    play: sameLoad,
  },
];

async function sameLoad(scene: Scene): Promise<void> {
  const { address } = await scene.server("echo", "--frame", "length:4");
  const healthy = await scene.client(
    ["load", address, ...LOAD, "--format", "json"],
  );
  const tap = await scene.server(
    ...["tap", address, "--frame", "length:4"],
    ...["--fault", `to-client:delay:${DELAY_MS}ms`],
  );
  const folder = await Deno.makeTempDir({ prefix: "parley-demo-" });
  const page = `${folder}/load.html`;
  const delayed = await scene.client(
    ["load", tap.address, ...LOAD, "--compare", "-", "--report", page],
    healthy.output.join("\n"),
    [`--allow-read=${folder}`, `--allow-write=${folder}`],
  );
  scene.say("The first run is one object of JSON, which the second reads from");
  scene.say("standard input. Both are in every picture of the page.");
  const { latency } = readLoadSummary(healthy.output.join("\n"));
  scene.check(
    `the quickest answer took less than ${DELAY_MS} ms, and through the tap more`,
    latency !== null && latency.min_us < 1_000 * DELAY_MS &&
      shortestMs(delayed.output) >= DELAY_MS - 1,
  );
  scene.check(
    "both curves are in one report",
    delayed.errors.includes(`wrote ${page}`),
  );
  scene.say(`Open it in a browser: ${page}`);
}

/** The shortest latency of a run that was shown as text, in milliseconds. */
function shortestMs(lines: readonly string[]): number {
  const units: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };
  for (const line of lines) {
    const [, digits, unit] = /^latency +([\d.,]+) (us|ms|s)\b/.exec(line) ?? [];
    if (unit !== undefined) {
      return Number(digits!.replaceAll(",", "")) * units[unit]!;
    }
  }
  return NaN;
}
