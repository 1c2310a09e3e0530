import {
  assert,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import {
  all,
  framed,
  over,
  Recorded,
  standing,
  talk,
  talkTcp,
  turn,
  until,
} from "../harness.ts";

Deno.test("send() of a message above maxMessageBytes is a RangeError, sends nothing and leaves the connection usable", async () => {
  using pair = talk({ maxMessageBytes: 10 });
  await assertRejects(() => pair.client.send("12345678901"), RangeError);
  assertEquals(pair.client.stats.messagesOut, 0);
  // Asking for an answer is what flushes.
  const answer = pair.client.receive();
  await pair.server.send("still here");
  assertEquals(await answer, "still here");
  await pair.client.send("1234567890");
  assertEquals(await pair.server.receive(), "1234567890");
});

Deno.test("send() of an empty message in framing raw writes nothing and breaks nothing", async () => {
  using pair = talk({ framing: "raw" });
  await pair.client.send("");
  const answer = pair.client.receive();
  await pair.server.send("a");
  assertEquals(await answer, "a");
  await pair.client.send("b");
  assertEquals(await pair.server.receive(), "b");
});

Deno.test("send() in framing close finishes sending and receiving goes on", async () => {
  using pair = talk({ framing: "close" });
  await pair.client.send("everything");
  assertEquals(await pair.server.receive(), "everything");
  await pair.server.send("understood");
  assertEquals(await pair.client.receive(), "understood");
  for (const end of [pair.client, pair.server]) {
    assertEquals(await end.receive(), undefined);
    await assertRejects(() => end.send("more"), ClosedError);
    await assertRejects(() => end.sendAll(["more"]), ClosedError);
  }
});

Deno.test("sendAll() in framing close finishes sending after the first message and refuses a second", async () => {
  for (const messages of [["one"], ["one", "two"]]) {
    using pair = talk({ framing: "close" });
    const sent = pair.client.sendAll(messages);
    if (messages.length > 1) await assertRejects(() => sent, ClosedError);
    else await sent;
    assertEquals(await pair.server.receive(), "one");
    assertEquals(await pair.server.receive(), undefined);
  }
});

Deno.test("send() in framing close finishes sending an empty message and a large one too", async () => {
  for (const size of [0, 1, 500_000]) {
    using pair = talk({ framing: "close" });
    const sent = pair.client.send("x".repeat(size));
    assertEquals((await pair.server.receive())?.length, size);
    assertEquals(await pair.server.receive(), undefined);
    await sent;
  }
});

Deno.test("sendAll() of nothing in framing close finishes nothing", async () => {
  using pair = talk({ framing: "close" });
  await pair.client.sendAll([]);
  await pair.client.send("one");
  assertEquals(await pair.server.receive(), "one");
});

Deno.test("send() of what the framing or the encoding cannot express is refused before a byte leaves, and the connection stays usable", async () => {
  for (
    const [framing, bad, error] of [
      ["delimiter:#", "a#b", RangeError],
      ["line", "a\nb", RangeError],
      ["length:1", "x".repeat(256), RangeError],
      ["fixed:3", "four", RangeError],
      ["length:4", 5 as unknown as string, TypeError],
      ["length:4", "\ud800", TypeError],
    ] as const
  ) {
    const [near, far] = memoryPair();
    const recorded = new Recorded(near);
    using pair = over([recorded, far], { framing });
    await assertRejects(() => pair.client.send(bad), error);
    await assertRejects(() => pair.client.sendAll([bad]), error);
    await turn(2);
    assertEquals(recorded.writes, []);
    assertEquals(pair.client.stats.messagesOut, 0);
    await pair.client.send("abc");
    assertEquals(await pair.server.receive(), "abc");
  }
});

Deno.test("sendAll() sends the messages before one that cannot be sent", async () => {
  using pair = talk({ framing: "line" });
  await assertRejects(
    () => pair.client.sendAll(["a", "b", "no\nline", "c"]),
    RangeError,
  );
  await pair.client.send("d");
  for (const message of ["a", "b", "d"]) {
    assertEquals(await pair.server.receive(), message);
  }
});

Deno.test("frames sent in one turn leave in one write, awaited or not", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using pair = over([recorded, far]);
  for (let i = 0; i < 50; i++) void pair.client.send("a");
  for (let i = 0; i < 50; i++) await pair.client.send("b");
  await until(() => pair.client.stats.bytesWaiting === 0, "written");
  assertEquals(recorded.writes, [500]);
});

Deno.test("a few frames sent in one turn leave in it, while a message is being waited for", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using pair = over([recorded, far]);
  const answer = pair.client.receive();
  for (const message of ["a", "b", "c"]) void pair.client.send(message);
  // Microtasks only: the next turn may be a millisecond away.
  for (let i = 0; i < 20; i++) await undefined;
  assertEquals(recorded.writes, [15]);
  await pair.server.send("answer");
  assertEquals(await answer, "answer");
});

Deno.test("answers given inside for await leave in one write when the questions came together", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(far);
  using pair = over([near, recorded]);
  const served = (async () => {
    for await (const message of pair.server) await pair.server.send(message);
  })();
  for (let round = 1; round <= 3; round++) {
    await pair.client.sendAll(Array(200).fill("hello"));
    for (let i = 0; i < 200; i++) {
      assertEquals(await pair.client.receive(), "hello");
    }
    assertEquals(recorded.writes, Array(round).fill(200 * 9));
  }
  await pair.client.closeWrite();
  await served;
});

Deno.test("what is sent while a write is under way follows in one write", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using pair = over([recorded, far]);
  recorded.hold();
  await pair.client.send("first");
  await until(() => recorded.writes.length === 1, "begun");
  for (const message of ["a", "b", "c"]) {
    await pair.client.send(message);
    await turn();
  }
  recorded.release();
  await until(() => pair.client.stats.bytesWaiting === 0, "written");
  assertEquals(recorded.writes, [9, 15]);
});

Deno.test("receive() writes what was sent before it at once", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using pair = over([recorded, far]);
  void pair.client.send("question");
  const answer = pair.client.receive();
  assertEquals(recorded.writes, [12]);
  await pair.server.send("answer");
  assertEquals(await answer, "answer");
});

Deno.test("a frame arrives whole though every write takes only a part", async () => {
  for (const most of [1, 7, 1000]) {
    const [near, far] = memoryPair();
    const recorded = new Recorded(near);
    recorded.most = most;
    using pair = over([recorded, far], { encoding: "bytes" });
    const large = Uint8Array.from(
      { length: 300_000 / (most === 1 ? 100 : 1) },
      (_, i) => i,
    );
    const messages = [
      large,
      new Uint8Array(3).fill(1),
      large,
      new Uint8Array(0),
    ];
    const sending = pair.client.sendAll(messages).then(() =>
      pair.client.closeWrite()
    );
    assertEquals(await all(pair.server), messages);
    await sending;
    assert(recorded.taken.every((taken) => taken <= most));
  }
});

Deno.test("send() waits for a peer that does not read, and goes on when it does", async () => {
  using pair = talk({ highWaterMarkBytes: 1000 }, { bufferBytes: 5000 });
  let sent = 0;
  const sending = (async () => {
    for (let i = 0; i < 100; i++) {
      await pair.client.send("x".repeat(96));
      sent++;
    }
  })();
  await standing(sending);
  // 50 frames under way, 9 below the mark, and one that waits.
  assertEquals(sent, 59);
  assertEquals(pair.client.stats.bytesWaiting, 1000);
  for (let i = 0; i < 100; i++) await pair.server.receive();
  await sending;
});

Deno.test("send() that is not awaited waits too, and each promise resolves in its turn", async () => {
  using pair = talk({ highWaterMarkBytes: 100 }, { bufferBytes: 10 });
  const order: number[] = [];
  const sent = Array.from(
    { length: 50 },
    (_, i) => pair.client.send(`${i}`.padStart(20)).then(() => order.push(i)),
  );
  assertEquals(
    (await all(head(pair.server, 50))).map(Number),
    Array.from(sent.keys()),
  );
  await Promise.all(sent);
  assertEquals(order, Array.from(sent.keys()));
});

Deno.test("a peer that never reads bounds what waits in memory, with send() and with sendAll() of endless messages", async () => {
  for (const how of ["send", "sendAll"] as const) {
    for (const size of [0, 10, 5000, 200_000]) {
      using pair = await talkTcp({ encoding: "bytes" });
      const message = new Uint8Array(size);
      let given = 0;
      const endless = function* () {
        for (;; given++) yield message;
      };
      const sending = (async () => {
        if (how === "sendAll") await pair.client.sendAll(endless());
        else for (const each of endless()) await pair.client.send(each);
      })();
      sending.catch(() => {});
      let before = -1;
      // Until the system takes no more.
      await until(() => {
        const { bytesOut } = pair.client.stats;
        const still = bytesOut > 0 && bytesOut === before;
        before = bytesOut;
        return still;
      }, "stopped");
      await turn(10);
      const { bytesWaiting, messagesOut } = pair.client.stats;
      assertLessOrEqual(
        bytesWaiting,
        2 * 64 * 1024 + size + 4,
        `${how} of ${size}`,
      );
      assert(bytesWaiting > 0);
      assertLess(given - messagesOut, 2);
      pair.client.abort();
      await assertRejects(() => sending, ClosedError);
    }
  }
});

Deno.test("sendAll() leaves its iterable when the connection ends", async () => {
  for (const ending of ["abort", "close"] as const) {
    using pair = talk({}, { bufferBytes: 10 });
    let left = false;
    const endless = function* () {
      try {
        for (;;) yield "x".repeat(1000);
      } finally {
        left = true;
      }
    };
    const sending = pair.client.sendAll(endless());
    await turn();
    const ended = pair.client[ending]();
    if (ending === "close") {
      const received = all(pair.server);
      await assertRejects(() => sending, ClosedError);
      await received;
      await pair.server.close();
    } else await assertRejects(() => sending, ClosedError);
    await ended;
    assert(left);
  }
});

Deno.test("sendAll() throws what its iterable throws, and sends what came before", async () => {
  using pair = talk();
  const failure = new Error("no more");
  function* failing() {
    yield "a";
    throw failure;
  }
  assertStrictEquals(
    await assertRejects(() => pair.client.sendAll(failing())),
    failure,
  );
  assertEquals(await pair.server.receive(), "a");
});

Deno.test("a payload above 128 KiB arrives as it was though its array is changed once send() resolves", async () => {
  for (const size of [128 * 1024, 128 * 1024 + 1, 1024 * 1024]) {
    using pair = await talkTcp({ encoding: "bytes" });
    const payload = new Uint8Array(size);
    const received = all(head(pair.server, 4));
    for (let i = 0; i < 4; i++) {
      await pair.client.send(payload.fill(i));
      payload.fill(99);
    }
    for (const [i, message] of (await received).entries()) {
      assertEquals(message.length, size);
      assert(message.every((byte) => byte === i), `message ${i} was changed`);
    }
  }
});

Deno.test("send() of a payload above 128 KiB does not resolve before the system has taken the last of it", async () => {
  using pair = talk({ encoding: "bytes" }, { bufferBytes: 1000 });
  const payload = new Uint8Array(128 * 1024 + 1);
  const sent = pair.client.send(payload).then(() => {
    assertEquals(pair.client.stats.bytesWaiting, 0);
    payload.fill(99);
  });
  const message = await pair.server.receive();
  assert(message?.every((byte) => byte === 0), "it was changed");
  await sent;
});

Deno.test("a payload up to 128 KiB may be changed as soon as send() returns", async () => {
  using pair = talk({ encoding: "bytes" });
  const payload = new Uint8Array(128 * 1024);
  const sent = [1, 2, 3].map((i) => {
    const sending = pair.client.send(payload.fill(i));
    payload.fill(99);
    return sending;
  });
  for (const i of [1, 2, 3]) {
    const message = await pair.server.receive();
    assert(message?.every((byte) => byte === i), `message ${i} was changed`);
  }
  await Promise.all(sent);
});

Deno.test("sendAll() lets a payload above 128 KiB be used again for the next message", async () => {
  using pair = await talkTcp({ encoding: "bytes" });
  const payload = new Uint8Array(200_000);
  function* reusing() {
    for (let i = 0; i < 5; i++) yield payload.fill(i);
  }
  const received = all(head(pair.server, 5));
  await pair.client.sendAll(reusing());
  for (const [i, message] of (await received).entries()) {
    assert(message.every((byte) => byte === i), `message ${i} was changed`);
  }
});

Deno.test("a payload above 128 KiB is the caller's again no sooner in a program that answers once per round", async () => {
  const payload = new Uint8Array(200_000);
  function* reusing() {
    for (let i = 0; i < 5; i++) yield payload.fill(i);
  }
  const sending = [
    async (peer: MessageConnection<Uint8Array>) => {
      for (const message of reusing()) await peer.send(message);
      payload.fill(99);
    },
    async (peer: MessageConnection<Uint8Array>) => {
      await peer.sendAll(reusing());
      payload.fill(99);
    },
    async (peer: MessageConnection<Uint8Array>) => {
      for (const message of reusing()) await peer.sendAll([message]);
      payload.fill(99);
    },
  ];
  for (const send of sending) {
    using pair = talk({ encoding: "bytes" }, { bufferBytes: 1000 });
    // From then on an answer is written within the call that sends it.
    for (let round = 0; round < 20; round++) {
      await pair.client.send(Uint8Array.of(round));
      await pair.server.receive();
      await pair.server.send(Uint8Array.of(round));
      await pair.client.receive();
    }
    const received = all(head(pair.server, 5));
    await send(pair.client);
    for (const [i, message] of (await received).entries()) {
      assert(message.every((byte) => byte === i), `message ${i} was changed`);
    }
  }
});

Deno.test("small and large messages sent together arrive in order", async () => {
  using pair = await talkTcp({ encoding: "bytes" });
  const sizes = [
    10,
    200_000,
    0,
    1,
    300_000,
    300_000,
    50_000,
    131_072,
    131_073,
    3,
  ];
  const messages = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
  const sent = messages.map((message) => pair.client.send(message));
  const received = await all(head(pair.server, sizes.length));
  assertEquals(received.map(({ length }) => length), sizes);
  assert(
    received.every((message, i) => message.every((byte) => byte === i + 1)),
  );
  await Promise.all(sent);
});

Deno.test("send() that waits is thrown the loss of the link, and so is every later one", async () => {
  using pair = talk({}, {
    bufferBytes: 10,
    toServer: { resetAfterBytes: 1000 },
  });
  const sending = [
    pair.client.send("x".repeat(200_000)),
    pair.client.send("y".repeat(200_000)),
  ];
  const settled = Promise.allSettled(sending);
  const error = await assertRejects(
    () => pair.server.receive(),
    ConnectionError,
  );
  assertEquals(error.code, "reset");
  const [first, second] = await settled;
  assert(first?.status === "rejected" && second?.status === "rejected");
  assertStrictEquals(first.reason, second.reason);
  assert(first.reason instanceof ConnectionError);
  assertStrictEquals(
    await assertRejects(() => pair.client.send("z")),
    first.reason,
  );
  assertEquals(pair.client.stats.bytesOut, 1000);
});

Deno.test("a connection that writes nothing for a while and then again loses nothing in between", async () => {
  const [near, far] = memoryPair();
  using client = new Aborting(near);
  const into = new Uint8Array(100);
  for (let i = 0; i < 20; i++) {
    void client.send(`${i}`);
    // Ever more microtasks, to meet every state of the flush.
    for (let hop = 0; hop < i; hop++) await Promise.resolve();
    void client.send("b");
    const expected = framed(`${i}`, "b");
    let count = 0;
    while (count < expected.length) {
      count += await far.read(into.subarray(count)) ?? 0;
    }
    assertEquals(into.subarray(0, count), expected);
  }
  far.close();
});

/** The first few messages. */
async function* head<T>(
  messages: AsyncIterable<T>,
  count: number,
): AsyncGenerator<T> {
  for await (const message of messages) {
    yield message;
    if (--count === 0) return;
  }
}

/** A message connection whose disposal aborts it. */
class Aborting extends MessageConnection<string> implements Disposable {
  constructor(connection: ConstructorParameters<typeof MessageConnection>[0]) {
    super(connection, { framing: "length:4", encoding: "text" });
  }
  [Symbol.dispose](): void {
    this.abort();
  }
}

Deno.test("sendAll() of bytes writes up to three high-water marks at once, and send() waits at one", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  const options = { framing: "length:4", highWaterMarkBytes: 1_000 };
  using pair = over([recorded, far], { ...options, encoding: "bytes" });
  const received = all(pair.server);
  const message = new Uint8Array(496);
  await pair.client.sendAll(Array.from({ length: 8 }, () => message));
  assertEquals(recorded.writes, [3_000, 1_000]);
  await pair.client.close();
  assertEquals((await received).length, 8);
});

Deno.test("a message above maxSentMessageBytes names that option, by whatever call it is sent", async () => {
  using pair = talk({ maxMessageBytes: 100, maxSentMessageBytes: 10 });
  const long = "x".repeat(11);
  const { client } = pair;
  const calls = [
    () => client.send(long),
    () => client.sendAll(["a", long]),
    () =>
      client.sendAll((function* () {
        yield long;
      })()),
    () => Promise.resolve().then(() => client.trySend(long)),
  ];
  for (const call of calls) {
    const error = await assertRejects(call, RangeError);
    assertEquals(
      error.message,
      "Cannot send message of 11 bytes: the limit is 10 bytes (maxSentMessageBytes)",
    );
  }
  using binary = talk({ encoding: "bytes", maxSentMessageBytes: 10 });
  await assertRejects(
    () => binary.client.sendAll([new Uint8Array(2), new Uint8Array(11)]),
    RangeError,
    "(maxSentMessageBytes)",
  );
  using one = talk({ maxMessageBytes: 10 });
  await assertRejects(() => one.client.send(long), RangeError, "(maxMessage");
});
