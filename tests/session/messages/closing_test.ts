import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  TimeoutError,
} from "../../../lib/errors.ts";
import { channelOf } from "../../../lib/session/messages/framed_connection.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { read } from "../../support/transport_suite.ts";
import {
  all,
  framed,
  over,
  Recorded,
  standing,
  talk,
  talkTcp,
  tcpPair,
  turn,
  until,
} from "../harness.ts";

const TEXT = { framing: "length:4", encoding: "text" } as const;

type Ending = "close" | "abort" | "closeWrite" | "dispose" | "drain";
const ENDINGS: Ending[] = ["close", "abort", "closeWrite", "dispose", "drain"];

async function end(
  connection: MessageConnection<string>,
  how: Ending,
): Promise<void> {
  if (how === "dispose") await connection[Symbol.asyncDispose]();
  else if (how === "drain") channelOf(connection).drain();
  else await connection[how]();
}

Deno.test("MessageConnection ends by close, abort, closeWrite, dispose and drain in any order of three, and one after another without an error", async () => {
  for (const orders of sequences(ENDINGS, 3)) {
    const [near, far] = memoryPair();
    const recorded = new Recorded(near);
    const connection = new MessageConnection<string>(recorded, TEXT);
    const peer = answerEnd(far);
    for (const how of orders) await end(connection, how);
    await connection.close();
    await peer;
    const calls = recorded.calls.filter((call) => call !== "closeWrite");
    assertEquals(calls.length, 1, `${orders}: ${recorded.calls}`);
    assertEquals(await connection.receive().catch(() => undefined), undefined);
  }
});

Deno.test("MessageConnection ends by any three of these at once, with a receive and a send pending, and nobody waits for ever", async () => {
  for (const orders of sequences(ENDINGS, 3)) {
    const [near, far] = memoryPair({ bufferBytes: 1000 });
    const recorded = new Recorded(near);
    const connection = new MessageConnection<string>(recorded, TEXT);
    const pending = [
      connection.receive(),
      connection.send("x".repeat(100_000)),
    ];
    const peer = turn(1).then(() => answerEnd(far));
    const ended = orders.map((how) => end(connection, how));
    ended.push(connection.close());
    await Promise.allSettled([...pending, ...ended, peer]);
    assertEquals(
      recorded.calls.filter((call) => call !== "closeWrite").length,
      1,
    );
    await connection.close().catch(() => {});
  }
});

Deno.test("close() gives a pending receive the end, a later one too, and a later send a ClosedError", async () => {
  using pair = talk();
  const { client, server } = pair;
  const pending = [client.receive(), client.receive({ timeoutMs: 60_000 })];
  const iterating = all(client);
  const batching = all(client.batches());
  const closed = Promise.all([client.close(), server.close()]);
  assertEquals(await Promise.all(pending), [undefined, undefined]);
  assertEquals(await iterating, []);
  assertEquals(await batching, []);
  await closed;
  for (let i = 0; i < 2; i++) {
    assertEquals(await client.receive(), undefined);
    assertEquals(await all(client), []);
    await assertRejects(() => client.send("late"), ClosedError);
    await assertRejects(() => client.sendAll(["late"]), ClosedError);
    await client.closeWrite();
    await client.close();
  }
});

Deno.test("close() ends the messages also while some are waiting here", async () => {
  using pair = talk();
  await pair.server.sendAll(["a", "b", "c"]);
  assertEquals(await pair.client.receive(), "a");
  const closed = Promise.all([pair.client.close(), pair.server.close()]);
  assertEquals(await pair.client.receive(), undefined);
  await closed;
});

Deno.test("abort() throws its reason to pending and later calls, whatever the reason is", async () => {
  for (
    const reason of [
      undefined,
      new RangeError("mine"),
      "a string",
      new DOMException("a", "AbortError"),
    ]
  ) {
    using pair = talk({}, { bufferBytes: 10 });
    const { client } = pair;
    const calls = [
      client.receive(),
      client.receive({ timeoutMs: 60_000 }),
      all(client),
      all(client.batches()),
      client.send("x".repeat(100_000)),
      client.sendAll(["x".repeat(100_000)]),
      client.closeWrite(),
    ].map((call) => call.then(() => "resolved", (error) => error));
    await turn();
    client.abort(reason);
    const later = [client.receive(), all(client), client.send("late")]
      .map((call) => call.then(() => "resolved", (error) => error));
    const errors = await Promise.all([...calls, ...later]);
    for (const error of errors) {
      assertStrictEquals(error, reason ?? errors[0]);
    }
    assertStrictEquals(client.signal.reason, errors[0]);
    if (reason === undefined) {
      assertInstanceOf(errors[0], ClosedError);
      assertEquals(
        errors[0].message,
        "memory:server: this side aborted the connection",
      );
    }
    await client.closeWrite();
    await client.close();
    client.abort(new Error("another reason"));
    assertStrictEquals(client.signal.reason, errors[0]);
  }
});

Deno.test("abort() drops the messages that are here, whether or not the peer has finished sending", async () => {
  for (const finished of [false, true]) {
    using pair = talk();
    await pair.server.sendAll(["a", "b", "c"]);
    if (finished) await pair.server.closeWrite();
    assertEquals(await pair.client.receive(), "a");
    pair.client.abort();
    for (let i = 0; i < 2; i++) {
      await assertRejects(() => pair.client.receive(), ClosedError);
      await assertRejects(() => all(pair.client), ClosedError);
      await assertRejects(() => all(pair.client.batches()), ClosedError);
    }
  }
});

Deno.test("abort() after the end was received leaves it the end", async () => {
  using pair = talk();
  await pair.server.closeWrite();
  assertEquals(await pair.client.receive(), undefined);
  pair.client.abort();
  assertEquals(await pair.client.receive(), undefined);
  await assertRejects(() => pair.client.send("late"), ClosedError);
});

Deno.test("abort() shows the peer a lost link, not an end", async () => {
  using pair = talk();
  const pending = pair.server.receive();
  pair.client.abort();
  await assertRejects(() => pending, ConnectionError);
});

Deno.test("closeWrite() ends the peer's messages and leaves the other direction open, both ways round", async () => {
  for (
    const [one, other] of [["client", "server"], ["server", "client"]] as const
  ) {
    for (const make of [() => Promise.resolve(talk()), () => talkTcp()]) {
      using pair = await make();
      void pair[one].send("last");
      await pair[one].closeWrite();
      await pair[one].closeWrite();
      assertEquals(await pair[other].receive(), "last");
      assertEquals(await pair[other].receive(), undefined);
      assertEquals(await pair[other].receive(), undefined);
      await assertRejects(() => pair[one].send("more"), ClosedError);
      await pair[other].send("still listening?");
      assertEquals(await pair[one].receive(), "still listening?");
      assertEquals(pair[one].signal.aborted, false);
      await pair[other].closeWrite();
      assertEquals(await pair[one].receive(), undefined);
      await Promise.all([pair[one].close(), pair[other].close()]);
    }
  }
});

Deno.test("MessageConnection.signal is aborted as soon as close() is called, also when first looked at later", async () => {
  for (const early of [true, false]) {
    using pair = talk();
    const { client } = pair;
    if (early) assertEquals(client.signal.aborted, false);
    const closed = client.close();
    assertEquals(client.signal.aborted, true);
    assertInstanceOf(client.signal.reason, ClosedError);
    assertEquals(
      client.signal.reason.message,
      "memory:server: this side closed the connection",
    );
    assertStrictEquals(client.signal, client.signal);
    await pair.server.close();
    await closed;
  }
});

Deno.test("MessageConnection.signal has the reason of a drain, and the connection goes on", async () => {
  using pair = talk();
  const reason = new Error("enough");
  pair.client.channel.drain(reason);
  pair.client.channel.drain(new Error("another"));
  assertStrictEquals(pair.client.signal.reason, reason);
  await pair.client.send("one more thing");
  assertEquals(await pair.server.receive(), "one more thing");
  pair.client.abort(new Error("a third"));
  assertStrictEquals(pair.client.signal.reason, reason);
});

Deno.test("drain() gives the messages that have begun to arrive, then the end", async () => {
  const [near, far] = memoryPair();
  using client = disposable(near);
  const frames = framed("a", "b", "c");
  await far.write(frames.subarray(0, 12)); // a, b, two bytes of c's header
  assertEquals(await client.receive(), "a");
  channelOf(client).drain();
  assertEquals(await client.receive(), "b");
  const c = client.receive();
  await turn(20);
  await far.write(frames.subarray(12));
  assertEquals(await c, "c");
  assertEquals(await client.receive(), undefined);
  far.close();
});

Deno.test("drain() ends a receive that waits for nothing in particular", async () => {
  using pair = talk();
  const waiting = [
    pair.client.receive(),
    pair.client.receive({ timeoutMs: 60_000 }),
  ];
  pair.client.channel.drain();
  assertEquals(await Promise.all(waiting), [undefined, undefined]);
  assertEquals(await pair.client.receive(), undefined);
});

Deno.test("drain() gives messages that the system holds already though nobody has read them", async () => {
  using pair = await talkTcp();
  await pair.server.sendAll(["a", "b"]);
  pair.client.channel.drain();
  assertEquals(await pair.client.receive(), "a");
  assertEquals(await pair.client.receive(), "b");
  assertEquals(await pair.client.receive(), undefined);
});

Deno.test("drain() comes to an end with a peer that never pauses", async () => {
  using pair = await talkTcp();
  const asked = (async () => {
    let count = 0;
    for (;;) {
      await pair.client.send(`${count}`);
      if (await pair.client.receive() === undefined) return count;
      count++;
    }
  })();
  let answered = 0;
  for await (const message of pair.server) {
    await pair.server.send(message);
    if (++answered === 100) pair.server.channel.drain();
  }
  await Promise.all([
    pair.server.close(),
    asked.then(() => pair.client.close()),
  ]);
  assertEquals(await asked, answered);
});

Deno.test("drain() comes to an end with a peer that pumps without waiting for answers", async () => {
  using pair = await talkTcp();
  const pump = (async () => {
    for (;;) await pair.client.sendAll(Array(100).fill("x".repeat(999)));
  })();
  let received = 0;
  for await (const _ of pair.server) {
    if (++received === 100) pair.server.channel.drain();
  }
  pair.server.abort();
  await assertRejects(() => pump, ConnectionError);
});

Deno.test("close() delivers everything that was sent though the peer sends all the time, and says after 30 s that it was still sending", async () => {
  const time = new ManualTime();
  using pair = over(await tcpPair(), {}, time);
  const { client, server } = pair;
  const messages = Array.from(
    { length: 200 },
    (_, i) => `${i}`.padStart(5000, "."),
  );
  const pumping = (async () => {
    try {
      for (;;) await client.send("y".repeat(5000));
    } catch (error) {
      return error;
    }
  })();
  await until(() => server.bytesWaiting === 0, "begun");
  const received = all(client).catch((error) => error);
  await server.sendAll(messages);
  const closed = server.close().catch((error) => error);
  await until(() => server.channel.droppedBytes > 100_000, "dropping");
  assert(server.channel.hasToLose);
  assertEquals(await standing(closed), "pending");
  for (let second = 0; second < 29; second++) {
    const before = server.channel.droppedBytes;
    await until(() => server.channel.droppedBytes > before, "dropping on");
    await time.advance(1_000);
  }
  assertEquals(await standing(closed), "pending");
  await time.advance(1_000);
  const error = await closed;
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.deadline, error.timeoutMs], ["close", 30_000]);
  assertEquals(await received, messages);
  await pumping;
});

Deno.test("close() ends when a peer that was sending has sent nothing for 5 s, and not before", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  const { client } = over([near, far], {}, time);
  await client.send("hello");
  await time.advance(0);
  const closed = client.close();
  await far.write(framed("late"));
  for (let i = 0; i < 4; i++) {
    await time.advance(4_900);
    assertEquals(await standing(closed), "pending");
    await far.write(framed("later"));
  }
  await time.advance(4_900);
  assertEquals(await standing(closed), "pending");
  await time.advance(1_100);
  await closed;
  far.close();
});

Deno.test("close() does not wait for a peer that has answered and stays open, nor for one that was sent nothing", async () => {
  for (const isAsked of [true, false]) {
    const time = new ManualTime();
    const [near, far] = memoryPair();
    const { client } = over([near, far], {}, time);
    if (isAsked) {
      await client.send("hello");
      await time.advance(0);
    }
    await far.write(framed("answer"));
    assertEquals(await client.receive(), "answer");
    const closed = client.close();
    if (isAsked) await time.advance(10);
    await closed;
    far.close();
  }
});

Deno.test("close() listens for 100 ms to a peer that has not answered", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  const { client } = over([near, far], {}, time);
  await client.send("hello");
  await time.advance(0);
  const closed = client.close();
  await time.advance(99);
  assertEquals(await standing(closed), "pending");
  await time.advance(1);
  await closed;
  assertEquals(time.pending, 0);
  far.close();
});

Deno.test("close() does not wait longer for a peer that has finished", async () => {
  // The clock stands still, so a wait would not end.
  using pair = over(await tcpPair(), {}, new ManualTime());
  void pair.client.send("bye");
  const closed = pair.client.close();
  assertEquals(await all(pair.server), ["bye"]);
  await pair.server.close();
  await closed;
});

Deno.test("close() throws a TimeoutError after 5 s with a peer that never reads, and the peer sees no orderly end", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair({ bufferBytes: 9 });
  const recorded = new Recorded(near);
  const { client } = over([recorded, far], {}, time);
  void client.send("takes");
  void client.send("more room");
  const closed = client.close();
  await time.advance(4_999);
  assertEquals(await standing(closed), "pending");
  await time.advance(1_001);
  const error = await assertRejects(() => closed, TimeoutError);
  assertEquals(error.deadline, "send");
  assertEquals(error.timeoutMs, 5000);
  assertStringIncludes(error.message, "memory:server");
  assertStringIncludes(error.message, "13 bytes");
  assertStrictEquals(await assertRejects(() => client.close()), error);
  assertEquals(recorded.calls.at(-1), "abort");
  assertEquals((await read(far))?.length, 9);
  await assertRejects(() => read(far), ConnectionError);
  far.close();
});

Deno.test("close() goes on for as long as a slow peer reads", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair({ bufferBytes: 9 });
  const { client } = over([near, far], {}, time);
  void client.send("x".repeat(50));
  const closed = client.close();
  let received = 0;
  for (let i = 0; i < 5; i++) {
    await time.advance(4_900);
    assertEquals(await standing(closed), "pending");
    received += (await read(far))!.length;
  }
  received += (await read(far))!.length;
  assertEquals(received, 54);
  assertEquals(await read(far), null);
  far.close();
  await closed;
});

Deno.test("close() resolves when the link is lost and nothing was left to write", async () => {
  using pair = talk();
  pair.server.abort();
  await assertRejects(() => pair.client.receive(), ConnectionError);
  await pair.client.closeWrite();
  await pair.client.close();
});

Deno.test("close() and closeWrite() throw the loss when what was sent could not be written", async () => {
  const [near, far] = memoryPair({ bufferBytes: 4 });
  using client = disposable(near);
  void client.send("more than fits");
  await turn();
  far.abort();
  await turn();
  const error = await assertRejects(() => client.closeWrite(), ConnectionError);
  assertStrictEquals(await assertRejects(() => client.close()), error);
  assertStrictEquals(await assertRejects(() => client.close()), error);
});

Deno.test("disposal does not repeat an error that another call has thrown, so it arrives as itself", async () => {
  for (const by of ["receive", "send", "iterating", "batches", "closeWrite"]) {
    const [near, far] = memoryPair({ bufferBytes: 4 });
    const error = await assertRejects(async () => {
      await using client = new MessageConnection<string>(near, TEXT);
      const sent = client.send("x".repeat(100_000));
      await turn();
      far.abort();
      if (by === "send") await sent;
      else if (by === "receive") await client.receive();
      else if (by === "closeWrite") await client.closeWrite();
      else await all<unknown>(by === "batches" ? client.batches() : client);
    });
    assertInstanceOf(error, ConnectionError, `${by}: ${error}`);
  }
});

Deno.test("disposal throws the loss of something sent that no other call has told of", async () => {
  const [near, far] = memoryPair({ bufferBytes: 4 });
  await assertRejects(async () => {
    await using client = new MessageConnection<string>(near, TEXT);
    await client.send("below the mark, above the buffer");
    await turn();
    far.abort();
    await turn();
  }, ConnectionError);
});

Deno.test("abort() during close() ends the closing at once", async () => {
  using pair = talk({}, { bufferBytes: 4 });
  void pair.client.send("more than fits");
  const closing = pair.client.close();
  assertEquals(await standing(closing), "pending");
  const reason = new Error("enough");
  pair.client.abort(reason);
  assertStrictEquals(await assertRejects(() => closing), reason);
});

Deno.test("abort() at any moment of close() or closeWrite() either lets it resolve or throws the reason, over TCP", async () => {
  for (const how of ["close", "closeWrite"] as const) {
    for (let hops = 0; hops < 12; hops++) {
      using pair = await talkTcp();
      void pair.client.send("a");
      const ended = pair.client[how]();
      for (let i = 0; i < hops; i++) await Promise.resolve();
      const reason = new Error("enough");
      pair.client.abort(reason);
      const outcome = await ended.catch((error) => error);
      if (outcome !== undefined) assertStrictEquals(outcome, reason);
    }
  }
});

Deno.test("abort() while close() waits for the peer to finish lets it resolve at once", async () => {
  using pair = talk();
  await pair.client.send("all of it");
  const closing = pair.client.close();
  assertEquals(await standing(closing), "pending");
  pair.client.abort();
  await closing;
});

Deno.test("close() by both sides at once delivers what both sent before", async () => {
  for (const pair of [memoryPair(), await tcpPair()]) {
    // The clock stands still, so a wait would not end.
    using ends = over(pair, {}, new ManualTime());
    const { client, server } = ends;
    void client.send("from client");
    void server.send("from server");
    await turn(5);
    assertEquals(await client.receive(), "from server");
    assertEquals(await server.receive(), "from client");
    void client.send("unheard");
    await Promise.all([client.close(), server.close()]);
  }
});

Deno.test("MessageConnection.stats counts messages and bytes with their frames, also after the end", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "bc"]);
  await pair.client.closeWrite();
  assertEquals(await all(pair.server), ["a", "bc"]);
  await Promise.all([pair.client.close(), pair.server.close()]);
  assertEquals(pair.client.stats, {
    badFrames: 0,
    bytesIn: 0,
    bytesOut: 11,
    bytesWaiting: 0,
    messagesIn: 0,
    messagesOut: 2,
  });
  assertEquals(pair.server.stats, {
    badFrames: 0,
    bytesIn: 11,
    bytesOut: 0,
    bytesWaiting: 0,
    messagesIn: 2,
    messagesOut: 0,
  });
});

Deno.test("MessageConnection names both ends", () => {
  using pair = talk();
  assertEquals(
    `${pair.client.remoteAddress} ${pair.client.localAddress}`,
    "memory:server memory:client",
  );
  assert(`${pair.server.remoteAddress}` === "memory:client");
});

function disposable(
  connection: ConstructorParameters<typeof MessageConnection>[0],
): MessageConnection<string> & Disposable {
  const messages = new MessageConnection<string>(connection, TEXT);
  return Object.assign(messages, { [Symbol.dispose]: () => messages.abort() });
}

/** A peer that reads to the end and then closes. */
async function answerEnd(
  far: Awaited<ReturnType<typeof tcpPair>>[0],
): Promise<void> {
  try {
    while (await read(far) !== null);
  } catch { /* aborted */ }
  far.close();
}

function sequences<T>(items: readonly T[], length: number): T[][] {
  if (length === 0) return [[]];
  return sequences(items, length - 1)
    .flatMap((rest) => items.map((item) => [item, ...rest]));
}
