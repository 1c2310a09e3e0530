import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
} from "@std/assert";
import { ConnectionError, TimeoutError } from "../../lib/errors.ts";
import { relay, type RelayDirection } from "../../lib/relay/mod.ts";
import { FramedConnection } from "../../lib/session/messages/framed_connection.ts";
import { Settings } from "../../lib/session/messages/settings.ts";
import { serve } from "../../lib/session/serving/serve.ts";
import { connect } from "../../lib/session/messages/connect.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import {
  memoryPair,
  type MemoryPairOptions,
} from "../../lib/transport/memory/mod.ts";
import { connectTcp } from "../../lib/transport/tcp/mod.ts";
import { Recorded, tcpPair, turn, until } from "../session/harness.ts";
import { ManualTime } from "../support/manual_time.ts";

/** A client and a server, and what a relay between them holds of each. */
interface Ends extends Disposable {
  readonly client: Connection;
  readonly server: Connection;
  readonly left: Connection;
  readonly right: Connection;
}

function ends(
  client: readonly [Connection, Connection],
  server: readonly [Connection, Connection],
): Ends {
  return {
    client: client[0],
    left: client[1],
    right: server[0],
    server: server[1],
    [Symbol.dispose]() {
      for (const end of [...client, ...server]) end.close();
    },
  };
}

function inMemory(
  client: MemoryPairOptions = {},
  server: MemoryPairOptions = {},
): Ends {
  return ends(memoryPair(client), memoryPair(server));
}

/** Bytes in no obvious order, the same ones each time. */
function sample(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 251);
}

async function writeAll(to: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

/** Reads until the end; gives what came, and what the reads failed with. */
async function readAll(
  from: Connection,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; error?: unknown }> {
  const chunks: number[][] = [];
  const into = new Uint8Array(70_000);
  try {
    for (;;) {
      const count = await from.read(into);
      if (count === null) return { bytes: Uint8Array.from(chunks.flat()) };
      chunks.push([...into.subarray(0, count)]);
    }
  } catch (error) {
    return { bytes: Uint8Array.from(chunks.flat()), error };
  }
}

async function checksum(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

const CUT: MemoryPairOptions = {
  toServer: { readBytes: "random", writeBytes: "random", delayTurns: [0, 2] },
  toClient: { readBytes: [1, 2, 3, 1], writeBytes: 4096 },
};

for (
  const [name, make] of Object.entries({
    "in memory": () => Promise.resolve(inMemory()),
    "in memory, cut and delayed": () => Promise.resolve(inMemory(CUT, CUT)),
    "over TCP": async () => ends(await tcpPair(), await tcpPair()),
    "between TCP and memory": async () => ends(await tcpPair(), memoryPair()),
  })
) {
  Deno.test(`relay() passes both directions on unchanged, ${name}`, async () => {
    using ends = await make();
    const { client, server } = ends;
    const [up, down] = [sample(300_001), sample(123_457).reverse()];
    const done = relay(ends.left, ends.right);
    const [toServer, toClient] = await Promise.all([
      readAll(server),
      readAll(client),
      writeAll(client, up).then(() => client.closeWrite()),
      writeAll(server, down).then(() => server.closeWrite()),
    ]);
    assertEquals(await checksum(toServer.bytes), await checksum(up));
    assertEquals(await checksum(toClient.bytes), await checksum(down));
    const report = await done;
    assertEquals([report.toServer, report.toClient], [up.length, down.length]);
    assertEquals(report.failed, undefined);
  });
}

Deno.test("relay() passes on a half-close once, after the last byte, and the other direction goes on", async () => {
  using ends = inMemory();
  const right = new Recorded(ends.right);
  const done = relay(ends.left, right);
  await writeAll(ends.client, sample(1000));
  await ends.client.closeWrite();
  assertEquals((await readAll(ends.server)).bytes, sample(1000));
  assertEquals(right.calls, ["closeWrite"]);

  await writeAll(ends.server, sample(10));
  const into = new Uint8Array(10);
  assertEquals(await ends.client.read(into), 10);
  assertEquals(right.calls, ["closeWrite"]);
  await ends.server.closeWrite();
  assertEquals(await ends.client.read(into), null);
  const { endedBy, failed } = await done;
  assertEquals({ endedBy, failed }, { endedBy: "client", failed: undefined });
  assertEquals(right.calls, ["closeWrite", "close"]);
});

for (const side of ["client", "server"] as const) {
  Deno.test(`relay() aborts the other side when the ${side} is reset, after what had arrived`, async () => {
    using ends = inMemory();
    const [lost, other] = side === "client"
      ? [ends.client, ends.server]
      : [ends.server, ends.client];
    const done = relay(ends.left, ends.right);
    await writeAll(lost, sample(50_000));
    lost.abort();
    const { bytes, error } = await readAll(other);
    assertEquals(bytes, sample(50_000));
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.code, "reset");
    const report = await done;
    assertEquals(report.failed, side);
    assertEquals(report.endedBy, side);
    assertInstanceOf(report.error, ConnectionError);
  });

  Deno.test(`relay() passes on what the ${side} had sent when a write to it is what fails`, async () => {
    using ends = inMemory();
    const reset = new ConnectionError("reset", { reason: "reset" });
    const recorded = new Recorded(side === "client" ? ends.left : ends.right);
    recorded.failure = reset;
    const [left, right] = side === "client"
      ? [recorded, ends.right]
      : [ends.left, recorded];
    const [lost, other] = side === "client"
      ? [ends.client, ends.server]
      : [ends.server, ends.client];
    const done = relay(left, right);
    await writeAll(other, sample(10));
    await until(() => recorded.writes.length > 0, "the write");
    await turn();
    await writeAll(lost, sample(20_000));
    await lost.closeWrite();
    const { bytes, error } = await readAll(other);
    assertEquals(bytes, sample(20_000));
    // The end came first; then the reset, which a memory connection shows once.
    assert(error === undefined || error instanceof ConnectionError);
    const report = await done;
    assertEquals(report.failed, side);
    assertEquals(report.error, reset);
  });
}

Deno.test("relay() ends after a reset although the other side reads nothing", async () => {
  const time = new ManualTime();
  const [client, left] = memoryPair();
  const [right, server] = memoryPair({ bufferBytes: 1000 });
  const over = (connection: Connection) =>
    new FramedConnection(
      connection,
      new Settings({ framing: "raw" }, { time }),
    );
  const done = relay(over(left), over(right));
  await writeAll(client, sample(3000));
  client.abort();
  await time.advance(5_500);
  const report = await done;
  assertEquals(report.failed, "client");
  assertEquals(report.toServer, 1000);
  server.close();
});

Deno.test("relay() makes a fast writer as slow as its reader, one read ahead at most", async () => {
  using ends = inMemory({ bufferBytes: 1000 }, { bufferBytes: 1000 });
  const done = relay(ends.left, ends.right);
  let accepted = 0;
  const writing = (async () => {
    const bytes = sample(400_000);
    for (let at = 0; at < bytes.length;) {
      at += await ends.client.write(bytes.subarray(at, at + 65_536));
      accepted = at;
    }
  })();
  let before = -1;
  await until(() => {
    const isStuck = accepted > 0 && accepted === before;
    before = accepted;
    return isStuck;
  }, "stuck");
  // 1,000 are under way on either side, one chunk is being written, one was read.
  assertLess(accepted, 2 * 1000 + 2 * 65_536);
  const { bytes } = await Promise.all([
    readAll(ends.server),
    writing.then(() => ends.client.closeWrite()),
    ends.server.closeWrite(),
  ]).then(([read]) => read);
  assertEquals(bytes.length, 400_000);
  await done;
});

Deno.test("relay() aborts a client for which no server can be reached, and says so", async () => {
  const [client, left] = memoryPair();
  const refused = new ConnectionError("refused", { reason: "refused" });
  const report = await relay(left, () => Promise.reject(refused));
  assertEquals(report.failed, "server");
  assertEquals(report.error, refused);
  assertEquals(report.endedBy, "server");
  const { error } = await readAll(client);
  assertInstanceOf(error, ConnectionError);
});

Deno.test("relay() gives up connecting once the client is lost", async () => {
  const [client, left] = memoryPair();
  let signal: AbortSignal | undefined;
  const done = relay(left, (given) => {
    signal = given;
    return new Promise((_, reject) =>
      given.addEventListener("abort", () => reject(given.reason))
    );
  });
  await until(() => signal !== undefined, "connecting");
  client.abort();
  const report = await done;
  assertEquals(signal?.aborted, true);
  assertEquals(report.failed, "client");
  assertEquals(report.endedBy, "client");
});

Deno.test("relay() opens the server at once with connect early, so that it can speak first", async () => {
  using ends = inMemory();
  const done = relay(ends.left, () => Promise.resolve(ends.right));
  await writeAll(ends.server, sample(5));
  const into = new Uint8Array(10);
  assertEquals(await ends.client.read(into), 5);
  ends.client.abort();
  await done;
});

for (const what of ["a byte", "its end"]) {
  Deno.test(`relay() opens the server with ${what} of the client with connect late`, async () => {
    using ends = inMemory();
    let opened = 0;
    const open = () => {
      opened++;
      return Promise.resolve(ends.right);
    };
    const done = relay(ends.left, open, { connect: "late" });
    await turn(3);
    assertEquals(opened, 0);
    if (what === "a byte") await ends.client.write(Uint8Array.of(7));
    await ends.client.closeWrite();
    const expected = what === "a byte" ? [7] : [];
    assertEquals((await readAll(ends.server)).bytes, Uint8Array.from(expected));
    assertEquals(opened, 1);
    await ends.server.closeWrite();
    await done;
  });
}

Deno.test("relay() opens no server for a client that is reset before its first byte with connect late", async () => {
  const [client, left] = memoryPair();
  client.abort();
  const report = await relay(left, () => {
    throw new Error("opened");
  }, { connect: "late" });
  assertEquals(report.failed, "client");
  assertInstanceOf(report.error, ConnectionError);
});

Deno.test("relay() tells onChunk before the bytes are written, and onEnd after the last", async () => {
  using ends = inMemory();
  const right = new Recorded(ends.right);
  const told: [RelayDirection, string, number][] = [];
  const done = relay(ends.left, right, {
    onChunk: (direction, bytes) => {
      told.push([
        direction,
        new TextDecoder().decode(bytes),
        right.writes.length,
      ]);
    },
    onEnd: (direction) => told.push([direction, "end", right.writes.length]),
  });
  const into = new Uint8Array(10);
  for (const text of ["one", "two"]) {
    await ends.client.write(new TextEncoder().encode(text));
    assertEquals(await ends.server.read(into), 3);
  }
  await ends.server.write(new TextEncoder().encode("three"));
  assertEquals(await ends.client.read(into), 5);
  await ends.client.closeWrite();
  await ends.server.closeWrite();
  await done;
  assertEquals(told.slice(0, 3), [
    ["toServer", "one", 0],
    ["toServer", "two", 1],
    ["toClient", "three", 2],
  ]);
  assertEquals(told.slice(3).toSorted(), [
    ["toClient", "end", 2],
    ["toServer", "end", 2],
  ]);
});

Deno.test("relay() goes on when onChunk and onEnd throw, and reports the first error", async () => {
  using ends = inMemory();
  let calls = 0;
  const done = relay(ends.left, ends.right, {
    onChunk: () => {
      throw new Error(`chunk ${++calls}`);
    },
    onEnd: () => {
      throw new Error("end");
    },
  });
  const into = new Uint8Array(10);
  for (let i = 0; i < 3; i++) {
    await ends.client.write(Uint8Array.of(i));
    assertEquals(await ends.server.read(into), 1);
  }
  await ends.client.closeWrite();
  await ends.server.closeWrite();
  const report = await done;
  assertEquals(calls, 3);
  assertEquals(report.failed, undefined);
  assertEquals((report.observerError as Error).message, "chunk 1");
});

Deno.test("relay() reads nothing while ready() makes it wait", async () => {
  using ends = inMemory();
  let gate: PromiseWithResolvers<void> | undefined;
  const done = relay(ends.left, ends.right, { ready: () => gate?.promise });
  const into = new Uint8Array(10);
  await ends.client.write(Uint8Array.of(1));
  assertEquals(await ends.server.read(into), 1);
  gate = Promise.withResolvers();
  // The read that had begun still gives this byte; then it waits.
  await ends.client.write(Uint8Array.of(2));
  assertEquals(await ends.server.read(into), 1);
  await ends.client.write(Uint8Array.of(3));
  let count: number | null | undefined;
  const third = ends.server.read(into).then((read) => count = read);
  await turn(5);
  assertEquals(count, undefined);
  gate.resolve();
  gate = undefined;
  await third;
  assertEquals(count, 1);
  await ends.client.closeWrite();
  await ends.server.closeWrite();
  await done;
});

Deno.test("relay() goes on when ready() throws or rejects", async () => {
  for (
    const ready of [
      () => Promise.reject(new Error("full")),
      () => {
        throw new Error("full");
      },
    ]
  ) {
    using ends = inMemory();
    const done = relay(ends.left, ends.right, { ready });
    await ends.client.write(Uint8Array.of(1));
    await ends.client.closeWrite();
    assertEquals((await readAll(ends.server)).bytes, Uint8Array.of(1));
    await ends.server.closeWrite();
    const { failed, observerError } = await done;
    assertEquals(failed, undefined);
    assertEquals((observerError as Error).message, "full");
  }
});

Deno.test("relay() is idle only if no byte goes in either direction", async () => {
  const time = new ManualTime();
  const [client, left] = memoryPair();
  const [right, server] = memoryPair();
  const settings = new Settings(
    { framing: "raw", idleTimeoutMs: 1000 },
    { time },
  );
  const over = (connection: Connection) =>
    new FramedConnection(connection, settings);
  const done = relay(over(left), over(right));
  const into = new Uint8Array(10);
  // Only the server speaks, for far longer than the deadline.
  for (let i = 0; i < 10; i++) {
    await time.advance(600);
    await server.write(Uint8Array.of(i));
    assertEquals(await client.read(into), 1);
  }
  await time.advance(2000);
  const report = await done;
  assertInstanceOf(report.error, TimeoutError);
  assertEquals(report.error.deadline, "idle");
  assertEquals([report.toServer, report.toClient], [0, 10]);
  assertInstanceOf((await readAll(client)).error, ConnectionError);
  assertInstanceOf((await readAll(server)).error, ConnectionError);
});

Deno.test("relay() passes on first what a connection of messages has received and not given", async () => {
  const [client, left] = memoryPair();
  const [right, server] = memoryPair();
  const connection = new FramedConnection<string>(left, {
    framing: "line",
    encoding: "text",
  });
  await client.write(new TextEncoder().encode("first\nsecond\nthi"));
  assertEquals(await connection.receive(), "first");
  const done = relay(connection, right);
  await client.write(new TextEncoder().encode("rd\n"));
  await client.closeWrite();
  const { bytes } = await readAll(server);
  assertEquals(new TextDecoder().decode(bytes), "second\nthird\n");
  await server.closeWrite();
  await done;
});

Deno.test("relay() in a server ends with its shutdown, once the answer under way has come", async () => {
  await using target = await serve(
    "tcp://127.0.0.1:0",
    { encoding: "text" },
    async (peer) => {
      for await (const line of peer) await peer.send(line.toUpperCase());
    },
  );
  const proxy = await serve("tcp://127.0.0.1:0", async (client) => {
    await relay(client, (signal) => connect(target.address, { signal }));
  });
  const client = await connect(proxy.address, { encoding: "text" });
  const idle = await connect(proxy.address, { encoding: "text" });
  await client.send("one");
  assertEquals(await client.receive(), "ONE");
  await client.send("two");
  await until(() => proxy.stats.bytesIn === 8, "two to arrive");
  const report = await proxy.shutdown({ graceMs: 10_000 });
  assertEquals(report, { finished: 2, cut: [] });
  assertEquals(await client.receive(), "TWO");
  assertEquals(await client.receive(), undefined);
  await client.close();
  await idle.close();
});

Deno.test("relay() reports what a server's shutdown ends as ended by this program", async () => {
  let endedBy: string | undefined;
  const raw = { framing: "raw" };
  await using target = await serve("tcp://127.0.0.1:0", raw, async (peer) => {
    for await (const _ of peer);
  });
  const proxy = await serve("tcp://127.0.0.1:0", async (client) => {
    ({ endedBy } = await relay(client, () => connect(target.address)));
  });
  const client = await connectTcp(proxy.address);
  await client.write(Uint8Array.of(1));
  await until(() => target.stats.bytesIn === 1, "a byte to arrive");
  await proxy.shutdown();
  assertEquals(endedBy, "self");
  client.close();
});

Deno.test("relay() refuses another value of connect, and a deadline of 0", async () => {
  using ends = inMemory();
  const connect = "never" as "late";
  await assertRejects(
    () => relay(ends.left, ends.right, { connect }),
    TypeError,
    "connect",
  );
  await assertRejects(
    () => relay(ends.left, ends.right, { idleTimeoutMs: 0 }),
    RangeError,
    "idleTimeoutMs",
  );
});

Deno.test("relay() tells a client of WebSocket that the server cannot be reached", async () => {
  for (const connect of ["early", "late"] as const) {
    await using server = await serve("ws://127.0.0.1:0", async (client) => {
      const open = () => Promise.reject(new Error("nothing is there"));
      const { failed } = await relay(client, open, { connect });
      assertEquals(failed, "server");
    });
    const client = new WebSocket(String(server.address));
    client.onopen = () => client.send("hello");
    const { code, reason } = await new Promise<CloseEvent>((resolve) => {
      client.onclose = resolve;
    });
    const expected = "What is behind this port cannot be reached";
    assertEquals([code, reason], [1011, expected]);
  }
});
