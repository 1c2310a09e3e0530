/**
 * The README's first command.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Process } from "../support/processes.ts";

Deno.test("the demonstration comes out as it should, without a terminal", async () => {
  const file = new URL("../../cli/demo/main.ts", import.meta.url).pathname;
  await using demo = new Process(Deno.execPath(), [
    ...["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1"],
    ...["--allow-run", "--allow-write", file],
  ]);
  const { code, stdout, stderr } = await demo.ended();
  assertEquals([code, stderr], [0, ""], stdout);
  for (const step of [..."abcdefghijklmnop"].map((letter) => `(${letter})`)) {
    assertEquals(stdout.includes(`\n${step} `), true, step);
  }
  // Where there is no nats-server, the last scene says so and has no checks.
  const checks = stdout.includes("nats-server is not installed") ? 32 : 34;
  assertMatch(stdout, /\n✓ all \d+ checks passed in [\d.]+ s\n$/);
  assertEquals(stdout.includes(`\n✓ all ${checks} checks `), true, stdout);
  const [, page = ""] = /Open it in a browser: (\S+)/.exec(stdout) ?? [];
  const html = await Deno.readTextFile(page);
  for (const look of ["now", "before"]) {
    assertEquals(html.match(`class="line ${look}"`)?.length, 1, look);
  }
  await Deno.remove(page.replace(/[^/]*$/, ""), { recursive: true });
  assertEquals(stdout.includes("✗") || stdout.includes("\x1b"), false);
});
