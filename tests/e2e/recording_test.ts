/**
 * Recordings of real processes: what is left when one is killed, and what happens when
 * there is no room.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect } from "@parley/parley";
import { e2e } from "../support/processes.ts";
import { readRecording, textTo } from "../support/recordings.ts";

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "parley-recording-" });
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

for (const name of ["echo", "tap"] as const) {
  e2e(
    `${name} that is killed leaves a recording up to the last whole line`,
    async (run) => {
      await inFolder(async (folder) => {
        const file = `${folder}/recording`;
        await using echo = await run.server("echo", "0");
        await using killed = await run.server(
          ...(name === "tap"
            ? ["tap", "0", echo.address, "--frame", "line", "--quiet"]
            : ["echo", "0"]),
          ...["--record", file],
        );
        const client = await connect(killed.address, { encoding: "text" });
        // Killed while lines are being written.
        let answers = 0;
        const talking = (async () => {
          for (;; answers++) {
            await client.send(`message ${answers} ${"x".repeat(2000)}`);
            await client.receive();
          }
        })().catch(() => {});
        while ((await Deno.stat(file)).size < 1_000_000) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        killed.process.signal("SIGKILL");
        await killed.process.ended();
        await talking;
        client.abort();
        const { end, events } = await readRecording(file);
        assertEquals(end.isFinished, false);
        const heard = textTo("server", events).split("\n");
        assertEquals(heard.length > 200, true);
        // No more than there was, and nothing is missing in it.
        assertEquals(heard.length <= answers + 2, true);
        for (const [i, line] of heard.slice(0, -1).entries()) {
          assertStringIncludes(line, `message ${i} `);
        }
        const { code, stdout } = await run.client("show", file, "--quiet");
        assertEquals(code, 0);
        assertMatch(stdout.slice(0, 60), /^#1 → .* message 0 x/);
      });
    },
  );
}

e2e(
  "a disk that is full at the first line starts nothing, with exit 9",
  async (run) => {
    const { code, stderr } = await run.client(
      "1",
      "x",
      "--record",
      "/dev/full",
    );
    assertEquals(code, 9);
    // Only a program with all permissions may open most of /dev.
    assertMatch(
      stderr,
      /^parley-client: cannot write \/dev\/full: (no space left on device|it is a part of the system that is out of reach)\n$/,
    );
  },
);

e2e("a conversation is recorded, shown, played and chopped", async (run) => {
  await inFolder(async (folder) => {
    const file = `${folder}/recording`;
    await using server = await run.server("upper", "0", "--frame", "length:4");
    const { address } = server;
    const args = [address, "hello", "you", "--frame", "length:4"];
    assertEquals((await run.client(...args, "--record", file)).code, 0);
    const shown = await run.client("show", file);
    assertMatch(shown.stdout, /#1 → .* hello\n[^]*#1 ← .* HELLO/);
    const replay = ["replay", file, address, "--expect", "--cut", "bytewise"];
    const played = await run.client(...replay);
    assertEquals([played.code, played.stdout], [0, ""], played.stderr);
    const chopped = await run.client("chop", address, file);
    assertEquals(
      [chopped.code, chopped.stdout],
      [0, "chop: 15 cuts, none changes the answer\n"],
      chopped.stderr,
    );
  });
});

e2e("what a tap recorded is played by either side", async (run) => {
  await inFolder(async (folder) => {
    const file = `${folder}/recording`;
    const frame = ["--frame", "netstring"];
    await using server = await run.server("upper", "0", ...frame);
    const { address } = server;
    await using tap = await run.server(
      ...["tap", "0", address, ...frame, "--record", file, "--quiet"],
    );
    const said = await run.client(tap.address, "one", "two", ...frame);
    assertEquals([said.code, said.stdout], [0, "ONE\nTWO\n"], said.stderr);
    tap.process.signal("SIGTERM");
    assertEquals((await tap.process.ended()).code, 0);
    const played = await run.client("replay", file, address, "--expect");
    assertEquals([played.code, played.stdout], [0, ""], played.stderr);
    await using mock = await run.server("replay", file, "0", "--expect");
    const again = await run.client(mock.address, "one", "two", ...frame);
    assertEquals([again.code, again.stdout], [0, "ONE\nTWO\n"], again.stderr);
    const { code, stdout } = await mock.process.ended();
    assertEquals([code, stdout], [0, ""]);
  });
});
