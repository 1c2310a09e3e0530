import {
  connect,
  ConnectionError,
  type ConnectOptions,
  MessageConnection,
  ProtocolError,
  serve,
  type ServeOptions,
  streamConnection,
  TimeoutError,
} from "@parley/parley";
import { bridge, type BridgeReport } from "@parley/parley/relay";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async/delay";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A target, and a bridge to it; gives the reports of the bridge. */
async function bridged(
  options: {
    readonly listen?: string;
    readonly target?: string;
    readonly near: ServeOptions;
    readonly far: ServeOptions & ConnectOptions;
  },
  handler: (peer: MessageConnection) => Promise<void>,
) {
  const { far, near } = options;
  const quiet = { onEvent: () => {} };
  const target = await serve(
    options.target ?? "tcp://127.0.0.1:0",
    { ...far, ...quiet },
    handler,
  );
  const report = Promise.withResolvers<BridgeReport>();
  const server = await serve(
    options.listen ?? "tcp://127.0.0.1:0",
    { ...near, ...quiet },
    async (client) => {
      const open = (signal: AbortSignal) =>
        connect(target.address, { ...far, ...quiet, signal });
      report.resolve(await bridge(client, open));
    },
  );
  return {
    address: server.address,
    /** That of the first connection. */
    report: report.promise,
    target,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await target.shutdown();
    },
  };
}

const echo = async (peer: MessageConnection) => {
  for await (const message of peer) await peer.send(message);
};

const PAIRS = [
  ["tcp://127.0.0.1:0", "length:4", "tcp://127.0.0.1:0", "varint"],
  ["ws://127.0.0.1:0", "line", "tcp://127.0.0.1:0", "length:4"],
  ["tcp://127.0.0.1:0", "length:4", "ws://127.0.0.1:0", "line"],
  ["ws://127.0.0.1:0", "line", "ws://127.0.0.1:0", "line"],
] as const;

for (const [listen, framing, target, targetFraming] of PAIRS) {
  Deno.test(`messages pass a bridge from ${listen} ${framing} to ${target} ${targetFraming} whole and in order`, async () => {
    await using parts = await bridged({
      listen,
      target,
      near: { framing },
      far: { framing: targetFraming },
    }, echo);
    await using client = await connect(parts.address, { framing });
    const sizes = Array.from({ length: 2000 }, (_, i) => (i * 7919) % 3000);
    sizes.push(200_000, 0, 1);
    const messages = sizes.map((size, i) =>
      new Uint8Array(size).fill(i & 0xff)
    );
    const sent = client.sendAll(messages).then(() => client.closeWrite());
    const received = await Array.fromAsync(client);
    await sent;
    assertEquals(received.length, messages.length);
    assert(
      received.every((one, i) =>
        one.length === messages[i]!.length && one.every((b) => b === (i & 0xff))
      ),
    );
    await client.close();
    assertEquals(await parts.report, {
      toServer: messages.length,
      toClient: messages.length,
      endedBy: "client",
      failed: undefined,
      error: undefined,
    });
  });
}

Deno.test("the end of one side is passed on, and the other may still answer", async () => {
  await using parts = await bridged(
    { near: { framing: "line" }, far: { framing: "length:4" } },
    async (peer) => {
      const all = await Array.fromAsync(peer);
      await peer.send(utf8(`${all.length} messages`));
    },
  );
  await using client = await connect(parts.address, { encoding: "text" });
  await client.sendAll(["a", "b", "c"]);
  await client.closeWrite();
  assertEquals(await Array.fromAsync(client), ["3 messages"]);
});

Deno.test("a message that the other side cannot hold ends the bridge, after those before it", async () => {
  const got: string[] = [];
  await using parts = await bridged(
    { near: { framing: "length:4" }, far: { framing: "line" } },
    async (peer) => {
      for await (const message of peer) {
        got.push(new TextDecoder().decode(message));
      }
    },
  );
  await using client = await connect(parts.address, {
    framing: "length:4",
    encoding: "text",
    onEvent: () => {},
  });
  await client.sendAll(["one", "two", "thr\nee", "four"]);
  assertEquals(await client.receive().catch(() => undefined), undefined);
  const report = await parts.report;
  assertEquals([report.toServer, report.failed], [2, "client"]);
  assertInstanceOf(report.error, RangeError);
  await parts.target.shutdown();
  assertEquals(got, ["one", "two"]);
});

Deno.test("a peer that breaks its framing is the side that failed", async () => {
  await using parts = await bridged(
    { near: { framing: "netstring" }, far: { framing: "line" } },
    echo,
  );
  const client = await connect(parts.address, { framing: "raw" });
  await client.send(utf8("3:abc,bad"));
  await Array.fromAsync(client).catch(() => {});
  await client.close();
  const report = await parts.report;
  assertEquals([report.toServer, report.failed], [1, "client"]);
  assertInstanceOf(report.error, ProtocolError);
});

Deno.test("a message that is not whole in time ends the bridge: messageTimeoutMs of its side", async () => {
  await using parts = await bridged({
    near: { framing: "length:4", messageTimeoutMs: 50 },
    far: { framing: "line" },
  }, echo);
  const client = await connect(parts.address, { framing: "raw" });
  await client.send(Uint8Array.of(0, 0, 0, 5, 0x68));
  await Array.fromAsync(client).catch(() => {});
  await client.close().catch(() => {});
  const report = await parts.report;
  assertEquals([report.toServer, report.failed], [0, "client"]);
  assertInstanceOf(report.error, TimeoutError);
  assertEquals(report.error.deadline, "message");
});

Deno.test("a target that is down ends the client's connection", async () => {
  const gone = await serve("tcp://127.0.0.1:0", echo);
  const { address } = gone;
  await gone.shutdown();
  const { promise, resolve } = Promise.withResolvers<BridgeReport>();
  await using server = await serve("ws://127.0.0.1:0", async (client) => {
    resolve(await bridge(client, (signal) => connect(address, { signal })));
  });
  await using client = await connect(server.address);
  assertEquals(await client.receive(), undefined);
  await client.close();
  const report = await promise;
  assertEquals([report.endedBy, report.failed], ["server", "server"]);
  assertInstanceOf(report.error, ConnectionError);
});

Deno.test("a slow reader slows the sender, and memory stays bounded", async () => {
  const reading = Promise.withResolvers<void>();
  await using parts = await bridged(
    { near: { framing: "length:4" }, far: { framing: "varint" } },
    async (peer) => {
      await reading.promise;
      for await (const _ of peer);
    },
  );
  await using client = await connect(parts.address, { framing: "length:4" });
  let sent = 0;
  const message = new Uint8Array(100_000);
  const sending = (async () => {
    for (let i = 0; i < 400; i++, sent++) await client.send(message);
    await client.closeWrite();
  })();
  let before = -1;
  while (sent !== before) {
    before = sent;
    await delay(200);
  }
  // 40 MB in all: what is under way is in the system's buffers and in the marks.
  assert(sent < 200, `${sent} messages went into a bridge that nothing reads`);
  reading.resolve();
  await sending;
  assertEquals(await client.receive(), undefined);
});

Deno.test("a write that fails while both sides are quiet ends the bridge", async () => {
  await using target = await serve(
    "tcp://127.0.0.1:0",
    { onEvent: () => {} },
    async (peer) => {
      await peer.send(utf8("hello"));
      await peer.receive();
    },
  );
  // As a program whose standard output was closed, and whose input says nothing.
  const client = new MessageConnection(streamConnection({
    readable: new ReadableStream<Uint8Array>(),
    writable: new WritableStream({
      write: () => Promise.reject(new Error("nothing reads it")),
    }),
  }));
  const report = await bridge(client, await connect(target.address));
  assertEquals([report.toClient, report.failed], [1, "client"]);
  assertInstanceOf(report.error, ConnectionError);
});
