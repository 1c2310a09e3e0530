import { assertEquals, assertThrows } from "@std/assert";
import { connect } from "../../../lib/session/messages/connect.ts";
import { serve } from "../../../lib/session/serving/serve.ts";
import { talk, until } from "../harness.ts";

const HIGH_WATER = 64 * 1024;

Deno.test("trySend() accepts messages until the high-water mark, then says no and queues nothing", async () => {
  using pair = talk({ framing: "line" }, { toServer: { readBytes: [1_000] } });
  const message = "x".repeat(1_000);
  let accepted = 0;
  while (pair.client.trySend(message)) accepted++;
  assertEquals(pair.client.bytesWaiting, accepted * (message.length + 1));
  assertEquals(accepted, Math.ceil(HIGH_WATER / (message.length + 1)));
  assertEquals(pair.client.stats.messagesOut, accepted);

  // The peer catches up: there is room again, and nothing is missing.
  for (let i = 0; i < accepted; i++) {
    assertEquals(await pair.server.receive(), message);
  }
  assertEquals(pair.client.trySend("again"), true);
  assertEquals(await pair.server.receive(), "again");
});

Deno.test("trySend() throws only for the message itself", () => {
  using pair = talk({ maxMessageBytes: 3 });
  assertThrows(() => pair.client.trySend("four"), RangeError);
  assertThrows(() => pair.client.trySend(4 as never), TypeError);
  assertEquals(pair.client.stats.messagesOut, 0);
  assertEquals(pair.client.trySend("fit"), true);
});

Deno.test("trySend() says no where nothing can be sent any more: finished, closed, aborted, lost", async () => {
  using finished = talk();
  await finished.client.closeWrite();
  assertEquals(finished.client.trySend("x"), false);

  using closed = talk();
  const closing = closed.client.close();
  assertEquals(closed.client.trySend("x"), false);
  closed.server.abort();
  await closing.catch(() => {});
  assertEquals(closed.client.trySend("x"), false);

  using aborted = talk();
  aborted.client.abort();
  assertEquals(aborted.client.trySend("x"), false);

  using lost = talk();
  lost.server.abort();
  await lost.client.receive().catch(() => {});
  assertEquals(lost.client.trySend("x"), false);
});

Deno.test("trySend() to all connections of a server passes over those that are going", async () => {
  const failures: unknown[] = [];
  await using server = await serve("tcp://127.0.0.1:0", {
    encoding: "text",
    onEvent: (event) => {
      if (event.type === "closed" && event.error !== undefined) {
        failures.push(event.error);
      }
    },
  }, async (peer) => {
    await peer.send("welcome");
    for await (const message of peer) {
      for (const other of server.connections) other.trySend(message);
    }
  });
  const text = { encoding: "text" } as const;
  const going = await connect(server.address, text);
  await using staying = await connect(server.address, text);
  for (const end of [going, staying]) {
    assertEquals(await end.receive(), "welcome");
  }
  // It has finished sending and reads no more: its connection lingers a while.
  await going.closeWrite();
  await until(
    () =>
      [...server.connections].some(({ signal }) => signal.aborted) ||
      server.connections.size === 1,
    "going",
  );
  for (const message of ["one", "two"]) {
    await staying.send(message);
    assertEquals(await staying.receive(), message);
  }
  going.abort();
  assertEquals(failures, []);
});
