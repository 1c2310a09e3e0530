/**
 * `tap --frame auto` guesses the framing.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const NETSTRINGS = { encoding: "text", framing: "netstring" } as const;

for (const form of ["--frame auto", "auto@0"]) {
  Deno.test(`tap ${form} shows reads, tells its guess, and shows messages from the next connection on`, async () => {
    await using target = await serve(
      "tcp://127.0.0.1:0",
      NETSTRINGS,
      async (connection) => {
        for await (const text of connection) {
          await connection.send(`${text} and more`);
        }
      },
    );
    const terminal = new RecordedTerminal();
    const there = String(target.addresses[0]);
    const args = form === "auto@0"
      ? ["tap", "auto@0", there]
      : ["tap", "0", there, "--frame", "auto"];
    const running = runServer(args, terminal);
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    {
      await using client = await connect(address!, NETSTRINGS);
      for (const text of ["one", "two words", "three"]) {
        await client.send(text);
        await client.receive();
      }
      await terminal.until(/guessed --frame netstring, \w+; used from/);
    }
    {
      await using client = await connect(address!, NETSTRINGS);
      await client.send("hello");
      await client.receive();
      await terminal.until(/hello and more/);
    }
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
    const lines = terminal.shown.split("\n");
    assertMatch(lines[0]!, /^#1 → +1 +6 B .* 3:one,/);
    assertMatch(lines.at(-3)!, /^#2 → +1 +5 B .* hello$/);
    assertMatch(lines.at(-2)!, /^#2 ← +1 +14 B .* hello and more/);
  });
}

Deno.test("tap without --frame says how messages can be shown", async () => {
  const terminal = new RecordedTerminal();
  const running = runServer(["tap", "0", "127.0.0.1:1"], terminal);
  await terminal.until(/--frame auto guesses where messages end\n/);
  terminal.send("SIGTERM");
  assertEquals(await running, 0);
});
