import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ProtocolError, TimeoutError } from "../../../lib/errors.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { all, framed, over, talk, talkTcp, turn, utf8 } from "../harness.ts";

Deno.test("receive() gives the messages in order, then undefined at a clean end and every time after it", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "", "c"]);
  await pair.client.closeWrite();
  const { server } = pair;
  assertEquals([
    await server.receive(),
    await server.receive(),
    await server.receive(),
  ], ["a", "", "c"]);
  for (let i = 0; i < 3; i++) assertEquals(await server.receive(), undefined);
  assertEquals(await server.receive({ timeoutMs: 1 }), undefined);
  assertEquals(await all(server), []);
});

Deno.test("receive() of a stream that ends inside a message is a ProtocolError after all messages before it, in every cut", async () => {
  const frames = framed("a", "b", "cut off");
  for (let size = frames.length - 10; size < frames.length; size++) {
    for (const readBytes of [1, 3, 100]) {
      const [near, far] = memoryPair({ toServer: { readBytes } });
      using server = open(far);
      await near.write(frames.subarray(0, size));
      near.close();
      assertEquals(await server.receive(), "a");
      assertEquals(await server.receive(), "b");
      const error = await assertRejects(() => server.receive(), ProtocolError);
      assertEquals([
        error.code,
        error.details.messageNumber,
        error.details.streamOffset,
      ], ["truncated", 3, 10]);
      assertStrictEquals(await assertRejects(() => server.receive()), error);
      assertStrictEquals(await assertRejects(() => all(server)), error);
      assertStrictEquals(
        await assertRejects(() => all(server.batches())),
        error,
      );
    }
  }
});

Deno.test("receive() of something too large is a ProtocolError, sticky, and sending goes on", async () => {
  const [near, far] = memoryPair();
  using server = open(far, { maxMessageBytes: 1000 });
  await near.write(framed("fine"));
  await near.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  assertEquals(await server.receive(), "fine");
  const error = await assertRejects(() => server.receive(), ProtocolError);
  assertEquals([error.code, error.details.declaredBytes], [
    "too_large",
    4294967295,
  ]);
  await near.write(framed("more"));
  assertStrictEquals(await assertRejects(() => server.receive()), error);
  assertEquals(server.signal.aborted, false);
  await server.send("refused");
  const into = new Uint8Array(100);
  assertEquals(into.subarray(0, await near.read(into) ?? 0), framed("refused"));
  near.close();
});

Deno.test("receive() that ran out of time loses nothing: the next one gets the message", async () => {
  using pair = talk();
  for (let i = 0; i < 3; i++) {
    const error = await assertRejects(
      () => pair.server.receive({ timeoutMs: 5 }),
      TimeoutError,
    );
    assertEquals([error.deadline, error.timeoutMs], ["receive", 5]);
    assertEquals(
      error.message,
      "Cannot receive from memory:client: no message came within 5 ms",
    );
  }
  await pair.client.sendAll(["a", "b"]);
  assertEquals(await pair.server.receive({ timeoutMs: 5 }), "a");
  assertEquals(await pair.server.receive(), "b");
  assertEquals(pair.server.signal.aborted, false);
});

Deno.test("receive() is not in time early", async () => {
  using pair = talk();
  const begun = performance.now();
  await assertRejects(
    () => pair.server.receive({ timeoutMs: 50 }),
    TimeoutError,
  );
  assertGreaterOrEqual(performance.now() - begun, 48);
});

Deno.test("receive() with a signal gives up with its reason, and the next one gets the message", async () => {
  using pair = talk();
  const controller = new AbortController();
  const { signal } = controller;
  const pending = pair.server.receive({ signal, timeoutMs: 60_000 });
  const reason = { any: "thing" };
  controller.abort(reason);
  assertStrictEquals(await pending.catch((error) => error), reason);
  await pair.client.send("a");
  assertEquals(await pair.server.receive(), "a");
});

Deno.test("receive() with a signal that is aborted already takes nothing, also when a message is here", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "b"]);
  assertEquals(await pair.server.receive(), "a");
  const reason = new Error("not now");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(
    await pair.server.receive({ signal }).catch((error) => error),
    reason,
  );
  assertEquals(await pair.server.receive({}), "b");
});

Deno.test("receive() leaves no listener on a signal that lives on", async () => {
  using pair = talk();
  const { signal, count } = countingSignal();
  await pair.client.sendAll(["a", "b"]);
  assertEquals(await pair.server.receive({ signal }), "a");
  assertEquals(await pair.server.receive({ signal }), "b");
  await assertRejects(
    () => pair.server.receive({ signal, timeoutMs: 1 }),
    TimeoutError,
  );
  assertEquals(count(), 0);
});

Deno.test("receive() refuses a time limit that is none, also when a message is here", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "b"]);
  assertEquals(await pair.server.receive(), "a");
  for (const timeoutMs of [-1, NaN, -Infinity, "soon" as unknown as number]) {
    const error = await assertRejects(
      () => pair.server.receive({ timeoutMs }),
      RangeError,
    );
    assertStringIncludes(error.message, `${timeoutMs}`);
  }
  assertEquals(await pair.server.receive({ timeoutMs: 0 }), "b");
  await assertRejects(
    () => pair.server.receive({ timeoutMs: 0 }),
    TimeoutError,
  );
});

Deno.test("receive() accepts a time limit that no timer can hold", async () => {
  using pair = talk();
  for (const timeoutMs of [2 ** 31, 1e12, Infinity]) {
    const pending = pair.server.receive({ timeoutMs });
    await turn(3);
    await pair.client.send("a");
    assertEquals(await pending, "a");
  }
});

Deno.test("receive() called several times at once gives each message to one of them", async () => {
  using pair = talk();
  const { server } = pair;
  const controller = new AbortController();
  const calls = [
    server.receive(),
    server.receive({ timeoutMs: 5 }),
    server.receive({ signal: controller.signal }),
    server.receive({ timeoutMs: 60_000 }),
    server.receive(),
  ].map((call) => call.catch(() => "gave up"));
  await calls[1];
  controller.abort();
  await calls[2];
  await pair.client.sendAll(["a", "b", "c", "d"]);
  const got = (await Promise.all(calls)).filter((call) => call !== "gave up");
  assertEquals(got.toSorted(), ["a", "b", "c"]);
  assertEquals(await server.receive(), "d");
});

Deno.test("receive() called several times at once gives all of them the end, and all of them an error", async () => {
  for (const last of ["close", "abort"] as const) {
    using pair = talk();
    const { server, client } = pair;
    const calls = [
      server.receive(),
      server.receive({ timeoutMs: 60_000 }),
      all(server),
      all(server.batches()),
    ];
    const settled = Promise.allSettled(calls);
    await turn();
    if (last === "abort") client.abort();
    else await client.closeWrite();
    for (const [at, call] of (await settled).entries()) {
      if (call.status === "fulfilled") {
        assertEquals(call.value, at < 2 ? undefined : []);
      }
      assertEquals(call.status, last === "close" ? "fulfilled" : "rejected");
    }
  }
});

Deno.test("receive() and iterating together give each message once, whoever gives up in between", async () => {
  using pair = talk({}, {
    toServer: { readBytes: "random", delayTurns: [0, 2] },
    seed: 5,
  });
  const { client, server } = pair;
  const sent = Array.from({ length: 500 }, (_, i) => `${i}`);
  const got: string[] = [];
  const taking = [
    (async () => {
      for await (const message of server) got.push(message);
    })(),
    ...[1, 2, 3].map(async (n) => {
      for (;;) {
        try {
          const message = await server.receive(n === 1 ? {} : { timeoutMs: n });
          if (message === undefined) return;
          got.push(message);
        } catch (error) {
          assertInstanceOf(error, TimeoutError);
        }
      }
    }),
  ];
  for (const message of sent) {
    void client.send(message);
    if (Number(message) % 7 === 0) await turn();
  }
  await client.closeWrite();
  await Promise.all(taking);
  assertEquals(got.toSorted((a, b) => Number(a) - Number(b)), sent);
});

Deno.test("iterating may be left by break, return and throw, and gone on with", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "b", "c", "d"]);
  for await (const message of pair.server) {
    assertEquals(message, "a");
    break;
  }
  await assertRejects(
    async () => {
      for await (const message of pair.server) throw new RangeError(message);
    },
    RangeError,
    "b",
  );
  for await (const batch of pair.server.batches()) {
    assertEquals(batch, ["c", "d"]);
    break;
  }
  assertEquals(pair.server.signal.aborted, false);
  const next = pair.server.receive();
  await pair.client.send("e");
  assertEquals(await next, "e");
  await pair.server.send("answer");
  assertEquals(await pair.client.receive(), "answer");
});

Deno.test("iterating may ask for several messages ahead of their arrival", async () => {
  using pair = talk();
  const iterator = pair.server[Symbol.asyncIterator]();
  const asked = Array.from({ length: 4 }, () => iterator.next());
  await turn();
  await pair.client.sendAll(["a", "b", "c"]);
  await pair.client.closeWrite();
  const results = await Promise.all(asked);
  assertEquals(results.map(({ value }) => value), ["a", "b", "c", undefined]);
  assertEquals(results.map(({ done }) => done), [false, false, false, true]);
});

Deno.test("batches() gives what is here at a time in order, never an empty array, and ends", async () => {
  using pair = talk();
  await pair.client.sendAll(["a", "b", "c"]);
  const batches = pair.server.batches();
  assertEquals((await batches.next()).value, ["a", "b", "c"]);
  const next = batches.next();
  await turn();
  await pair.client.send("d");
  await pair.client.closeWrite();
  assertEquals(await next, { done: false, value: ["d"] });
  for (let i = 0; i < 2; i++) {
    assertEquals(await batches.next(), { done: true, value: undefined });
  }
});

Deno.test("batches() gives the messages before an error, then the error every time", async () => {
  const [near, far] = memoryPair();
  using server = open(far);
  await near.write(framed("a", "b"));
  await near.write(Uint8Array.of(0xff, 0, 0, 0));
  const batches = server.batches();
  assertEquals((await batches.next()).value, ["a", "b"]);
  const error = await assertRejects(() => batches.next(), ProtocolError);
  assertStrictEquals(await assertRejects(() => batches.next()), error);
  assertStrictEquals(await assertRejects(() => server.receive()), error);
  near.close();
});

Deno.test("batches() gives every message of many small ones in order", async () => {
  using pair = await talkTcp();
  const sent = Array.from({ length: 50_000 }, (_, i) => `${i}`);
  const sending = pair.client.sendAll(sent).then(() =>
    pair.client.closeWrite()
  );
  const batches = await all(pair.server.batches());
  assertEquals(batches.flat(), sent);
  assert(batches.every((batch) => batch.length > 0));
  await sending;
});

Deno.test("batches({ reuse: true }) gives the same bytes, valid until the next batch", async () => {
  const [near, far] = memoryPair({
    toServer: { readBytes: "random" },
    seed: 3,
  });
  using pair = over([near, far], { encoding: "bytes" });
  const sent = Array.from(
    { length: 3000 },
    (_, i) => new Uint8Array(i % 200).fill(i),
  );
  const sending = pair.client.sendAll(sent).then(() =>
    pair.client.closeWrite()
  );
  let count = 0;
  for await (const batch of pair.server.batches({ reuse: true })) {
    for (const message of batch) assertEquals(message, sent[count++]);
    await turn(count % 3);
  }
  assertEquals(count, sent.length);
  await sending;
});

Deno.test("batches({ reuse: true }) leaves the buffer alone that an earlier receive still reads into", async () => {
  const [near, far] = memoryPair();
  using pair = over([near, far]);
  const frames = framed("a message", "another one");
  await near.write(frames.subarray(0, 20));
  assertEquals(await pair.server.receive(), "a message");
  await assertRejects(
    () => pair.server.receive({ timeoutMs: 1 }),
    TimeoutError,
  );
  const batch = pair.server.batches({ reuse: true }).next();
  await near.write(frames.subarray(20));
  assertEquals((await batch).value, ["another one"]);
});

Deno.test("batches({ reuse: true }) empties a batch when the next one is asked for", async () => {
  const [near, far] = memoryPair();
  using pair = over([near, far], { encoding: "bytes" });
  await pair.client.send(new Uint8Array(100));
  const batches = pair.server.batches({ reuse: true });
  const batch = (await batches.next()).value;
  assertEquals(batch.length, 1);
  const next = batches.next();
  assertEquals(batch, []);
  await pair.client.close();
  await next;
});

for (const size of [100, 100_000]) {
  Deno.test(`sendAll() of messages of ${size} bytes fails if its batch is reused before all is sent`, async () => {
    using pair = over(memoryPair(), { encoding: "bytes" });
    const batch = Array.from({ length: 5000 }, () => new Uint8Array(size));
    const sending = pair.server.sendAll(batch);
    batch.length = 0;
    const reading = all(pair.client.batches());
    const error = await assertRejects(() => sending, TypeError);
    assertStringIncludes(
      error.message,
      "the batch was reused before all of it was sent; await sendAll before you ask for the next batch",
    );
    await pair.server.closeWrite();
    assert((await reading).flat().length < 5000);
  });
}

Deno.test("messages stay as they are while more arrive, without reuse", async () => {
  const [near, far] = memoryPair({ toServer: { readBytes: 7 } });
  using pair = over([near, far], { encoding: "bytes" });
  const sent = Array.from(
    { length: 1000 },
    (_, i) => new Uint8Array(20).fill(i),
  );
  const sending = pair.client.sendAll(sent).then(() =>
    pair.client.closeWrite()
  );
  assertEquals(await all(pair.server), sent);
  await sending;
});

Deno.test("text that is not UTF-8 is a ProtocolError with the message's number and place", async () => {
  const [near, far] = memoryPair();
  using server = open(far);
  await near.write(framed("fine"));
  await near.write(Uint8Array.of(0, 0, 0, 2, 0xc3, 0x28));
  await near.write(framed("never seen"));
  assertEquals(await server.receive(), "fine");
  const error = await assertRejects(() => server.receive(), ProtocolError);
  assertEquals(error.code, "malformed");
  assertEquals([error.details.messageNumber, error.details.streamOffset], [
    2,
    8,
  ]);
  assertStringIncludes(error.message, "UTF-8");
  assertStrictEquals(await assertRejects(() => server.receive()), error);
  near.close();
});

Deno.test("json gives values, and what is none is a ProtocolError", async () => {
  using pair = talk({ encoding: "json" });
  const values = [1, null, "x", [true], { a: { b: [] } }];
  await pair.client.sendAll(values);
  for (const value of values) assertEquals(await pair.server.receive(), value);
  await assertRejects(
    () => pair.client.send(undefined as unknown as null),
    TypeError,
  );

  const [near, far] = memoryPair();
  using server = over([near, far], { encoding: "json" });
  await near.write(framed("{not json"));
  const error = await assertRejects(
    () => server.server.receive(),
    ProtocolError,
  );
  assertEquals([error.code, error.details.messageNumber], ["malformed", 1]);
});

Deno.test("text in framing raw puts characters together that were cut, and tells of one that the end cut", async () => {
  for (const readBytes of [1, 2, 3]) {
    const [near, far] = memoryPair({ toServer: { readBytes } });
    using server = open(far, { framing: "raw" });
    await near.write(utf8("a🌮é🌮"));
    await near.closeWrite();
    assertEquals((await all(server)).join(""), "a🌮é🌮");
    near.close();
  }
  const [near, far] = memoryPair();
  using server = open(far, { framing: "raw" });
  await near.write(utf8("ab🌮").subarray(0, 4));
  near.close();
  assertEquals(await server.receive(), "ab");
  const error = await assertRejects(() => server.receive(), ProtocolError);
  assertEquals(error.code, "truncated");
  assertStrictEquals(await assertRejects(() => server.receive()), error);
});

Deno.test("framing close gives one message at the end, an empty one too", async () => {
  for (const text of ["", "all of it"]) {
    const [near, far] = memoryPair({ toServer: { readBytes: 2 } });
    using server = open(far, { framing: "close" });
    if (text !== "") await near.write(utf8(text));
    const message = server.receive();
    await turn();
    await near.closeWrite();
    assertEquals(await message, text);
    assertEquals(await server.receive(), undefined);
    near.close();
  }
});

Deno.test("an encoding of one's own that throws something else has it thrown every time", async () => {
  const failure = new Error("mine");
  const [near, far] = memoryPair();
  using server = new Aborting(far, {
    framing: "length:4",
    encoding: {
      name: "mine",
      decoder: () => ({
        decode: () => {
          throw failure;
        },
        end: () => {},
      }),
      encode: () => new Uint8Array(),
    },
  });
  await near.write(framed("a", "b"));
  for (let i = 0; i < 2; i++) {
    assertStrictEquals(await assertRejects(() => server.receive()), failure);
  }
  near.close();
});

Deno.test("MessageConnection refuses options that are none, and json with framing raw", () => {
  const [near, far] = memoryPair();
  const make = (options: object) => () => new MessageConnection(near, options);
  assertThrows(make({ framing: "lenght:4" }), TypeError, "length");
  assertThrows(make({ encoding: "utf8" }), TypeError, "utf8");
  assertThrows(make({ framing: "raw", encoding: "json" }), TypeError, "raw");
  for (const name of ["idleTimeoutMs", "messageTimeoutMs", "sendTimeoutMs"]) {
    for (const value of [0, -1, NaN]) {
      assertThrows(make({ [name]: value }), RangeError, name);
    }
  }
  for (const name of ["maxMessageBytes", "highWaterMarkBytes"]) {
    for (const value of [0, -1, 1.5, NaN]) {
      assertThrows(make({ [name]: value }), RangeError, name);
    }
  }
  near.close();
  far.close();
});

/** A message connection whose disposal aborts it. */
class Aborting<T> extends MessageConnection<T> implements Disposable {
  [Symbol.dispose](): void {
    this.abort();
  }
}

function open(
  connection: ConstructorParameters<typeof MessageConnection>[0],
  options: { framing?: string; maxMessageBytes?: number } = {},
): Aborting<string> {
  return new Aborting(connection, {
    framing: "length:4",
    encoding: "text",
    ...options,
  });
}

function countingSignal(): { signal: AbortSignal; count: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    ...args: Parameters<typeof add>
  ) => (count++, add(...args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (count--, remove(...args));
  return { signal, count: () => count };
}

Deno.test("a message received without reuse stays as it was when its connection is over and others come", async () => {
  const kept: Uint8Array[] = [];
  for (let i = 0; i < 20; i++) {
    const [left, right] = memoryPair();
    const near = new MessageConnection(left, { framing: "length:4" });
    const far = new MessageConnection(right, { framing: "length:4" });
    await far.send(new Uint8Array(100).fill(i));
    kept.push((await near.receive())!);
    await Promise.all([near.close(), far.close()]);
  }
  for (const [i, message] of kept.entries()) {
    assertEquals(message, new Uint8Array(100).fill(i));
  }
});

Deno.test("what a peer makes fail before the program awaits it does not end the program, and fails then", async () => {
  for (
    const ask of [
      (server: ReturnType<typeof open>) => [server.receive()],
      (server: ReturnType<typeof open>) => [server.receive(), server.receive()],
      (server: ReturnType<typeof open>) => {
        const iterator = server[Symbol.asyncIterator]();
        return [iterator.next(), iterator.next(), iterator.next()];
      },
      (server: ReturnType<typeof open>) => [server.batches().next()],
    ]
  ) {
    // The first part of a message arrives, and then the end.
    for (const size of [0, 2, 6]) {
      const [near, far] = memoryPair();
      using server = open(far);
      const asked = ask(server);
      if (size > 0) await near.write(framed("cut off").subarray(0, size));
      await turn(3);
      if (size === 0) near.abort();
      else near.close();
      await turn(3);
      // Without anything that looked, the runtime has ended the program by now.
      for (const one of asked) await assertRejects(() => one);
      for (const one of ask(server)) await one.catch(() => {});
      ask(server);
      await turn(3);
    }
  }
});
