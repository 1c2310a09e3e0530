import {
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { TimeoutError } from "../../../lib/errors.ts";
import { Clock } from "../../../lib/time/clock.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { Settings } from "../../../lib/session/messages/settings.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { delay, framed, Recorded, talk, until } from "../harness.ts";

// Timers may fire a little early by performance.now(), and late on a busy machine.
const EARLY_MS = 2;
const BUSY_MS = 150;

Deno.test("idleTimeoutMs aborts a connection with a silent peer, in time and not early", async () => {
  using pair = talk({ idleTimeoutMs: 100 });
  const begun = performance.now();
  const error = await assertRejects(() => pair.client.receive(), TimeoutError);
  const took = performance.now() - begun;
  assertGreaterOrEqual(took, 100 - EARLY_MS);
  assertLess(took, 120 + BUSY_MS);
  assertEquals([error.deadline, error.timeoutMs], ["idle", 100]);
  assertStringIncludes(error.message, "memory:server");
  assertStringIncludes(error.message, "idleTimeoutMs");
  assertStrictEquals(pair.client.signal.reason, error);
  assertStrictEquals(await assertRejects(() => pair.client.receive()), error);
  assertStrictEquals(await assertRejects(() => pair.client.send("a")), error);
  await pair.client.close();
});

Deno.test("idleTimeoutMs begins anew with every byte received", async () => {
  const [near, far] = memoryPair();
  using client = open(near, { idleTimeoutMs: 100 });
  const message = client.receive();
  for (const byte of framed("hello")) {
    await delay(60);
    await far.write(Uint8Array.of(byte));
  }
  assertEquals(await message, "hello");
  far.close();
});

Deno.test("idleTimeoutMs begins anew with every message sent", async () => {
  const [near, far] = memoryPair();
  using client = open(near, { idleTimeoutMs: 100 });
  const message = client.receive().catch((error) => error);
  for (let i = 0; i < 4; i++) {
    await delay(60);
    void client.send("still here");
    assertEquals(client.signal.aborted, false);
  }
  assertInstanceOf(await message, TimeoutError);
  far.close();
});

Deno.test("idleTimeoutMs begins anew when a write that waited is taken", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  using client = open(recorded, { idleTimeoutMs: 200 });
  const message = client.receive().catch((error) => error);
  recorded.hold();
  void client.send("hello");
  await delay(150);
  recorded.release();
  await until(() => recorded.taken.length > 0, "taken");
  const begun = performance.now();
  assertInstanceOf(await message, TimeoutError);
  assertGreaterOrEqual(performance.now() - begun, 200 - EARLY_MS);
  far.close();
});

Deno.test("idleTimeoutMs is not for a handler that takes its time", async () => {
  using pair = talk({ idleTimeoutMs: 50 });
  await pair.client.send("a");
  await pair.client.send("b");
  assertEquals(await pair.server.receive(), "a");
  await delay(200);
  assertEquals(await pair.server.receive(), "b");
  assertEquals(pair.server.signal.aborted, false);
});

Deno.test("messageTimeoutMs aborts a connection whose peer sends one byte at a time, however regularly", async () => {
  const [near, far] = memoryPair();
  using client = open(near, { messageTimeoutMs: 150, idleTimeoutMs: 1000 });
  const begun = performance.now();
  const outcome = client.receive().then(String, (error) => error);
  let sent = 0;
  const sending = (async () => {
    for (const byte of framed("x".repeat(1000))) {
      await delay(10);
      await far.write(Uint8Array.of(byte));
      sent++;
    }
  })().catch(() => {});
  const error = await outcome;
  const took = performance.now() - begun;
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.deadline, error.timeoutMs], ["message", 150]);
  assertStringIncludes(error.message, "messageTimeoutMs");
  assertGreaterOrEqual(took, 150 - EARLY_MS);
  assertLess(took, 180 + 20 + BUSY_MS);
  assertGreaterOrEqual(sent, 3);
  await sending;
  far.close();
});

Deno.test("messageTimeoutMs is not for the time between messages, nor for all of them together", async () => {
  const [near, far] = memoryPair();
  using client = open(near, { messageTimeoutMs: 100 });
  const received = (async () => {
    const messages = [];
    for await (const message of client) messages.push(message);
    return messages;
  })();
  await delay(150);
  const frames = framed("a", "b", "c");
  // Always a part of the next message along with the rest of the last.
  for (const [from, to] of [[0, 3], [3, 8], [8, 13], [13, 15]] as const) {
    await far.write(frames.subarray(from, to));
    await delay(60);
  }
  await delay(100);
  await far.closeWrite();
  assertEquals(await received, ["a", "b", "c"]);
  far.close();
});

Deno.test("messageTimeoutMs is not for a handler that takes its time with a message begun behind", async () => {
  const [near, far] = memoryPair();
  using client = open(near, { messageTimeoutMs: 60 });
  const frames = framed("a", "b");
  await far.write(frames.subarray(0, 7));
  assertEquals(await client.receive(), "a");
  await delay(150);
  await far.write(frames.subarray(7));
  assertEquals(await client.receive(), "b");
  far.close();
});

Deno.test("sendTimeoutMs aborts a connection whose peer does not read, in time and not early", async () => {
  using pair = talk({ sendTimeoutMs: 100 }, { bufferBytes: 10 });
  const begun = performance.now();
  const error = await assertRejects(
    () => pair.client.send("x".repeat(100_000)),
    TimeoutError,
  );
  const took = performance.now() - begun;
  assertGreaterOrEqual(took, 100 - EARLY_MS);
  assertLess(took, 120 + BUSY_MS);
  assertEquals([error.deadline, error.timeoutMs], ["send", 100]);
  assertStringIncludes(error.message, "99994 waiting bytes");
  assertStrictEquals(await assertRejects(() => pair.client.receive()), error);
});

Deno.test("sendTimeoutMs begins anew with every byte taken", async () => {
  const [near, far] = memoryPair({ bufferBytes: 4 });
  using client = open(near, { sendTimeoutMs: 100, highWaterMarkBytes: 1 });
  const sent = client.send("x".repeat(12));
  const into = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    await delay(60);
    await far.read(into);
  }
  await sent;
  far.close();
});

Deno.test("sendTimeoutMs is not for a connection with nothing to send", async () => {
  using pair = talk({ sendTimeoutMs: 50 });
  await pair.client.send("a");
  const message = pair.client.receive();
  await delay(150);
  await pair.server.send("b");
  assertEquals(await message, "b");
});

Deno.test("a deadline of one connection of many ends that one alone", async () => {
  const clock = { idleTimeoutMs: 100 };
  using silent = talk(clock);
  using busy = talk(clock);
  const lost = assertRejects(() => silent.client.receive(), TimeoutError);
  for (let i = 0; i < 5; i++) {
    await delay(40);
    await busy.server.send("a");
    assertEquals(await busy.client.receive(), "a");
  }
  await lost;
  assertEquals(busy.client.signal.aborted, false);
});

Deno.test("Clock does not hold a long computation of ours against the peers", async () => {
  using pair = talk({ idleTimeoutMs: 100 });
  const message = pair.client.receive();
  await delay(20);
  const until = performance.now() + 250;
  while (performance.now() < until);
  await delay(0);
  assertEquals(pair.client.signal.aborted, false);
  await pair.server.send("just in time");
  assertEquals(await message, "just in time");
});

Deno.test("a deadline is not early and at most two steps late, whenever between two steps the waiting begins", async () => {
  const settings = new Settings<string>({
    framing: "length:4",
    encoding: "text",
    idleTimeoutMs: 40,
  });
  const pairs = Array.from({ length: 12 }, () => memoryPair());
  // The clock has to run already; this one waits for nothing, so it has no end.
  const first = new MessageConnection(pairs[0]![0], settings);
  const waits = pairs.slice(1).map(async ([near], i) => {
    await delay(3 * i);
    const connection = new MessageConnection(near, settings);
    const begun = performance.now();
    await assertRejects(() => connection.receive(), TimeoutError);
    return performance.now() - begun;
  });
  for (const took of await Promise.all(waits)) {
    assertGreaterOrEqual(took, 40 - EARLY_MS);
    assertLess(took, 60 + BUSY_MS);
  }
  first.abort();
  for (const [, far] of pairs) far.close();
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
  const clock = new Clock([50]);
  const seen: number[] = [];
  const watched = { check: (nowMs: number) => void seen.push(nowMs) };
  for (let i = 0; i < 2; i++) {
    const before = seen.length;
    clock.add(watched);
    clock.add(watched);
    await until(() => seen.length > before + 1, "checked");
    clock.delete(watched);
    clock.delete(watched);
  }
  const { length } = seen;
  const stopped = clock.nowMs;
  await delay(40);
  assertEquals(seen.length, length);
  assertEquals(clock.nowMs, stopped);
  assertEquals(seen, seen.toSorted((a, b) => a - b));
});

Deno.test("Clock lets something be removed while all are checked", async () => {
  const clock = new Clock([50]);
  const checked = new Set<number>();
  const all = [0, 1, 2].map((i) => ({
    check() {
      checked.add(i);
      all.forEach((other) => clock.delete(other));
    },
  }));
  all.forEach((each) => clock.add(each));
  await until(() => checked.size > 0, "checked");
  await delay(30);
  assertEquals([...checked], [0]);
});

function open(
  connection: ConstructorParameters<typeof MessageConnection>[0],
  deadlines: {
    idleTimeoutMs?: number;
    messageTimeoutMs?: number;
    sendTimeoutMs?: number;
    highWaterMarkBytes?: number;
  },
): MessageConnection<string> & Disposable {
  const messages = new MessageConnection<string>(connection, {
    framing: "length:4",
    encoding: "text",
    ...deadlines,
  });
  return Object.assign(messages, { [Symbol.dispose]: () => messages.abort() });
}
