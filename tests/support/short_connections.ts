/**
 * A program that serves short connections and prints, for each batch of them, how many
 * bytes more survive a collection of the young generation. It needs
 * `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { connect, serve } from "@parley/parley";
import { memoryListener } from "@parley/parley/testing";

const BATCHES = 10;

/** Collects the young generation alone, or everything. */
declare function gc(options?: { type: "minor" }): void;

const listener = memoryListener();
const settings = {
  framing: "length:4",
  idleTimeoutMs: 60_000,
  onEvent: () => {},
};
await using _server = await serve(listener, settings, async (connection) => {
  for await (const message of connection) await connection.send(message);
});

async function talk(): Promise<void> {
  await using connection = await connect(listener, settings);
  await connection.send(new Uint8Array(64));
  await connection.receive();
}

async function batch(): Promise<void> {
  for (let i = 0; i < 25; i++) {
    await Promise.all(Array.from({ length: 16 }, talk));
  }
}

await batch();
await batch();
gc({ type: "minor" });
gc({ type: "minor" });
gc();
let before = Deno.memoryUsage().heapUsed;
for (let i = 0; i < BATCHES; i++) {
  await batch();
  gc({ type: "minor" });
  const now = Deno.memoryUsage().heapUsed;
  // deno-lint-ignore no-console
  console.log(now - before);
  before = now;
}
