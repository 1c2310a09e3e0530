/**
 * Frames of WebSocket on a tap.
 *
 * @module
 */

import { connect, serve } from "@parley/parley";
import { webSocketOf } from "@parley/parley/websocket";
import { assertEquals, assertMatch } from "@std/assert";
import { lookInto } from "../../../cli/tap/websocket_frame.ts";
import { runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { frame, type FrameSpec, utf8 } from "../../websocket/wire/frames.ts";

Deno.test("lookInto() names every kind of frame and gives its payload in clear, masked or not", () => {
  const table: [FrameSpec, string, string][] = [
    [{ opcode: 1, payload: "hello" }, "text", "hello"],
    [{ opcode: 2, payload: "a".repeat(126) }, "binary", "a".repeat(126)],
    [{ opcode: 2, payload: "a".repeat(70_000) }, "binary", "a".repeat(70_000)],
    [
      { opcode: 1, fin: false, payload: "he" },
      "text, more fragments follow",
      "he",
    ],
    [
      { opcode: 0, fin: false, payload: "l" },
      "continuation, more fragments follow",
      "l",
    ],
    [{ opcode: 0, payload: "lo" }, "continuation, last", "lo"],
    [{ opcode: 1, rsv: 4, payload: "x" }, "text, compressed", "x"],
    [{ opcode: 9, payload: "now" }, "ping", "now"],
    [{ opcode: 10 }, "pong", ""],
    [{ opcode: 8 }, "close", ""],
    [{ opcode: 8, payload: "\x03\x00bye" }, "close 768", "bye"],
  ];
  for (const from of ["client", "server"] as const) {
    for (const [spec, text, payload] of table) {
      const found = lookInto(frame(spec, from))!;
      assertEquals(
        [found.text, new TextDecoder().decode(found.payload)],
        [text, payload],
      );
      assertEquals(found.fields.masked, from === "client");
    }
  }
  for (const head of ["GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 101 x\r\n\r\n"]) {
    assertEquals(lookInto(utf8(head)), undefined);
  }
});

/** What a tap shows of a conversation, without times. */
async function tapped(
  listen: string,
  framed: readonly string[],
): Promise<string> {
  await using server = await serve("ws://127.0.0.1:0", {
    encoding: "text",
    webSocket: { origins: "any" },
  }, async (peer) => {
    for await (const text of peer) {
      await peer.send(text.toUpperCase());
      await webSocketOf(peer)!.close(4000, "enough");
    }
  });
  const target = listen.startsWith("ws")
    ? String(server.address)
    : `127.0.0.1:${server.address.port}`;
  const terminal = new RecordedTerminal();
  const running = runServer(["tap", listen, target, ...framed], terminal);
  const [, port] = await terminal.until(/listening on \S+:(\d+)\n/);
  {
    await using client = await connect(`ws://127.0.0.1:${port}`, {
      encoding: "text",
    });
    await client.send("hello");
    assertEquals(await client.receive(), "HELLO");
    assertEquals(await client.receive(), undefined);
  }
  await terminal.until(/#1 closed/);
  terminal.send("SIGTERM");
  assertEquals(await running, 0);
  return terminal.shown;
}

Deno.test("a tap shows the frames of WebSocket in clear: on a ws: address, and with --frame websocket on a tcp: one", async () => {
  for (
    const [listen, ...options] of [
      ["ws://127.0.0.1:0"],
      ["127.0.0.1:0", "--frame", "websocket"],
      ["websocket@127.0.0.1:0"],
    ]
  ) {
    const shown = await tapped(listen!, options);
    assertMatch(shown, /→ +\d +5 B .* text: hello\n/);
    assertMatch(shown, /← +\d +5 B .* text: HELLO /);
    assertMatch(shown, /← +\d +6 B .* close 4000: enough/);
    assertMatch(shown, /→ +\d +0 B .* close 4000:/);
    assertEquals(/ GET \/ HTTP/.test(shown), !listen!.startsWith("ws:"));
  }
});

Deno.test("a tap of WebSocket filters by the clear text, and says in JSON what a frame is", async () => {
  const options = ["--format", "json", "--filter", "hello"];
  const shown = await tapped("ws://127.0.0.1:0", options);
  const { frame, last, masked, message, bytes } = JSON.parse(shown);
  assertEquals(
    { frame, last, masked, message, bytes },
    { frame: "text", last: true, masked: true, message: "hello", bytes: 5 },
  );
});

Deno.test("a tap on a ws: address shows its bytes if --frame says so", async () => {
  const shown = await tapped("ws://127.0.0.1:0", ["--frame", "raw"]);
  assertMatch(shown, /←.*\\x81\\x05HELLO/);
});

/** A tap of a target that is down. */
async function ofNothing(...options: string[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const terminal = new RecordedTerminal();
  const places = ["ws://127.0.0.1:0", `ws://127.0.0.1:${port}`];
  const running = runServer(["tap", ...places, ...options], terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  return {
    address: address!,
    terminal,
    async [Symbol.asyncDispose]() {
      terminal.send("SIGTERM");
      assertEquals(await running, 0);
    },
  };
}

Deno.test("a client of WebSocket gets 502 from a tap whose target is down, as from a bridge", async () => {
  await using tap = await ofNothing();
  const error = await connect(tap.address).catch((error) => error);
  assertEquals(
    error.reason,
    "it answered 502 Bad Gateway: What is behind this port cannot be reached.",
  );
  await tap.terminal.until(
    /no WebSocket with ws:\S+: the target failed: cannot connect to ws:.*; answered with status 502\n/,
  );
});

Deno.test("a tap that connects late tells a client of WebSocket that the target is down", async () => {
  await using tap = await ofNothing("--connect", "late");
  await using client = await connect(tap.address, { encoding: "text" });
  await client.send("hello");
  assertEquals(await client.receive(), undefined);
  assertEquals(webSocketOf(client)?.closeStatus, {
    code: 1011,
    reason: "What is behind this port cannot be reached",
  });
  await client.close();
  await tap.terminal.until(/closed .*the target failed: cannot connect to ws:/);
});

Deno.test("faults strike both directions of a tap of WebSocket, and refuse a connection", async () => {
  await using server = await serve("ws://127.0.0.1:0", {
    encoding: "text",
    webSocket: { origins: "any" },
    onEvent: () => {},
  }, async (peer) => {
    for await (const text of peer) await peer.send(text.toUpperCase());
  });
  const terminal = new RecordedTerminal();
  const running = runServer([
    ...["tap", "ws://127.0.0.1:0", String(server.address)],
    ...["--fault", "refuse,connection=1"],
    ...["--fault", "to-client:duplicate:100%,connection=2"],
  ], terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const refused = await connect(address!, { encoding: "text" });
  await refused.receive().then(
    (message) => assertEquals(message, undefined),
    () => {},
  );
  refused.abort();
  await terminal.until(/#1 closed/);
  // The target's side of the refused one is closed.
  while (server.connections.size > 0) await new Promise((r) => setTimeout(r));
  const quiet = { encoding: "text", onEvent: () => {} } as const;
  const client = await connect(address!, quiet);
  await client.send("hello");
  assertEquals([await client.receive(), await client.receive()], [
    "HELLO",
    "HELLO",
  ]);
  client.abort();
  await terminal.until(/#2 closed/);
  terminal.send("SIGTERM");
  assertEquals(await running, 0);
});
