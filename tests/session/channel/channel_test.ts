import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import { Channel } from "../../../lib/session/channel/channel.ts";
import {
  type ChannelOptions,
  ChannelSettings,
} from "../../../lib/session/channel/channel_settings.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { read } from "../../support/transport_suite.ts";
import { Recorded, standing, tcpPair, turn, until, utf8 } from "../harness.ts";

function channelOn(
  connection: ConstructorParameters<typeof Channel>[0],
  options: ChannelOptions = {},
): Channel {
  return new Channel(connection, new ChannelSettings(options));
}

function append(channel: Channel, text: string): void {
  channel.sink.copy(utf8(text));
  channel.accepted();
}

Deno.test("Channel lets a machine answer by itself while it reads, in one write with what it was reading for", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  const channel = channelOn(recorded);
  await far.write(utf8("ping ping "));
  await channel.fill();
  while (channel.queue.has(5)) {
    channel.queue.skip(5);
    append(channel, "pong ");
  }
  append(channel, "reply");
  void channel.fill();
  assertEquals(recorded.writes, [15]);
  assertEquals(await read(far), utf8("pong pong reply"));
  channel.abort();
  far.close();
});

Deno.test("Channel hands what one machine left to the next", async () => {
  const [near, far] = memoryPair();
  const channel = channelOn(near);
  await far.write(utf8("HELLO\nrest"));
  await channel.fill();
  assertEquals(channel.queue.take(6), utf8("HELLO\n"));
  assertEquals(channel.queue.take(4), utf8("rest"));
  channel.abort();
  far.close();
});

Deno.test("Channel.fill() never rejects; the state and the failure say what happened", async () => {
  for (const how of ["finished", "lost", "aborted"] as const) {
    const [near, far] = memoryPair();
    const channel = channelOn(near);
    const filled = channel.fill();
    const reason = new Error("enough");
    if (how === "finished") await far.closeWrite();
    if (how === "lost") far.abort();
    if (how === "aborted") channel.abort(reason);
    await filled;
    await channel.fill();
    assertEquals(channel.receiving.state, how);
    assertEquals(channel.receiving.peerFinished, how === "finished");
    if (how === "aborted") {
      assertStrictEquals(channel.receiving.failure, reason);
    }
    if (how === "lost") assertEquals(channel.signal.aborted, true);
    channel.abort();
    far.close();
  }
});

Deno.test("Channel.fillThen() makes its call once, also beside others, and never in the middle of an end", async () => {
  for (const how of ["bytes", "finished", "lost", "aborted"] as const) {
    const [near, far] = memoryPair();
    const channel = channelOn(near);
    const seen: string[] = [];
    for (const name of ["first", "second"]) {
      channel.fillThen(() => seen.push(name), 0, 0, false);
    }
    const filled = channel.fill().then(() => seen.push("promise"));
    if (how === "bytes") await far.write(utf8("x"));
    if (how === "finished") await far.closeWrite();
    if (how === "lost") far.abort();
    if (how === "aborted") {
      channel.abort();
      assertEquals(seen, []);
    }
    await filled;
    await turn();
    assertEquals(seen.toSorted(), ["first", "promise", "second"]);
    channel.abort();
    far.close();
  }
});

Deno.test("ReceivingHalf.watch() notices that the peer is gone while nothing waits, and reads ahead once", async () => {
  const [near, far] = memoryPair({ toClient: { readBytes: [3] } });
  const channel = channelOn(near);
  await far.write(utf8("abcdef"));
  for (let i = 0; i < 3; i++) {
    channel.receiving.watch();
    await turn(2);
  }
  assertEquals(channel.queue.length, 3);
  await channel.fill();
  assertEquals(channel.queue.length, 6);
  channel.receiving.watch();
  far.abort();
  await until(() => channel.signal.aborted, "noticed");
  assertEquals(channel.receiving.state, "lost");
  channel.abort();
});

Deno.test("Channel.observe() shows all bytes of both directions in order, however they are cut", async () => {
  const [near, far] = memoryPair({
    toServer: { writeBytes: [2] },
    toClient: { readBytes: [3] },
  });
  const channel = channelOn(near);
  const seen = { received: "", sent: "" };
  const decoder = new TextDecoder();
  channel.observe({
    received: (bytes) => seen.received += decoder.decode(bytes),
    sent: (bytes) => seen.sent += decoder.decode(bytes),
  });
  append(channel, "a question");
  await far.write(utf8("its answer"));
  while (channel.queue.length < 10) await channel.fill();
  await channel.flushed();
  assertEquals(seen, { received: "its answer", sent: "a question" });
  channel.abort();
  far.close();
});

Deno.test("Channel ends with overrun when more waits than maxBufferedBytes, and one frame always fits", async () => {
  const [near, far] = memoryPair({ bufferBytes: 10 });
  const options = { highWaterMarkBytes: 100, maxBufferedBytes: 1000 };
  const channel = channelOn(near, options);
  append(channel, "x".repeat(5000));
  await turn(2);
  assertEquals(channel.signal.aborted, false);
  const room = channel.room();
  append(channel, "y");
  const error = await assertRejects(() => room, ConnectionError);
  assertEquals(error.code, "overrun");
  assertEquals(error.option, "maxBufferedBytes");
  assertEquals(
    error.advice,
    "await send, or look at bytesWaiting before you send more",
  );
  assertStrictEquals(channel.signal.reason, error);
  assertStrictEquals(
    await assertRejects(() => channel.flushed()),
    error,
  );
  assertEquals(channel.state, "closed");
  far.close();
});

Deno.test("Channel lets a program that waits for room send frames of any size to a slow peer", async () => {
  const [near, far] = memoryPair({ bufferBytes: 50 });
  const options = { highWaterMarkBytes: 100, maxBufferedBytes: 100 };
  const channel = channelOn(near, options);
  const sending = (async () => {
    for (const size of [99, 5000, 1, 300, 100]) {
      append(channel, "x".repeat(size));
      await channel.room();
    }
    await channel.closeWrite();
  })();
  let received = 0;
  for (let bytes; (bytes = await read(far)) !== null;) received += bytes.length;
  await sending;
  assertEquals(received, 5500);
  channel.abort();
  far.close();
});

Deno.test("Channel with maxBufferedBytes of Infinity has no bound", async () => {
  const [near, far] = memoryPair({ bufferBytes: 10 });
  const channel = channelOn(near, { maxBufferedBytes: Infinity });
  for (let i = 0; i < 400; i++) append(channel, "x".repeat(100_000));
  assertEquals(channel.bytesWaiting, 40_000_000);
  assertEquals(channel.signal.aborted, false);
  channel.abort();
  await turn();
  far.close();
});

Deno.test("Channel.close() drops what arrives while it still writes, so a peer that sends before it reads gets all", async () => {
  const [near, far] = await tcpPair();
  const channel = channelOn(near);
  append(channel, "x".repeat(4_000_000));
  const closed = channel.close();
  // More than the buffers of the system hold, before a byte is read.
  const chunk = new Uint8Array(100_000);
  for (let sent = 0; sent < 12_000_000;) sent += await far.write(chunk);
  let received = 0;
  for (let bytes; (bytes = await read(far)) !== null;) received += bytes.length;
  assertEquals(received, 4_000_000);
  far.close();
  await closed;
  assertEquals(channel.wasCut, false);
  assertEquals(await standing(channel.closeWrite()), "resolved");
});

Deno.test("SendingHalf.offer() writes after what was accepted, and gives back what the system does not take", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  const channel = channelOn(recorded);
  append(channel, "head ");
  const { sending } = channel;
  assertEquals(await sending.offer(utf8("all")), 3);
  recorded.most = 2;
  const offered = sending.offer(utf8("some"));
  await turn();
  assertEquals(await offered, 2);
  assertEquals([sending.buffered, sending.isWriting], [0, false]);
  recorded.most = Infinity;
  append(channel, " end");
  await channel.closeWrite();
  assertEquals(recorded.writes, [5, 3, 4, 4]);
  assertEquals(await read(far), utf8("head allso end"));
  await assertRejects(() => sending.offer(utf8("late")), ClosedError);
  channel.abort();
  far.close();
});

Deno.test("SendingHalf.offer() counts as waiting until it is taken, and is thrown what ends it", async () => {
  const [near, far] = memoryPair();
  const recorded = new Recorded(near);
  const channel = channelOn(recorded);
  recorded.hold();
  const offered = channel.sending.offer(utf8("stuck"));
  await turn();
  assertEquals(channel.bytesWaiting, 5);
  const reason = new Error("enough");
  channel.abort(reason);
  assertStrictEquals(await offered.catch((error) => error), reason);
  assertEquals(channel.wasCut, true);
  recorded.release();
  far.close();
});

Deno.test("Channel.abort() cuts an end that the connection still sends after close()", async () => {
  const [near, far] = memoryPair();
  const { promise, resolve } = Promise.withResolvers<void>();
  const calls: string[] = [];
  // As TLS, which says that it ends, and faults, which send what is delayed.
  const connection: ConstructorParameters<typeof Channel>[0] = {
    localAddress: near.localAddress,
    remoteAddress: near.remoteAddress,
    released: promise,
    read: (into) => near.read(into),
    write: (bytes) => near.write(bytes),
    closeWrite: () => near.closeWrite(),
    close: () => void calls.push("close"),
    abort: () => {
      calls.push("abort");
      near.abort();
      resolve();
    },
  };
  const channel = channelOn(connection);
  await far.closeWrite();
  await channel.fill();
  const closed = channel.close();
  assertEquals([channel.state, calls], ["closed", ["close"]]);
  channel.abort();
  await closed;
  channel.abort();
  assertEquals(calls, ["close", "abort"]);
  far.close();
});
