/**
 * The memory of a bridge whose sides have different speeds.
 *
 * @module
 */

import { connect, type Connection, dial, listen, serve } from "@parley/parley";
import { bridge } from "@parley/parley/relay";
import { assert } from "@std/assert";
import { frame } from "../websocket/wire/frames.ts";
import type { Side } from "../../lib/framing/framing.ts";

const MESSAGE_BYTES = 1_000_000;
const MESSAGES = 40;
// What waits is a message or two on either side. Every message that is left to the
// garbage collector would add to it.
const MOST_BYTES = 16 * 1024 * 1024;

const quiet = { onEvent: () => {} };

/** A message as it goes over a transport. */
function onTheWire(address: string, from: Side): Uint8Array {
  const payload = new Uint8Array(MESSAGE_BYTES).fill(0xff);
  if (address.startsWith("ws")) return frame({ opcode: 2, payload }, from);
  const bytes = new Uint8Array(4 + MESSAGE_BYTES);
  new DataView(bytes.buffer).setUint32(0, MESSAGE_BYTES);
  bytes.set(payload, 4);
  return bytes;
}

/** Sends as fast as it can. */
async function send(to: Connection, bytes: Uint8Array): Promise<void> {
  for (let i = 0; i < MESSAGES; i++) {
    for (let at = 0; at < bytes.length;) {
      at += await to.write(bytes.subarray(at));
    }
  }
}

/** Reads slowly; gives how much more memory was held at most, in bytes. */
async function mostHeld(from: Connection): Promise<number> {
  const into = new Uint8Array(64 * 1024);
  const before = Deno.memoryUsage().external;
  let most = 0;
  for (let read = 0; read < MESSAGES * MESSAGE_BYTES;) {
    read += (await from.read(into))!;
    most = Math.max(most, Deno.memoryUsage().external - before);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return most;
}

for (
  const [near, far] of [
    ["tcp://127.0.0.1:0", "ws://127.0.0.1:0"],
    ["ws://127.0.0.1:0", "tcp://127.0.0.1:0"],
  ] as const
) {
  for (const sender of ["client", "server"] as const) {
    Deno.test(`a bridge from ${near} to ${far} holds a message or two for a slow reader, not what the ${sender} sends`, async () => {
      const framing = "length:4";
      const target = await listen(far);
      await using bridging = await serve(
        near,
        { framing, ...quiet },
        async (client) => {
          await bridge(client, (signal) =>
            connect(target.address, {
              framing,
              signal,
              webSocket: { messageType: "binary" },
              ...quiet,
            }));
        },
      );
      const client = await dial(bridging.address);
      const server = await (async () => {
        await client.handshake?.();
        const accepted = await target.accept();
        await accepted.handshake?.();
        return accepted;
      })();
      const [from, to] = sender === "client"
        ? [client, server]
        : [server, client];
      const bytes = onTheWire(sender === "client" ? near : far, sender);
      const sent = send(from, bytes);
      const held = await mostHeld(to);
      await sent;
      assert(held < MOST_BYTES, `${held} bytes were held`);
      client.abort();
      server.abort();
      target.close();
    });
  }
}
