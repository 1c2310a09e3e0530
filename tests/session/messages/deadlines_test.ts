import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { TimeoutError } from "../../../lib/errors.ts";
import { Clock } from "../../../lib/time/clock.ts";
import { FramedConnection } from "../../../lib/session/messages/framed_connection.ts";
import { Settings } from "../../../lib/session/messages/settings.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { framed, Recorded, standing, talk } from "../harness.ts";

Deno.test("idleTimeoutMs aborts a connection with a silent peer, in time and not early", async () => {
  const time = new ManualTime();
  using pair = talk({ idleTimeoutMs: 100 }, {}, time);
  const received = assertRejects(() => pair.client.receive(), TimeoutError);
  await time.advance(99);
  assertEquals(await standing(received), "pending");
  await time.advance(21);
  const error = await received;
  assertEquals([error.deadline, error.timeoutMs], ["idle", 100]);
  assertStringIncludes(error.message, "memory:server");
  assertStringIncludes(error.message, "idleTimeoutMs");
  assertStrictEquals(pair.client.signal.reason, error);
  assertStrictEquals(await assertRejects(() => pair.client.receive()), error);
  assertStrictEquals(await assertRejects(() => pair.client.send("a")), error);
  await pair.client.close();
});

Deno.test("idleTimeoutMs begins anew with every byte received", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  using client = open(near, { idleTimeoutMs: 100 }, time);
  const message = client.receive();
  for (const byte of framed("hello")) {
    await time.advance(90);
    await far.write(Uint8Array.of(byte));
  }
  assertEquals(await message, "hello");
  far.close();
});

Deno.test("idleTimeoutMs begins anew with every message sent", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  using client = open(near, { idleTimeoutMs: 100 }, time);
  const message = client.receive().catch((error) => error);
  for (let i = 0; i < 4; i++) {
    await time.advance(90);
    void client.send("still here");
    assertEquals(client.signal.aborted, false);
  }
  await time.advance(120);
  assertInstanceOf(await message, TimeoutError);
  far.close();
});

Deno.test("idleTimeoutMs begins anew when a write that waited is taken", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using client = open(recorded, { idleTimeoutMs: 200 }, time);
  const message = client.receive().catch((error) => error);
  recorded.hold();
  void client.send("hello");
  await time.advance(190);
  recorded.release();
  await time.advance(190);
  assertEquals(recorded.taken, [9]);
  assertEquals(await standing(message), "pending");
  await time.advance(50);
  assertInstanceOf(await message, TimeoutError);
  far.close();
});

Deno.test("idleTimeoutMs is not for a handler that takes its time", async () => {
  const time = new ManualTime();
  using pair = talk({ idleTimeoutMs: 50 }, {}, time);
  await pair.client.send("a");
  await pair.client.send("b");
  assertEquals(await pair.server.receive(), "a");
  await time.advance(500);
  assertEquals(await pair.server.receive(), "b");
  assertEquals(pair.server.signal.aborted, false);
});

Deno.test("messageTimeoutMs aborts a connection whose peer sends one byte at a time, however regularly", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  using client = open(near, {
    messageTimeoutMs: 150,
    idleTimeoutMs: 1000,
  }, time);
  const outcome = client.receive().then(String, (error) => error);
  let tookMs = 0;
  for (const byte of framed("x".repeat(1000))) {
    if (client.signal.aborted) break;
    await far.write(Uint8Array.of(byte));
    await time.advance(10);
    tookMs += 10;
  }
  const error = await outcome;
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.deadline, error.timeoutMs], ["message", 150]);
  assertStringIncludes(error.message, "messageTimeoutMs");
  assertWithin(tookMs, 150, 150 + 2 * 15 + 10);
  far.close();
});

Deno.test("both deadlines of a message say how much of it is here and that the other byte order fits, wherever it was cut", async () => {
  const bytes = Uint8Array.of(0, 1, 0, 0, ...new Uint8Array(256));
  const hint = [
    "260 of its 65,540 bytes arrived; as little-endian 256 fits exactly",
    "length:4,le",
  ];
  for (const cut of [1, 2, 3, 4, 5, 130, 259]) {
    const time = new ManualTime();
    const [near, far] = memoryPair();
    using client = open(near, {
      framing: "length:4",
      messageTimeoutMs: 300,
    }, time);
    assertEquals(client.waitHint, undefined);
    const late = client.receive({ timeoutMs: 100 }).catch((error) => error);
    await far.write(bytes.subarray(0, cut));
    await far.write(bytes.subarray(cut));
    await time.advance(101);
    const { advice, deadline, framing, message } = await late;
    assertEquals([deadline, advice, framing], ["receive", ...hint]);
    assertStringIncludes(message, `; ${hint[0]}; try framing length:4,le`);
    const ended = client.receive().catch((error) => error);
    await time.advance(1000);
    const end = await ended;
    assertEquals([end.deadline, end.advice, end.framing], ["message", ...hint]);
    far.close();
  }
});

for (
  const [framing, sent, hint] of [
    ["line", "half a li", "9 bytes of a message arrived"],
    ["netstring", "12:hello", "8 of its 16 bytes arrived"],
    ["fixed:8", "hello", "5 of its 8 bytes arrived"],
    [
      "line then length:2",
      "HELLO\n\x01\0a",
      "3 of its 258 bytes arrived; as little-endian 1 fits exactly",
    ],
  ] as const
) {
  Deno.test(`the deadline of a message says what is here of it (${framing})`, async () => {
    const time = new ManualTime();
    const [near, far] = memoryPair();
    using client = open(near, { framing }, time);
    await far.write(new TextEncoder().encode(sent));
    if (framing.includes("then")) await client.receive();
    const late = client.receive({ timeoutMs: 100 }).catch((error) => error);
    await time.advance(101);
    assertEquals((await late).advice, hint);
    far.close();
  });
}

Deno.test("messageTimeoutMs is not for the time between messages, nor for all of them together", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  using client = open(near, { messageTimeoutMs: 100 }, time);
  const received = (async () => {
    const messages = [];
    for await (const message of client) messages.push(message);
    return messages;
  })();
  await time.advance(150);
  const frames = framed("a", "b", "c");
  // Always a part of the next message along with the rest of the last.
  for (const [from, to] of [[0, 3], [3, 8], [8, 13], [13, 15]] as const) {
    await far.write(frames.subarray(from, to));
    await time.advance(90);
  }
  await time.advance(1000);
  await far.closeWrite();
  assertEquals(await received, ["a", "b", "c"]);
  far.close();
});

Deno.test("messageTimeoutMs is not for a handler that takes its time with a message begun behind", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair();
  using client = open(near, { messageTimeoutMs: 60 }, time);
  const frames = framed("a", "b");
  await far.write(frames.subarray(0, 7));
  assertEquals(await client.receive(), "a");
  await time.advance(1500);
  await far.write(frames.subarray(7));
  assertEquals(await client.receive(), "b");
  far.close();
});

Deno.test("sendTimeoutMs aborts a connection whose peer does not read, in time and not early", async () => {
  const time = new ManualTime();
  using pair = talk({ sendTimeoutMs: 100 }, { bufferBytes: 10 }, time);
  const sent = assertRejects(
    () => pair.client.send("x".repeat(100_000)),
    TimeoutError,
  );
  await time.advance(99);
  assertEquals(await standing(sent), "pending");
  await time.advance(21);
  const error = await sent;
  assertEquals([error.deadline, error.timeoutMs], ["send", 100]);
  assertStringIncludes(error.message, "99994 waiting bytes");
  assertStrictEquals(await assertRejects(() => pair.client.receive()), error);
});

Deno.test("sendTimeoutMs begins anew with every byte taken", async () => {
  const time = new ManualTime();
  const [near, far] = memoryPair({ bufferBytes: 4 });
  using client = open(
    near,
    { sendTimeoutMs: 100, highWaterMarkBytes: 1 },
    time,
  );
  const sent = client.send("x".repeat(12));
  const into = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    await time.advance(90);
    await far.read(into);
  }
  await sent;
  far.close();
});

Deno.test("sendTimeoutMs is not for a connection with nothing to send", async () => {
  const time = new ManualTime();
  using pair = talk({ sendTimeoutMs: 50 }, {}, time);
  await pair.client.send("a");
  const message = pair.client.receive();
  await time.advance(1500);
  await pair.server.send("b");
  assertEquals(await message, "b");
});

Deno.test("a deadline of one connection of many ends that one alone", async () => {
  const time = new ManualTime();
  using silent = talk({ idleTimeoutMs: 100 }, {}, time);
  using busy = talk({ idleTimeoutMs: 100 }, {}, time);
  const lost = assertRejects(() => silent.client.receive(), TimeoutError);
  for (let i = 0; i < 5; i++) {
    await time.advance(40);
    await busy.server.send("a");
    assertEquals(await busy.client.receive(), "a");
  }
  await lost;
  assertEquals(busy.client.signal.aborted, false);
});

Deno.test("Clock does not hold a long computation of ours against the peers", async () => {
  const time = new ManualTime();
  using pair = talk({ idleTimeoutMs: 100 }, {}, time);
  const message = pair.client.receive();
  await time.advance(20);
  time.skip(250);
  await time.advance(10);
  assertEquals(pair.client.signal.aborted, false);
  await pair.server.send("just in time");
  assertEquals(await message, "just in time");
});

Deno.test("a deadline is not early and at most two steps late, whenever between two steps the waiting begins", async () => {
  for (const offsetMs of [0, 1, 5, 9]) {
    const time = new ManualTime();
    const settings = new Settings<string>(
      { framing: "length:4", encoding: "text", idleTimeoutMs: 40 },
      { time },
    );
    const [first, second] = [memoryPair(), memoryPair()];
    // The clock has to run already; this one waits for nothing, so it has no end.
    const running = new FramedConnection(first[0], settings);
    await time.advance(offsetMs);
    const connection = new FramedConnection(second[0], settings);
    const received = assertRejects(() => connection.receive(), TimeoutError);
    let tookMs = 0;
    for (; !connection.signal.aborted; tookMs++) await time.advance(1);
    await received;
    assertWithin(tookMs, 40, 60);
    running.abort();
    for (const [, far] of [first, second]) far.close();
    assertEquals(time.pending, 0);
  }
});

Deno.test("Clock steps a tenth of the shortest deadline, at least 10 ms and at most 1 s", () => {
  for (
    const [deadlines, step] of [
      [[300, 5000], 30],
      [[5], 10],
      [[100], 10],
      [[60_000], 1000],
      [[10_000, 20_000], 1000],
      [[2_000, Infinity], 200],
    ] as const
  ) {
    assertEquals(new Clock(deadlines).stepMs, step);
  }
});

Deno.test("Clock stops when nothing is watched and goes on when something is again", async () => {
  const time = new ManualTime();
  const clock = new Clock([50], time);
  const seen: number[] = [];
  const watched = {
    place: -1,
    check: (nowMs: number) => void seen.push(nowMs),
  };
  for (let i = 0; i < 2; i++) {
    clock.add(watched);
    clock.add(watched);
    await time.advance(25);
    clock.delete(watched);
    clock.delete(watched);
    await time.advance(100);
    assertEquals(time.pending, 0);
  }
  assertEquals(seen, [10, 20, 30, 40]);
  assertEquals(clock.nowMs, 40);
});

Deno.test("Clock lets something be removed while all are checked", async () => {
  const time = new ManualTime();
  const clock = new Clock([50], time);
  const checked: number[] = [];
  const all = [0, 1, 2].map((i) => ({
    place: -1,
    check() {
      checked.push(i);
      all.forEach((other) => clock.delete(other));
    },
  }));
  all.forEach((each) => clock.add(each));
  await time.advance(100);
  assertEquals(checked, [0]);
  assertEquals(time.pending, 0);
});

function open(
  connection: ConstructorParameters<typeof FramedConnection>[0],
  deadlines: {
    framing?: string;
    idleTimeoutMs?: number;
    messageTimeoutMs?: number;
    sendTimeoutMs?: number;
    highWaterMarkBytes?: number;
  },
  time: ManualTime,
): FramedConnection<string> & Disposable {
  const settings = new Settings<string>(
    { framing: "length:4", encoding: "text", ...deadlines },
    { time },
  );
  const messages = new FramedConnection(connection, settings);
  return Object.assign(messages, { [Symbol.dispose]: () => messages.abort() });
}

function assertWithin(value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new Error(`${value} is not from ${least} to ${most}`);
}
