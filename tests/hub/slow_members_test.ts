/**
 * Members that read slowly, or not at all, and what that costs the others.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import {
  connect,
  ConnectionError,
  MessageConnection,
  TimeoutError,
} from "../../mod.ts";
import { memoryListener } from "../../lib/testing/mod.ts";
import { localBackbone, serveHub } from "../../lib/hub/mod.ts";
import { ObservedHub } from "../support/hub_events.ts";

const FRAMING = "length:4";

/** `assertEquals` takes milliseconds for so many bytes. */
function equals(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length &&
    one.every((byte, i) => byte === other[i]);
}

/** A message that can be checked: its number, then bytes made of it. */
function numbered(sender: number, number: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i + 4 <= size; i += 4) view.setUint32(i, number * 31 + i);
  view.setUint32(0, sender);
  view.setUint32(4, number);
  return bytes;
}

Deno.test("a member that never reads is cut with a reason and counts, and the others get everything", async () => {
  await using observed = await ObservedHub.serve({
    framing: FRAMING,
    queueBytes: 200_000,
    whenSlow: "close",
  });
  const [ann, ben] = await observed.members(2, { framing: FRAMING });
  // The system's buffers take a few MiB, whatever the hub holds.
  const stuck = await connect(observed.hub.address, { framing: FRAMING });
  await observed.until("joined", 3);
  const count = 300;
  const text = "x".repeat(50_000);

  const sending = (async () => {
    for (let i = 0; i < count; i++) await ann!.send(`${i} ${text}`);
  })();
  for (let i = 0; i < count; i++) {
    assertEquals(await ben!.receive({ timeoutMs: 20_000 }), `${i} ${text}`);
  }
  await sending;

  await observed.until("left", 1);
  const [left] = observed.of("left");
  assertEquals([left!.why, left!.member.id], ["slow", 3]);
  assertInstanceOf(left!.error, ConnectionError);
  assertEquals(left!.error.code, "overrun");
  assertEquals(left!.error.option, "queueBytes");
  const { delivered, dropped } = left!.member.stats;
  assertGreater(delivered, 0);
  assertGreater(dropped, 0);
  assert(delivered + dropped <= count);
  stuck.abort();
});

Deno.test("whenSlow drop drops what does not fit, and tells the member how many", async () => {
  const listener = memoryListener({ name: "hub", bufferBytes: 10_000 });
  await using hub = await serveHub(listener, {
    framing: FRAMING,
    queueBytes: 20_000,
    whenSlow: "drop",
    notices: "json",
  });
  const settings = { framing: FRAMING, encoding: "text" } as const;
  const ann = new MessageConnection(await listener.connect(), settings);
  const ben = new MessageConnection(await listener.connect(), settings);
  await ben.receive();
  const count = 200;
  const text = "x".repeat(1_000);
  for (let i = 0; i < count; i++) await ann.send(`${i} ${text}`);

  let delivered = 0;
  let missed = 0;
  while (delivered + missed < count) {
    const message = await ben.receive({ timeoutMs: 20_000 });
    assert(message !== undefined);
    if (!message.startsWith("{")) delivered++;
    else if (JSON.parse(message).event === "dropped") {
      missed += JSON.parse(message).missed;
      assertEquals(JSON.parse(message).total, missed);
    }
  }

  assertGreater(missed, 0);
  assertEquals(delivered + missed, count);
  const stats = hub.rooms[0]!;
  assertEquals([stats.deliveries, stats.dropped], [delivered, missed]);
  ann.abort();
  ben.abort();
});

Deno.test("whenSlow wait gives a slow member everything, and holds little meanwhile", async () => {
  const listener = memoryListener({ name: "hub", bufferBytes: 1_000 });
  await using hub = await serveHub(listener, {
    framing: FRAMING,
    queueBytes: 20_000,
    whenSlow: "wait",
  });
  const settings = { framing: FRAMING, encoding: "text" } as const;
  const ann = new MessageConnection(await listener.connect(), settings);
  const ben = new MessageConnection(await listener.connect(), settings);
  while (hub.rooms[0]?.members !== 2) await Promise.resolve();
  const count = 300;
  const text = "x".repeat(1_000);
  const sending = (async () => {
    for (let i = 0; i < count; i++) await ann.send(`${i} ${text}`);
  })();

  let most = 0;
  for (let i = 0; i < count; i++) {
    assertEquals(await ben.receive({ timeoutMs: 20_000 }), `${i} ${text}`);
    for (const { stats } of hub.members) {
      most = Math.max(most, stats.bytesWaiting);
    }
  }
  await sending;

  // Half of the bound, and what one read of the sender brings.
  assert(most < 20_000 + 70_000, `${most} bytes waited`);
  ann.abort();
  ben.abort();
});

/** A hub whose lobby has come to a halt, as a member in it reads nothing. */
async function haltedHub() {
  const listener = memoryListener({ name: "hub", bufferBytes: 1_000 });
  const observed = await ObservedHub.serve({
    framing: FRAMING,
    queueBytes: 20_000,
    whenSlow: "wait",
  }, listener);
  const settings = { framing: FRAMING, encoding: "text" } as const;
  const members: MessageConnection<string>[] = [];
  for (const expected of [1, 2, 3, 4]) {
    const connection = await listener.connect();
    members.push(new MessageConnection(connection, settings));
    await observed.until("joined", expected);
  }
  const [stuck, ann, ben, cleo] = members;
  await ben!.send("/join red");
  await observed.until("left", 1);
  await ann!.send("x".repeat(15_000));
  await cleo!.receive({ timeoutMs: 20_000 });
  const end = async () => {
    for (const member of members) member.abort();
    await observed[Symbol.asyncDispose]();
  };
  return { observed, stuck, ann, ben, cleo, [Symbol.asyncDispose]: end };
}

Deno.test("whenSlow wait holds up what follows /join in one write", async () => {
  await using halted = await haltedHub();
  const { ben, cleo, observed, stuck } = halted;
  await ben!.sendAll(["/join lobby", "one", "two"]);
  await observed.until("joined", 6);
  await assertRejects(() => cleo!.receive({ timeoutMs: 50 }), TimeoutError);

  await stuck!.receive({ timeoutMs: 20_000 });
  assertEquals(await stuck!.receive({ timeoutMs: 20_000 }), "one");
  assertEquals(await cleo!.receive({ timeoutMs: 20_000 }), "one");
});

Deno.test("whenSlow wait holds up every room that the slow member goes to", async () => {
  await using halted = await haltedHub();
  const { ben, cleo, observed, stuck } = halted;
  await stuck!.send("/join red");
  await observed.until("left", 2);
  await cleo!.send("/join red");
  await observed.until("left", 3);
  await ben!.send("for red");
  await assertRejects(() => cleo!.receive({ timeoutMs: 50 }), TimeoutError);

  await stuck!.receive({ timeoutMs: 20_000 });
  assertEquals(await stuck!.receive({ timeoutMs: 20_000 }), "for red");
  assertEquals(await cleo!.receive({ timeoutMs: 20_000 }), "for red");
});

Deno.test("whenSlow wait does not keep a member that is lost while it waits", async () => {
  await using halted = await haltedHub();
  const { ann, observed } = halted;
  const { hub } = observed;
  await ann!.send("held up");
  const connections = [...hub.connections];
  connections[1]!.abort(new Error("the network is gone"));

  await observed.until("left", 2);
  const left = observed.of("left").map(({ member, why }) => [member.id, why]);
  assertEquals(left, [[3, "moved"], [2, "lost"]]);
});

Deno.test("20 senders in three framings are never spliced, and a slow member gets every byte", async () => {
  const backbone = localBackbone();
  const each = 4;
  const senders = 20;
  const size = 20_000;
  // Members wait for the slow one: nothing may be missing.
  const options = { backbone, queueBytes: 64 * 1024 * 1024 };
  const tcp = "tcp://127.0.0.1:0";
  await using lines = await ObservedHub.serve({ ...options, framing: "cobs" });
  await using lengths = await ObservedHub.serve(
    { ...options, framing: FRAMING },
    [tcp, "ws://127.0.0.1:0"],
  );
  const places = [
    { at: lines.hub.address, framing: "cobs" },
    { at: lengths.hub.addresses[0]!, framing: FRAMING },
    { at: lengths.hub.addresses[1]!, framing: FRAMING },
  ];
  const slow = await connect(places[1]!.at, { framing: FRAMING });
  await lengths.until("joined", 1);
  const all = await Promise.all(
    Array.from({ length: senders }, (_, i) => {
      const { at, framing } = places[i % places.length]!;
      return connect(at, { framing });
    }),
  );
  await lines.until("joined", 7);
  await lengths.until("joined", 14);
  const drained = all.map(async (member) => {
    let count = 0;
    for await (const _ of member) {
      if (++count === (senders - 1) * each) return;
    }
  });
  const sent = all.map(async (member, sender) => {
    for (let i = 0; i < each; i++) await member.send(numbered(sender, i, size));
  });

  const next = new Array<number>(senders).fill(0);
  for (let i = 0; i < senders * each; i++) {
    const message = (await slow.receive({ timeoutMs: 20_000 }))!;
    const view = new DataView(message.buffer, message.byteOffset);
    const sender = view.getUint32(0);
    assert(equals(message, numbered(sender, next[sender]!, size)));
    next[sender]!++;
  }

  assertEquals(next, new Array(senders).fill(each));
  await Promise.all([...drained, ...sent]);
  for (const member of [...all, slow]) member.abort();
});
