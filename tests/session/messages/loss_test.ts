import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { framed, over, Recorded, talk, turn, until } from "../harness.ts";

Deno.test("MessageConnection.signal tells of a lost link that only a write noticed", async () => {
  const [near, far] = memoryPair();
  using pair = over([near, far]);
  far.close();
  void pair.client.send("nobody is there");
  await until(() => pair.client.signal.aborted, "aborted");
  const { reason } = pair.client.signal;
  assert(reason instanceof ConnectionError, String(reason));
  assertEquals(reason.code, "reset");
});

Deno.test("MessageConnection.signal tells of a lost link that a read noticed which nobody waits for any more", async () => {
  using pair = talk();
  await assertRejects(() => pair.client.receive({ timeoutMs: 1 }));
  pair.server.abort();
  await until(() => pair.client.signal.aborted, "aborted");
  assert(pair.client.signal.reason instanceof ConnectionError);
  // It is lost for sending too.
  const error = await assertRejects(() => pair.client.send("too late"));
  assertStrictEquals(error, pair.client.signal.reason);
});

Deno.test("receive() gives the messages that came before the link was lost, then throws the loss every time", async () => {
  using pair = talk({}, { toClient: { resetAfterBytes: 10 } });
  pair.server.sendAll(["a", "b"]);
  assertEquals(await pair.client.receive(), "a");
  assertEquals(await pair.client.receive(), "b");
  const first = await assertRejects(
    () => pair.client.receive(),
    ConnectionError,
  );
  for (let i = 0; i < 2; i++) {
    assertStrictEquals(await assertRejects(() => pair.client.receive()), first);
  }
  assertStrictEquals(await assertRejects(() => pair.client.send("c")), first);
  assertStrictEquals(pair.client.signal.reason, first);
});

Deno.test("receive() gives what the peer said before it closed, also after a write failed", async () => {
  const [near, far] = memoryPair();
  using client = new MessageConnectionOf(near);
  await far.write(framed("last", "words"));
  far.close();
  await client.send("lost").catch(() => {});
  await until(() => client.signal.aborted, "aborted");
  assertEquals(await client.receive(), "last");
  assertEquals(await client.receive(), "words");
  assertEquals(await client.receive(), undefined);
});

Deno.test("a send() that nobody awaits does not end the program, whether the link is lost before, during or after it", async () => {
  for (const framing of ["length:4", "raw", "close"]) {
    const [near, far] = memoryPair({ bufferBytes: 100 });
    using client = new MessageConnectionOf(near, framing);
    void client.send("x".repeat(100_000));
    if (framing !== "close") void client.send("x".repeat(100_000));
    await turn();
    far.abort();
    void client.send("during");
    void client.sendAll(["during", "too"]);
    await until(() => client.signal.aborted, "aborted");
    void client.send("after");
    void client.sendAll(["after", "too"]);
    void client.closeWrite();
    await turn(3);
    void client.close();
    void client.send("long after");
    await turn(3);
  }
});

Deno.test("a closeWrite() or close() that nobody awaits does not end the program when the link is lost", async () => {
  for (const finish of ["closeWrite", "close"] as const) {
    const [near, far] = memoryPair({ bufferBytes: 10 });
    using client = new MessageConnectionOf(near);
    void client.send("more than fits");
    void client[finish]();
    await turn();
    far.abort();
    await turn(3);
  }
});

Deno.test("no frame follows a part of one once a write has failed", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  recorded.most = 7;
  using client = new MessageConnectionOf(recorded);
  using _far = { [Symbol.dispose]: () => far.close() };
  const loss = new ConnectionError("reset", { reason: "cut" });
  recorded.failure = loss;
  recorded.failFrom = 1;
  void client.send("first message");
  await until(() => client.signal.aborted, "failed");
  assertEquals(recorded.taken, [7]);
  recorded.failure = undefined;
  assertStrictEquals(await assertRejects(() => client.send("second")), loss);
  assertStrictEquals(
    await assertRejects(() => client.sendAll(["third"])),
    loss,
  );
  await turn(3);
  assertEquals(recorded.writes.length, 2);
  assert(client.stats.bytesWaiting > 0);
});

/** A message connection of text whose disposal aborts it. */
class MessageConnectionOf extends MessageConnection<string> {
  constructor(
    connection: ConstructorParameters<typeof MessageConnection>[0],
    framing = "length:4",
  ) {
    super(connection, { framing, encoding: "text" });
  }
  [Symbol.dispose](): void {
    this.abort();
  }
}
