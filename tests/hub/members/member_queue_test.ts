/**
 * What waits for one member, and whom that holds up.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { memoryPair } from "../../../lib/testing/mod.ts";
import { MemberQueue } from "../../../lib/hub/members/member_queue.ts";
import { Outgoing } from "../../../lib/hub/members/outgoing.ts";
import { type Parcel, unpacked } from "../../../lib/hub/rooms/parcel.ts";
import { FramedConnection } from "../../../lib/session/messages/framed_connection.ts";
import { until } from "../../session/harness.ts";
import { ManualTime } from "../../support/manual_time.ts";

const QUEUE_BYTES = 1_000;

/** A parcel of one message of `length:4`. */
function parcel(bytes: number, isNotice = false): Parcel {
  const frames = new Uint8Array(bytes);
  new DataView(frames.buffer).setUint32(0, bytes - 4);
  return { count: 1, isNotice, size: bytes, frames, messages: [] };
}

function setUp(patienceMs: number) {
  const [near, far] = memoryPair({ bufferBytes: 10 });
  const time = new ManualTime();
  const connection = new FramedConnection<Uint8Array>(near, {
    framing: "length:4",
  });
  const told: string[] = [];
  const queue = new MemberQueue(
    connection,
    { queueBytes: QUEUE_BYTES, patienceMs, time },
    {
      pressed: (isPressed) => told.push(isPressed ? "wait" : "go on"),
      caughtUp: () => told.push("caught up"),
      skipped: () => told.push("skipped"),
    },
    new Outgoing(),
  );
  const read = async (bytes: number) => {
    const into = new Uint8Array(bytes);
    for (let got = 0; got < bytes;) got += (await far.read(into))!;
  };
  return { connection, far, queue, read, time, told };
}

Deno.test("MemberQueue holds senders up above half, and lets them go on below a quarter", async () => {
  const { connection, queue, read, time, told } = setUp(100);

  assertEquals(queue.push(parcel(500)), true);
  assertEquals(told, []);
  assertEquals(queue.push(parcel(100)), true);
  assertEquals(told, ["wait"]);
  await read(600);
  await time.advance(0);

  assertEquals(told, ["wait", "go on", "caught up"]);
  assertEquals([queue.bytes, time.pending], [0, 0]);
  connection.abort();
});

Deno.test("MemberQueue is waited for no longer than patienceMs, and not again before it has caught up", async () => {
  const { connection, queue, read, time, told } = setUp(100);
  queue.push(parcel(600));
  await time.advance(99);
  assertEquals(told, ["wait"]);
  await time.advance(1);
  assertEquals(told, ["wait", "go on"]);

  assertEquals(queue.push(parcel(300)), true);
  assertEquals(queue.push(parcel(300)), false);
  assertEquals(told.length, 2);
  await read(900);
  await time.advance(0);

  assertEquals(told, ["wait", "go on", "caught up"]);
  assertEquals(queue.push(parcel(600)), true);
  assertEquals(told.at(-1), "wait");
  connection.abort();
  queue.clear();
  assertEquals(time.pending, 0);
});

Deno.test("MemberQueue takes one parcel of any size, and with endless patience every parcel", () => {
  const bounded = setUp(100);
  assertEquals(bounded.queue.push(parcel(5_000)), true);
  assertEquals(bounded.queue.push(parcel(4)), false);
  const endless = setUp(Infinity);
  for (let i = 0; i < 5; i++) {
    assertEquals(endless.queue.push(parcel(5_000)), true);
  }
  assertEquals(endless.told, ["wait"]);
  for (const { connection, queue } of [bounded, endless]) {
    connection.abort();
    queue.clear();
  }
});

Deno.test("MemberQueue takes notices within its bound only, also with endless patience", () => {
  const { connection, queue } = setUp(Infinity);
  queue.push(parcel(900));
  assertEquals(queue.push(parcel(100, true)), true);
  assertEquals(queue.push(parcel(100, true)), false);
  assertEquals(queue.bytes, 1_000);
  connection.abort();
  queue.clear();
});

Deno.test("MemberQueue lets senders go on when the connection is lost", async () => {
  const { connection, queue, time, told } = setUp(Infinity);
  queue.push(parcel(600));
  connection.abort();
  await time.advance(0);

  assertEquals(told, ["wait", "go on", "caught up"]);
  assertEquals(queue.push(parcel(600)), true);
  await queue.flushed();
  assertEquals(told.length, 3);
});

/** A queue over a connection that shows what is written. */
function written() {
  const [near, far] = memoryPair();
  const writes: Uint8Array[] = [];
  const shown = new Proxy(near, {
    get(target, key) {
      if (key === "write") {
        return (bytes: Uint8Array) => {
          writes.push(bytes);
          return target.write(bytes);
        };
      }
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const connection = new FramedConnection<Uint8Array>(shown, {
    framing: "length:4",
  });
  const queue = new MemberQueue(
    connection,
    { queueBytes: QUEUE_BYTES, patienceMs: 100, time: new ManualTime() },
    { pressed() {}, caughtUp() {}, skipped() {} },
    new Outgoing(),
  );
  const close = () => {
    connection.abort();
    far.close();
  };
  return { close, queue, writes };
}

Deno.test("MemberQueue writes the only parcel of a turn from the bytes that all members share", async () => {
  const { close, queue, writes } = written();
  const first = parcel(20);

  queue.push(first);
  assertEquals([queue.bytes, writes.length], [20, 0]);
  await until(() => queue.bytes === 0, "the parcel is written");

  assertEquals(writes.length, 1);
  assertStrictEquals(writes[0], first.frames);
  close();
});

Deno.test("MemberQueue writes several parcels of a turn at once and in order, also behind a notice", async () => {
  const { close, queue, writes } = written();
  const notice = unpacked([new Uint8Array(6)], true);

  for (const next of [parcel(20), notice, parcel(30)]) queue.push(next);
  await queue.flushed();

  const lengths = writes.map((bytes) => [...bytes].filter((byte) => byte > 0));
  assertEquals(lengths, [[16, 6, 26]]);
  assertEquals(queue.bytes, 0);
  close();
});

Deno.test("MemberQueue hands over what was pushed in this turn before it is cleared", async () => {
  const { close, queue, writes } = written();

  queue.push(parcel(20));
  queue.clear();
  await queue.flushed();

  assertEquals(writes.map(({ length }) => length), [20]);
  close();
});
