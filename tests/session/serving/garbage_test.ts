import { assertEquals, assertLess } from "@std/assert";

const PROGRAM = new URL(
  "../../support/short_connections.ts",
  import.meta.url,
);
// Of 400 connections. All of them together allocate some 8 MB. In a Set, or with one
// closure too many, 4 MB of those survived, and a collection took 10 ms and more.
const MOST_BYTES = 1_500_000;

Deno.test("connections that are over do not survive a collection of the young generation", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", PROGRAM.href],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const grown = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  assertEquals(grown.length, 10);
  // A full collection of the runtime's own makes single ones negative.
  const median = grown.sort((a, b) => a - b)[5]!;
  assertLess(median, MOST_BYTES);
});
