import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  TimeoutError,
} from "../../../lib/errors.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
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
        "Connection to memory:server was aborted",
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
      "Connection to memory:server was closed",
    );
    assertStrictEquals(client.signal, client.signal);
    await pair.server.close();
    await closed;
  }
});

Deno.test("MessageConnection.signal has the reason of a drain, and the connection goes on", async () => {
  using pair = talk();
  const reason = new Error("enough");
  pair.client.drain(reason);
  pair.client.drain(new Error("another"));
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
  client.drain();
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
  pair.client.drain();
  assertEquals(await Promise.all(waiting), [undefined, undefined]);
  assertEquals(await pair.client.receive(), undefined);
});

Deno.test("drain() gives messages that the system holds already though nobody has read them", async () => {
  using pair = await talkTcp();
  await pair.server.sendAll(["a", "b"]);
  pair.client.drain();
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
  const begun = performance.now();
  for await (const message of pair.server) {
    await pair.server.send(message);
    if (++answered === 100) pair.server.drain();
  }
  assertLess(performance.now() - begun, 2000);
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
    if (++received === 100) pair.server.drain();
  }
  pair.server.abort();
  await assertRejects(() => pump, ConnectionError);
});

Deno.test("close() delivers everything that was sent though the peer sends all the time", async () => {
  using pair = await talkTcp();
  const { client, server } = pair;
  const messages = Array.from(
    { length: 200 },
    (_, i) => `${i}`.padStart(5000, "."),
  );
  // The client sends on and on, and reads only when the server is gone.
  const pumping = (async () => {
    try {
      for (;;) await client.send("y".repeat(5000));
    } catch (error) {
      return error;
    }
  })();
  await until(() => server.stats.bytesIn >= 0, "begun");
  const sent = server.sendAll(messages);
  const received = all(client).catch((error) => error);
  await sent;
  const begun = performance.now();
  await server.close();
  const took = performance.now() - begun;
  assertGreater(took, 900);
  assertLess(took, 2000);
  assertEquals(await received, messages);
  await pumping;
});

Deno.test("close() does not wait longer for a peer that has finished", async () => {
  using pair = await talkTcp();
  const begun = performance.now();
  void pair.client.send("bye");
  const closed = pair.client.close();
  assertEquals(await all(pair.server), ["bye"]);
  await pair.server.close();
  await closed;
  assertLess(performance.now() - begun, 500);
});

Deno.test("close() throws a TimeoutError after 5 s with a peer that never reads, and the peer sees no orderly end", async () => {
  const [near, far] = memoryPair({ bufferBytes: 9 });
  const recorded = new Recorded(near);
  const client = new MessageConnection<string>(recorded, TEXT);
  void client.send("takes");
  void client.send("more room");
  const error = await impatiently(
    5000,
    () => assertRejects(() => client.close(), TimeoutError),
  );
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
    using ends = over(pair);
    const { client, server } = ends;
    void client.send("from client");
    void server.send("from server");
    await turn(5);
    assertEquals(await client.receive(), "from server");
    assertEquals(await server.receive(), "from client");
    void client.send("unheard");
    const begun = performance.now();
    await Promise.all([client.close(), server.close()]);
    assertLess(performance.now() - begun, 500);
  }
});

Deno.test("MessageConnection.stats counts messages and bytes with their frames, also after the end", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "bc"]);
  await pair.client.closeWrite();
  assertEquals(await all(pair.server), ["a", "bc"]);
  await Promise.all([pair.client.close(), pair.server.close()]);
  assertEquals(pair.client.stats, {
    bytesIn: 0,
    bytesOut: 11,
    bytesWaiting: 0,
    messagesIn: 0,
    messagesOut: 2,
  });
  assertEquals(pair.server.stats, {
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

/** Has a timer of just this length, of which there must be one, fire soon. */
async function impatiently<T>(ms: number, run: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis;
  let count = 0;
  const impatient = (callback: () => void, after?: number) => {
    if (after !== ms) return setTimeout(callback, after);
    count++;
    return setTimeout(callback, 20);
  };
  globalThis.setTimeout = Object.assign(impatient, setTimeout);
  try {
    return await run();
  } finally {
    globalThis.setTimeout = setTimeout;
    assertEquals(count, 1);
  }
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
