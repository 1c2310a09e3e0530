/**
 * `--annotate` draws messages with the parts of their frames.
 *
 * @module
 */

import { serve } from "@parley/parley";
import { parseFraming } from "@parley/parley/framing";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runClient, runServer } from "../../../../cli/commands.ts";
import { FrameLog } from "../../../../cli/output/frames/frame_log.ts";
import { Log } from "../../../../cli/output/log.ts";
import { latin1 } from "../../../support/chunkings.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";

function frameLog(framing: string, format: "text" | "json" = "text") {
  const terminal = new RecordedTerminal();
  const log = new Log(terminal, { format, quiet: true, verbose: false });
  const frames = new FrameLog({
    columns: format === "text" ? 80 : Infinity,
    framing: parseFraming(framing),
    log,
    maxMessageBytes: 1000,
    peer: "",
    side: "client",
  });
  return { frames, terminal };
}

Deno.test("FrameLog draws both directions, however they are cut", () => {
  const { frames, terminal } = frameLog("length:1");
  frames.sent(latin1("\x02"));
  frames.sent(latin1("hi\x01"));
  frames.received(latin1("\x01!"));
  assertEquals(terminal.told.split("\n").map((line) => line.trimEnd()), [
    "sent message 1: 3 bytes",
    "    00000000  02 68 69                  |.hi|",
    "              ^^ length 2",
    "                 ^^^^^ payload",
    "received message 1: 2 bytes",
    "    00000000  01 21                     |.!|",
    "              ^^ length 1",
    "                 ^^ payload",
    "",
  ]);
});

Deno.test("FrameLog draws what is known of a bad frame, and reads without parts from there on", () => {
  const { frames, terminal } = frameLog("length:4");
  frames.received(latin1("\0\0\0\x01aGE"));
  frames.received(latin1("T / HTTP/1.1\r\n"));
  assertEquals(terminal.told.split("\n").map((line) => line.trimEnd()), [
    "received message 1: 5 bytes",
    "    00000000  00 00 00 01 61            |....a|",
    "              ^^^^^^^^^^^ length 1",
    "                          ^^ payload",
    "received what does not fit length:4 as message 2",
    "    00000005  47 45 54 20               |GET |",
    "              ^^^^^^^^^^^ length 1195725856",
    "received bytes: 16 bytes",
    "    00000005  47 45 54 20 2f 20 48 54   |GET / HT|",
    "    0000000d  54 50 2f 31 2e 31 0d 0a   |TP/1.1..|",
    "",
  ]);
});

Deno.test("FrameLog draws what has come of a frame that the end cuts off", () => {
  const { frames, terminal } = frameLog("netstring");
  frames.received(latin1("5:ab"));
  assertEquals(terminal.told, "");
  frames.ended();
  assertEquals(
    terminal.told.split("\n").slice(0, 5).map((line) => line.trimEnd()),
    [
      "received what does not fit netstring as message 1",
      "    00000000  35 3a 61 62               |5:ab|",
      "              ^^ length 5",
      "                 ^^ colon",
      "                    ^^^^^ payload, 2 of 5 bytes",
    ],
  );
});

Deno.test("FrameLog gives programs the parts in JSON", () => {
  const { frames, terminal } = frameLog("line", "json");
  frames.sent(latin1("a\n"));
  const { at: _, ...event } = JSON.parse(terminal.told);
  assertEquals(event, {
    event: "frame",
    to: "server",
    number: 1,
    offset: 0,
    bytes: 2,
    hex: "610a",
    parts: [
      { kind: "payload", offset: 0, size: 1, text: "payload" },
      { kind: "delimiter", offset: 1, size: 1, text: "LF" },
    ],
  });
});

Deno.test("parley-client --annotate draws on standard error and leaves standard output alone", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "netstring" },
    async (connection) => {
      for await (const message of connection) await connection.send(message);
    },
  );
  const terminal = new RecordedTerminal();
  const address = String(server.addresses[0]);
  const args = [address, "hello", "--frame", "netstring", "--annotate"];
  assertEquals(await runClient(args, terminal), 0);
  assertEquals(terminal.shown, "hello\n");
  assertStringIncludes(terminal.told, "sent message 1: 8 bytes\n");
  assertStringIncludes(terminal.told, "^ length 5\n");
  assertStringIncludes(terminal.told, "received message 1: 8 bytes\n");
});

Deno.test("--annotate draws the frames of WebSocket, and the close frame, on both ends", async () => {
  const server = new RecordedTerminal();
  const serving = runServer(["echo", "ws://127.0.0.1:0", "--annotate"], server);
  const [, address] = await server.until(/listening on (\S+)\n/);
  const terminal = new RecordedTerminal();
  assertEquals(await runClient([address!, "hello", "--annotate"], terminal), 0);
  assertEquals(terminal.shown, "hello\n");
  await server.until(/#1 closed/);
  server.send("SIGTERM");
  assertEquals(await serving, 0);
  for (const { told } of [server, terminal]) {
    assertMatch(told, /message 1: 11 bytes\n.*81 85/);
    assertMatch(told, /message 1: 7 bytes\n.*81 05 68 65 6c 6c 6f/);
    assertMatch(told, /message 2: 8 bytes\n.*88 82/);
    assertStringIncludes(told, "^ close, last\n");
    assertStringIncludes(told, "^ mask\n");
  }
});

Deno.test("--annotate is refused where there is no framing", async () => {
  for (const address of ["http://127.0.0.1:1/", "udp:7342"]) {
    const terminal = new RecordedTerminal();
    assertEquals(await runClient([address, "--annotate"], terminal), 2);
    assertStringIncludes(terminal.told, "--annotate");
  }
});
