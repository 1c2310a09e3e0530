/**
 * `--fault` of the executables: what clients meet behind a tap, at a service and over
 * UDP, from source and compiled.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e } from "../support/processes.ts";
import { readRecording, textTo } from "../support/recordings.ts";

// What the client sends is a, b and c; what it shows and how it ends.
const BEHIND_A_TAP: [fault: string, stdout: string, code: number][] = [
  ["delay:50ms", "a\nb\nc\n", 0],
  ["to-server:reorder:100%,message=1", "b\na\nc\n", 0],
  ["to-client:duplicate:100%,message=1", "a\na\nb\n", 0],
  ["to-client:truncate:2msg", "a\nb\n", 8],
  // The runtime of the compiled ones may be unable to reset.
  ["to-client:reset-after:2", "a\n", 8],
  ["to-client:stall-after:2,message=2", "a\nb\n", 124],
  ["refuse", "", 8],
  ["split:1", "a\nb\nc\n", 0],
];

e2e(
  "a tap breaks each connection as it is told, and records what it passed on",
  async (run) => {
    const record = await Deno.makeTempFile();
    try {
      await using target = await run.server("echo", "127.0.0.1:0");
      const faults = BEHIND_A_TAP.flatMap(([fault], at) => [
        "--fault",
        `${fault},connection=${at + 1}`,
      ]);
      await using tap = await run.server(
        ...["tap", "127.0.0.1:0", target.address, "--frame", "line"],
        // A stalled connection does not end by itself.
        ...[...faults, "--record", record, "--grace", "0s"],
      );
      for (const [at, [fault, stdout, code]] of BEHIND_A_TAP.entries()) {
        const args = code === 124 ? ["--timeout", "1s"] : [];
        const ended = await run.client(tap.address, "a", "b", "c", ...args);
        assertEquals([ended.stdout, ended.code], [stdout, code], ended.stderr);
        const name = fault.replace(/^to-[a-z]+:/, "");
        await tap.process.line(new RegExp(`^#${at + 1} .*fault ${name}`));
      }
      tap.process.signal("SIGTERM");
      assertEquals((await tap.process.ended()).code, 0);

      const { events } = await readRecording(record);
      assertEquals(textTo("server", events, 2), "b\na\nc\n");
      assertEquals(textTo("client", events, 3), "a\na\nb\nc\n");
      assertEquals(textTo("client", events, 5), "a\n");
    } finally {
      await Deno.remove(record);
    }
  },
);

e2e("the same seed corrupts the same bytes, in every build", async (run) => {
  const corrupt = ["--fault", "to-client:corrupt:8%,message=2", "--seed", "7"];
  await using server = await run.server("echo", "127.0.0.1:0", ...corrupt);
  const { stdout } = await run.client(server.address, "whole", "a".repeat(40));
  // Two bytes; the second one is no UTF-8.
  const corrupted = `aaaaac${"a".repeat(27)}\ufffdaaaaaa`;
  assertEquals(stdout, `whole\n${corrupted}\n`);
});

e2e("a service breaks datagrams, and says which", async (run) => {
  await using server = await run.server(
    ...["echo", "udp:127.0.0.1:0", "--fault", "to-server:drop:100%,message=1"],
  );
  // The first attempt is lost, and the second one answered.
  const { code, stdout } = await run.client(server.address, "hello");
  assertEquals([code, stdout], [0, "hello\n"]);
  const [line] = await server.process.line(/^udp:.* fault .*$/);
  assertMatch(line, / → fault drop:100%,message=1 at message 1$/);
});

e2e(
  "a fault that does not parse is refused with its column, and nothing is opened",
  async (run) => {
    await using server = run.start("server", "echo", "0", "--fault", "dely:1s");
    const { code, stderr } = await server.ended();
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /column 1: there is no fault "dely" \(did you mean "delay"\?\)/,
    );
  },
);
