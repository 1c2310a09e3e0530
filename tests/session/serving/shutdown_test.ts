import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { connect } from "../../../lib/session/messages/connect.ts";
import type { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { serve } from "../../../lib/session/serving/serve.ts";
import { connectTcp } from "../../../lib/transport/tcp/mod.ts";
import { read } from "../../support/transport_suite.ts";
import { framed, turn, until } from "../harness.ts";

const LOOPBACK = "tcp://127.0.0.1:0";
const TEXT = { framing: "length:4", encoding: "text" } as const;
const LARGE = "x".repeat(4_000_000);

/** Sends small frames without pause until that fails; gives how to stop it. */
function pump(
  connection: { write(bytes: Uint8Array): Promise<number> },
): { stop(): void; readonly stopped: Promise<unknown> } {
  let isOver = false;
  const bytes = framed(...Array(100).fill("y".repeat(200)));
  const stopped = (async () => {
    try {
      for (let at = 0; !isOver || at > 0;) {
        at = (at + await connection.write(bytes.subarray(at))) % bytes.length;
      }
    } catch (error) {
      return error;
    }
  })();
  return { stop: () => isOver = true, stopped };
}

async function readAll(
  connection: { read(into: Uint8Array): Promise<number | null> },
): Promise<number> {
  let count = 0;
  for (
    let bytes;
    (bytes = await read(connection as Parameters<typeof read>[0])) !== null;
  ) count += bytes.length;
  return count;
}

Deno.test("shutdown() loses no answer of a lagging peer that goes on sending, and counts it as finished", async () => {
  let answered = 0;
  const server = await serve(LOOPBACK, TEXT, async (connection) => {
    for await (const message of connection) {
      await connection.send(message);
      answered++;
    }
  });
  const wire = await connectTcp(server.address);
  const pumping = pump(wire);
  // Until the server waits for the peer to read its answers.
  let [before, unchanged] = [0, 0];
  await until(() => {
    const { bytesOut } = server.stats;
    unchanged = bytesOut === before ? unchanged + 1 : 0;
    before = bytesOut;
    return answered > 1000 && unchanged > 20;
  }, "stuck");
  const stopped = server.shutdown({ graceMs: 20_000 });
  await turn(30);
  let received = 0;
  const reading = readAll(wire).then((count) => received = count);
  await until(() => server.connections.size > 0, "still open");
  await turn(40);
  pumping.stop();
  await reading;
  assertEquals(received, answered * 204);
  assertGreater(answered, 100);
  await pumping.stopped;
  wire.close();
  assertEquals(await stopped, { finished: 1, cut: [] });
});

Deno.test("a peer that broke the framing and goes on sending still gets everything it was sent", async () => {
  await using server = await serve(
    LOOPBACK,
    { ...TEXT, maxMessageBytes: 5_000_000, onEvent: () => {} },
    async (connection) => {
      await connection.receive();
      await connection.send(LARGE);
      await connection.receive();
    },
  );
  const wire = await connectTcp(server.address);
  await wire.write(framed("question"));
  await wire.write(Uint8Array.of(255, 255, 255, 255));
  const pumping = pump(wire);
  await until(() => server.stats.bytesOut > 100_000, "sending");
  const received = readAll(wire);
  assertEquals(await received, LARGE.length + 4);
  pumping.stop();
  await pumping.stopped;
  wire.close();
});

Deno.test("shutdown() tells the end of each connection that it cuts before it resolves", async () => {
  const events: string[] = [];
  const options = {
    onEvent: ({ type }: { type: string }) => void events.push(type),
  };
  const server = await serve(LOOPBACK, options, async (peer) => {
    for await (const _ of peer);
  });
  const clients = await Promise.all(
    [1, 2].map(() =>
      connect(server.address, { framing: "raw", encoding: "text" })
    ),
  );
  // A message that has begun is waited for, and never completes.
  for (const client of clients) await client.send("half");
  await until(() => server.stats.bytesIn === 8, "begun");
  const { cut } = await server.shutdown({ graceMs: 20 });
  assertEquals(cut.length, 2);
  assertEquals(events, ["opened", "opened", "closed", "closed"]);
  for (const client of clients) client.abort();
});

Deno.test("shutdown() reports what the program cut meanwhile", async () => {
  const handled: MessageConnection<string>[] = [];
  const server = await serve(
    LOOPBACK,
    { ...TEXT, maxMessageBytes: 20_000_000, onEvent: () => {} },
    async (connection) => {
      handled.push(connection);
      await connection.send(LARGE.repeat(4));
    },
  );
  const [one, two] = [
    await connect(server.address),
    await connect(server.address, {
      framing: "length:4",
      maxMessageBytes: 20_000_000,
    }),
  ];
  await until(() => handled.length === 2, "handled");
  const stopped = server.shutdown({ graceMs: 60_000 });
  handled.find(({ remoteAddress }) =>
    `${remoteAddress}` === `${one.localAddress}`
  )!.abort();
  assertEquals((await two.receive())!.length, 4 * LARGE.length);
  await two.close();
  const { finished, cut } = await stopped;
  assertEquals(finished, 1);
  assertEquals(cut.map(({ remoteAddress }) => `${remoteAddress}`), [
    `${one.localAddress}`,
  ]);
  assertGreater(cut[0]!.unsentBytes, 0);
  one.abort();
});

Deno.test("shutdown() reports a peer that was still sending when the grace was over as cut, with what was dropped", async () => {
  const server = await serve(LOOPBACK, TEXT, async (connection) => {
    await connection.send("that is all");
  });
  const wire = await connectTcp(server.address);
  const pumping = pump(wire);
  await until(() => server.connections.size === 1, "accepted");
  await turn(5);
  const { finished, cut } = await server.shutdown({ graceMs: 300 });
  assertEquals(finished, 0);
  assertEquals(cut.length, 1);
  assertEquals(cut[0]!.unsentBytes, 0);
  assert(cut[0]!.droppedBytes! > 0);
  await pumping.stopped;
  wire.close();
});

Deno.test("shutdown() reads what had arrived while the handler is busy, and gives it all to the handler", async () => {
  const gate = Promise.withResolvers<void>();
  let received = 0;
  await using server = await serve(LOOPBACK, TEXT, async (connection) => {
    for await (const message of connection) {
      if (received++ === 0) await gate.promise;
      assertEquals(message.length, 996);
    }
  });
  const wire = await connectTcp(server.address);
  // More than one read takes, and less than the system holds.
  const bytes = framed(...Array(2000).fill("x".repeat(996)));
  for (let at = 0; at < bytes.length;) {
    at += await wire.write(bytes.subarray(at));
  }
  await until(() => received === 1, "busy");
  assertLess(server.stats.bytesIn, bytes.length);
  const stopped = server.shutdown({ graceMs: 20_000 });
  await until(() => server.stats.bytesIn === bytes.length, "all read");
  gate.resolve();
  await until(() => server.connections.size === 0 || received === 2000, "done");
  wire.close();
  assertEquals((await stopped).cut, []);
  assertEquals(received, 2000);
});
