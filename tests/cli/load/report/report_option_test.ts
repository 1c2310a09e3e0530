/**
 * `load --report` on a command line.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { serve } from "@parley/parley";
import { readLoadSummary } from "@parley/parley/load";
import { runClient } from "../../../../cli/commands.ts";
import { loadSummary } from "../../../support/load_summaries.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";

const FOLDER = await Deno.makeTempDir({ dir: "/tmp", prefix: "parley-load-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

async function load(...args: readonly string[]) {
  const terminal = new RecordedTerminal();
  const code = await runClient(["load", ...args], terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

Deno.test("load --report writes a page with the numbers that --format json prints, and the earlier run", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    for await (const message of peer) await peer.send(message);
  });
  const before = `${FOLDER}/before.json`;
  await Deno.writeTextFile(before, JSON.stringify(loadSummary()));
  const path = `${FOLDER}/run.html`;
  const { code, shown, told } = await load(
    ...[String(server.address), "--count", "500", "--warm-up", "0s"],
    ...["--format", "json", "--report", path, "--compare", before],
  );
  assertEquals(code, 0, told);
  assertStringIncludes(told, `\nwrote ${path}\n`);
  const { latency, messages, percentiles, series } = readLoadSummary(shown);
  const html = await Deno.readTextFile(path);
  const shows = (name: string, value: number) =>
    assertStringIncludes(html, `<data data-name="${name}" value="${value}">`);
  shows("messages", messages);
  for (const [key, value] of Object.entries(latency!)) {
    shows(`latency.${key}`, value);
  }
  series.forEach(({ messages, p99_us }, at) => {
    shows(`series.${at}.messages`, messages);
    shows(`series.${at}.p99_us`, p99_us);
  });
  percentiles.forEach(({ count, latency_us }, at) => {
    shows(`percentiles.${at}.count`, count);
    shows(`percentiles.${at}.latency_us`, latency_us);
  });
  // The name of the file, and not where it is.
  assertMatch(html, />before\.json: tcp:/);
  assertEquals(html.includes(FOLDER), false);
});

Deno.test("load refuses a --report that cannot be written, or that would replace what it reads, before it sends", async () => {
  const path = `${FOLDER}/same`;
  await Deno.writeTextFile(path, JSON.stringify(loadSummary()));
  for (
    const [args, code, message] of [
      [["--report", FOLDER], 9, /cannot write .*: it is a folder/],
      [["--report", `${FOLDER}/none/x`], 9, /cannot write/],
      [["--report", path, "--compare", path], 2, /--report and --compare name/],
      [["--report", "-"], 2, /--report needs the name of a file/],
      [["--report", path, "--hdr", path], 2, /--report and --hdr name/],
    ] as const
  ) {
    const { code: got, shown, told } = await load("1", ...args);
    assertEquals([got, shown], [code, ""], told);
    assertMatch(told, message);
  }
  assertMatch(await Deno.readTextFile(path), /^\{/);
});
