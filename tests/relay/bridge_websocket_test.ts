/**
 * Bridges of which one side is a WebSocket: how they end.
 *
 * @module
 */

import {
  connect,
  type Connection,
  type MessageConnection,
  serve,
} from "@parley/parley";
import { bridge, type BridgeReport } from "@parley/parley/relay";
import { connectTcp } from "@parley/parley/tcp";
import { webSocketOf } from "@parley/parley/websocket";
import { assertEquals } from "@std/assert";
import { startMessageServer } from "../../lib/session/serving/serve.ts";
import { ManualTime } from "../support/manual_time.ts";
import { stream, utf8 } from "../websocket/wire/frames.ts";

const quiet = { onEvent: () => {} };

/** A bridge from WebSocket to a target, whose clock is moved by hand. */
async function bridged(
  target: (peer: MessageConnection<string>) => Promise<void>,
) {
  const options = { encoding: "text", framing: "length:4" } as const;
  const server = await serve(
    "tcp://127.0.0.1:0",
    { ...options, ...quiet },
    target,
  );
  const time = new ManualTime();
  const report = Promise.withResolvers<BridgeReport>();
  const bridging = await startMessageServer<
    "bytes",
    Uint8Array,
    Uint8Array
  >("ws://127.0.0.1:0", {
    ...quiet,
    webSocket: { messageType: "auto" },
  }, async (client) => {
    const open = (signal: AbortSignal) =>
      connect(server.address, { framing: "length:4", ...quiet, signal });
    report.resolve(await bridge(client, open));
  }, time);
  const client = new WebSocket(String(bridging.address));
  const messages: string[] = [];
  client.onmessage = ({ data }) => messages.push(data);
  const closed = new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  await new Promise((resolve) => client.onopen = resolve);
  return {
    client,
    closed,
    messages,
    report: report.promise,
    time,
    async [Symbol.asyncDispose]() {
      await bridging.shutdown();
      await server.shutdown();
    },
  };
}

Deno.test("what the target sends behind a browser's close frame is passed on, then the close is answered", async () => {
  await using parts = await bridged(async (peer) => {
    for await (const _ of peer);
    await peer.send("one");
    await peer.send("two");
  });
  parts.client.close(1000);
  const { code, wasClean } = await parts.closed;
  assertEquals([code, wasClean, parts.messages], [1000, true, ["one", "two"]]);
  const { failed, toClient } = await parts.report;
  assertEquals([failed, toClient], [undefined, 2]);
});

Deno.test("a browser's close frame is answered after 5 s, and a target that could go on is closed", async () => {
  const answered = Promise.withResolvers<void>();
  await using parts = await bridged(async (peer) => {
    for await (const _ of peer);
    await peer.send("one");
    answered.resolve();
    await new Promise((resolve) =>
      peer.signal.addEventListener("abort", resolve)
    );
  });
  parts.client.close(1000);
  await answered.promise;
  await parts.time.advance(4_999);
  while (parts.messages.length === 0) await parts.time.advance(0);
  assertEquals(parts.client.readyState, WebSocket.CLOSING);
  await parts.time.advance(1);
  const { code, wasClean } = await parts.closed;
  assertEquals([code, wasClean, parts.messages], [1000, true, ["one"]]);
  const { endedBy, failed, toClient } = await parts.report;
  assertEquals([endedBy, failed, toClient], ["client", undefined, 1]);
});

const UNFIT: readonly (readonly [string, string, number, string])[] = [
  [
    "length:1",
    "x".repeat(300),
    1009,
    "Cannot send message of 300 bytes: its length would be 300, and the 1-byte field holds 0 to 255",
  ],
  [
    "fixed:30",
    "x".repeat(31),
    1009,
    "Cannot send message of 31 bytes: the frame is fixed at 30 bytes",
  ],
  [
    "fixed:30",
    "x".repeat(29),
    1011,
    "Cannot send message of 29 bytes: the frame is fixed at 30 bytes and there is no padding",
  ],
  [
    "line",
    "a\nb",
    1011,
    "Cannot send message with a line feed at byte 1: it would arrive as two lines",
  ],
];

for (const [framing, message, code, reason] of UNFIT) {
  Deno.test(`a message that ${framing} cannot hold ends its sender's WebSocket with code ${code} and the reason`, async () => {
    await using target = await serve("tcp://127.0.0.1:0", async (peer) => {
      for await (const _ of peer);
    });
    await using bridging = await serve("ws://127.0.0.1:0", async (client) => {
      await bridge(
        client,
        (signal) => connect(target.address, { framing, ...quiet, signal }),
      );
    });
    await using client = await connect(bridging.address, {
      encoding: "text",
      ...quiet,
    });
    await client.send(message);
    assertEquals(await client.receive(), undefined);
    assertEquals(webSocketOf(client)?.closeStatus, { code, reason });
  });
}

for (
  const [why, first, maxMessageBytes] of [
    ["the target's framing cannot hold", "x".repeat(300), 1 << 20],
    ["is above the limit", "x".repeat(300), 250],
  ] as const
) {
  Deno.test(`a client that sends on can read why a message that ${why} ended it`, async () => {
    await using target = await serve("tcp://127.0.0.1:0", async (peer) => {
      for await (const _ of peer);
    });
    const { promise, resolve } = Promise.withResolvers<BridgeReport>();
    const options = { ...quiet, maxMessageBytes };
    await using bridging = await serve(
      "ws://127.0.0.1:0",
      options,
      async (client) => {
        const open = (signal: AbortSignal) =>
          connect(target.address, { framing: "length:1", ...quiet, signal });
        resolve(await bridge(client, open));
      },
    );
    const line = await upgraded(bridging.address.port);
    const frames = stream([
      { opcode: 1, payload: first },
      ...Array.from({ length: 200 }, () => ({
        opcode: 2,
        payload: new Uint8Array(60_000),
      })),
    ], "client");
    // More than the system buffers, so that much of it is under way at the end.
    const sent = writeAll(line, frames).catch(() => {});
    const into = new Uint8Array(1_000);
    const count = await line.read(into);
    assertEquals([into[0], into[2]! << 8 | into[3]!], [0x88, 1009]);
    assertEquals(count, into[1]! + 2);
    await sent;
    await line.write(stream([{ opcode: 8, payload: "\x03\xf1" }], "client"));
    assertEquals(await line.read(into), null);
    line.close();
    assertEquals((await promise).failed, "client");
  });
}

/** Opens a WebSocket by hand, so that it can send without reading. */
async function upgraded(port: number) {
  const line = await connectTcp(`127.0.0.1:${port}`);
  await line.write(utf8(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  ));
  const head = new Uint8Array(1_000);
  for (let text = ""; !text.endsWith("\r\n\r\n");) {
    const count = await line.read(head);
    text += new TextDecoder().decode(head.subarray(0, count!));
  }
  return line;
}

async function writeAll(line: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await line.write(bytes.subarray(at));
  }
}

Deno.test("beforeAccept opens the target before the client is answered", async () => {
  const options = { encoding: "text", framing: "line" } as const;
  await using target = await serve(
    "tcp://127.0.0.1:0",
    options,
    async (peer) => {
      for await (const message of peer) await peer.send(message.toUpperCase());
    },
  );
  const asked: (string | undefined)[] = [];
  await using server = await serve("ws://127.0.0.1:0", {
    webSocket: {
      beforeAccept({ origin, target: path, signal }) {
        asked.push(path, origin);
        return connect(target.address, { signal });
      },
    },
  }, async (client) => {
    await bridge(client, webSocketOf(client)!.prepared as MessageConnection);
  });
  await using client = await connect(`${server.address}/a?b`, {
    encoding: "text",
  });
  await client.send("hello");
  assertEquals(await client.receive(), "HELLO");
  assertEquals(asked, ["/a?b", undefined]);
});

Deno.test("a client gets status 502 if beforeAccept rejects, and the event its reason", async () => {
  const reason = new Error("nothing is there");
  const told = Promise.withResolvers<unknown>();
  await using server = await serve("ws://127.0.0.1:0", {
    onEvent: (event) => {
      if (event.type === "handshake_failed") told.resolve(event.error);
    },
    webSocket: { beforeAccept: () => Promise.reject(reason) },
  }, () => {});
  const failed = await connect(server.address, quiet).catch((error) => error);
  assertEquals(
    failed.reason,
    "it answered 502 Bad Gateway: What is behind this port cannot be reached.",
  );
  const error = await told.promise as Error;
  assertEquals(error.cause, reason);
});

Deno.test("the signal of beforeAccept is aborted if the handshake takes too long", async () => {
  const aborted = Promise.withResolvers<void>();
  await using server = await serve("ws://127.0.0.1:0", {
    ...quiet,
    tlsHandshakeTimeoutMs: 50,
    webSocket: {
      beforeAccept: ({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        return new Promise(() => {});
      },
    },
  }, () => {});
  const failed = await connect(server.address, quiet).catch((error) => error);
  assertEquals(failed instanceof Error, true);
  await aborted.promise;
});
