/**
 * WebSocket with a peer that does not read, and ends that meet.
 *
 * @module
 */

import { type Connection, dial, serve } from "@parley/parley";
import { webSocketOf } from "@parley/parley/websocket";
import { assert, assertEquals } from "@std/assert";
import type { MessageConnection } from "@parley/parley";
import { type FrameSpec, read, stream } from "./wire/frames.ts";

const quiet = { onEvent: () => {} };

/** A client that sends and receives bytes by hand, once the handshake is done. */
async function byHand(
  talk: (peer: MessageConnection) => Promise<void>,
) {
  const accepted = Promise.withResolvers<MessageConnection>();
  const server = await serve("ws://127.0.0.1:0", quiet, async (peer) => {
    accepted.resolve(peer);
    await talk(peer);
  });
  const line = await dial(server.address);
  await line.handshake?.();
  return {
    line,
    peer: await accepted.promise,
    async [Symbol.asyncDispose]() {
      line.abort();
      await server.shutdown({ graceMs: 0 });
    },
  };
}

async function write(line: Connection, frames: FrameSpec[]): Promise<void> {
  const bytes = stream(frames, "client");
  for (let at = 0; at < bytes.length;) {
    at += await line.write(bytes.subarray(at));
  }
}

/** What the server has sent up to its end. */
async function restOf(line: Connection): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  const into = new Uint8Array(64 * 1024);
  for (let count; (count = await line.read(into)) !== null;) {
    chunks.push(into.slice(0, count));
  }
  const { events, error } = read(chunks, "server");
  assertEquals(error, undefined);
  return [...events];
}

Deno.test("pings of a peer that does not read are answered once it reads, the last one alone", async () => {
  await using parts = await byHand(async (peer) => {
    const received = peer.receive();
    // More than the system buffers.
    for (let i = 0; i < 64; i++) void peer.send(new Uint8Array(200_000));
    await received;
    await peer.closeWrite();
    await peer.receive();
  });
  const { line, peer } = parts;
  const before = peer.bytesWaiting;
  assert(before > 64 * 1024);
  const pings = Array.from({ length: 900 }, (_, i) => ({
    opcode: 9,
    payload: `${i}`.padEnd(100),
  }));
  await write(line, pings);
  while (peer.stats.bytesIn < 900 * 106) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  // Not a byte is added for them.
  assert(peer.bytesWaiting <= before);
  const rest = restOf(line);
  await write(line, [{ opcode: 1, payload: "go" }, { opcode: 8 }]);
  const events = await rest;
  const pongs = events.filter((event) => event.startsWith("pong"));
  const last = new TextEncoder().encode(pings.at(-1)!.payload).toHex();
  assertEquals(pongs, [`pong ${last}`]);
});

Deno.test("close frames that meet end the connection, and neither is answered", async () => {
  await using parts = await byHand(async (peer) => {
    assertEquals((await peer.receive())?.length, 2);
    await webSocketOf(peer)!.close(4000, "ours");
  });
  const { line, peer } = parts;
  const rest = restOf(line);
  await write(
    line,
    [
      { opcode: 1, payload: "go" },
      { opcode: 8, payload: "\x03\xe9" },
    ].map((spec) => ({
      ...spec,
      payload: Uint8Array.from(spec.payload, (text) => text.charCodeAt(0)),
    })),
  );
  const events = await rest;
  assertEquals(events.length, 1);
  assert(/^close (4000 "ours"|1001 "")$/.test(events[0]!), events[0]);
  await new Promise((resolve) =>
    peer.signal.aborted
      ? resolve(undefined)
      : peer.signal.addEventListener("abort", resolve)
  );
  assertEquals(webSocketOf(peer)?.closeStatus, { code: 1001, reason: "" });
});

Deno.test("a close of this side inside a message of the peer is answered by the peer's close frame", async () => {
  await using parts = await byHand(async (peer) => {
    assertEquals((await peer.receive())?.length, 2);
    await peer.close();
  });
  const { line } = parts;
  const begun = { opcode: 2, fin: false, payload: "half of it" };
  await write(line, [{ opcode: 1, payload: "go" }, begun]);
  const into = new Uint8Array(100);
  assertEquals(await line.read(into), 4);
  assertEquals(into[0], 0x88);
  // Its message goes on and ends, before it answers.
  await write(line, [
    { opcode: 0, fin: false, payload: new Uint8Array(100_000) },
    { opcode: 9, payload: "still there?" },
    { opcode: 0, payload: "end" },
    { opcode: 8, payload: Uint8Array.of(0x03, 0xe8) },
  ]);
  // Nothing follows the close frame, no pong either.
  assertEquals(await restOf(line), []);
});
