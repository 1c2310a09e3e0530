/**
 * `load` in a process of its own, with threads, and stopped by a signal.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { readLoadSummary } from "../../lib/load/mod.ts";
import { serve } from "../../mod.ts";
import { e2e } from "../support/processes.ts";

e2e("load measures a server with two threads", async (run) => {
  await using server = await run.server("echo", "length:4@127.0.0.1:0");
  const { code, stderr, stdout } = await run.client(
    ...["load", `length:4@${server.address.replace("tcp://", "")}`],
    ...["--check", "same", "--connections", "4", "--workers", "2"],
    ...["--in-flight", "4", "--count", "2000", "--warm-up", "50ms"],
    ...["--format", "json"],
  );
  assertEquals([code, stderr], [0, ""]);
  const { errors, messages, parameters } = readLoadSummary(stdout);
  assertEquals([errors, messages, parameters.workers], [{}, 2_000, 2]);
});

e2e("load shows what was measured until Ctrl-C", async (run) => {
  const enough = Promise.withResolvers<void>();
  let count = 0;
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    for await (const message of peer) {
      await peer.send(message);
      if (++count === 20) enough.resolve();
    }
  });
  await using process = run.start(
    ...["client", "load", `${server.address}`, "--rate", "500"] as const,
    ...["--duration", "1m", "--warm-up", "0s"],
  );
  await enough.promise;
  process.signal("SIGINT");
  const { code, stdout } = await process.ended();
  assertEquals(code, 130);
  assertMatch(stdout, /^load on tcp:.*: open loop, 500\/s/);
  assertMatch(stdout, /stopped early: this is what was measured until then/);
});

e2e("load asks a web server", async (run) => {
  await using server = await run.server("http", "127.0.0.1:0");
  const { code, stdout } = await run.client(
    ...["load", server.address.replace("tcp:", "http:")],
    ...["--connections", "2", "--count", "20", "--warm-up", "0s"],
  );
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /\n20 requests in .*\n[^]*\nerrors: none\n$/);
});

e2e("load writes a report of the run and of an earlier one", async (run) => {
  await using server = await run.server("echo", "127.0.0.1:0");
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const few = ["--count", "50", "--warm-up", "0s"];
  const before = await run.client(
    ...["load", server.address, ...few, "--format", "json"],
  );
  assertEquals(before.code, 0, before.stderr);
  const page = `${folder}/run.html`;
  const { code, stderr } = await run.clientWith(
    before.stdout,
    ...["load", server.address, ...few, "--compare", "-", "--report", page],
  );
  assertEquals([code, stderr], [0, `wrote ${page}\n`]);
  const html = await Deno.readTextFile(page);
  assertMatch(html, /<\/html>\n$/);
  const { latency } = readLoadSummary(before.stdout);
  const earlier = `"earlier.latency.p99_us" value="${latency!.p99_us}"`;
  assertEquals(html.includes(earlier), true);
  await Deno.remove(folder, { recursive: true });
});
