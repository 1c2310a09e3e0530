/**
 * How `parley-client` tells of the end of a WebSocket.
 *
 * @module
 */

import { serve } from "@parley/parley";
import { webSocketOf } from "@parley/parley/websocket";
import { assertEquals, assertMatch } from "@std/assert";
import { runClient } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

Deno.test("input that a server of WebSocket refuses exits 8 with its code and reason", async () => {
  const options = { maxMessageBytes: 10, onEvent: () => {} };
  await using server = await serve(
    "ws://127.0.0.1:0",
    options,
    async (peer) => {
      for await (const message of peer) await peer.send(message);
    },
  );
  const terminal = new RecordedTerminal({
    input: ["short\n", `${"long".repeat(10)}\n`],
  });
  assertEquals(await runClient([String(server.address)], terminal), 8);
  assertEquals(terminal.shown, "short\n");
  assertMatch(
    terminal.told,
    /ws:\S+ finished with code 1009, "its declared size of 40 bytes exceeds the limit of 10 bytes"\n/,
  );
});

Deno.test("a server that closes with a code of its own is told, and one that goes away is not", async () => {
  for (
    const [code, exit, told] of [
      [1000, 0, /^$/],
      [1001, 0, /^$/],
      [4000, 8, /finished with code 4000, "the room is full"/],
    ] as const
  ) {
    await using server = await serve("ws://127.0.0.1:0", {}, async (peer) => {
      await webSocketOf(peer)!.close(code, "the room is full");
    });
    const terminal = new RecordedTerminal({ input: [], stayOpen: false });
    const ended = await runClient([String(server.address)], terminal);
    assertEquals(ended, exit, terminal.told);
    assertMatch(terminal.told, told);
  }
});
