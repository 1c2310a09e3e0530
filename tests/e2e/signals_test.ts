/**
 * How a server ends.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { RawPeer } from "../support/peers.ts";
import { e2e } from "../support/processes.ts";
import { freePort } from "../support/ports.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  e2e(`${signal} without connections exits 0`, async (run) => {
    await using server = await run.server("echo", "0");
    server.process.signal(signal);
    const { code, stderr } = await server.process.ended();
    assertEquals(code, 0);
    assertMatch(stderr, /^stopped: 0 finished, 0 cut$/m);
  });
}

e2e(
  "SIGTERM during traffic answers every message it has taken, and exits 0",
  async (run) => {
    await using server = await run.server("echo", "0", "--frame", "length:4");
    const peers = await Promise.all(
      Array.from({ length: 8 }, () => RawPeer.connect(server.port)),
    );
    const frame = [0, 0, 0, 5, 0x68, 0x65, 0x6c, 0x6c, 0x6f];
    const hundred = Array.from({ length: 100 }, () => frame).flat();
    for (const peer of peers) {
      await peer.write(frame);
      await peer.read(frame.length);
    }
    const answered = peers.map(async (peer) => {
      const all = await peer.readAll();
      return all.length;
    });
    for (const peer of peers) await peer.write(hundred);
    server.process.signal("SIGTERM");
    const counts = await Promise.all(answered);
    const { code, stderr } = await server.process.ended();
    for (const peer of peers) peer[Symbol.dispose]();

    assertEquals(code, 0, stderr);
    // Sent before the signal, so they are in the system's buffers at the latest.
    assertEquals(counts, peers.map(() => hundred.length));
    assertMatch(stderr, /^stopped: \d finished, 0 cut$/m);
  },
);

e2e(
  "after --grace the rest is cut and named, and the server exits 0",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--frame", "length:4", "--grace", "200ms"],
    );
    using peer = await RawPeer.connect(server.port);
    // A message that has begun is waited for, and never completes.
    await peer.write([0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 9, 0x68]);
    await peer.read(6);
    server.process.signal("SIGTERM");
    await server.process.line(
      /^stopping: 1 open connection has 200 ms to finish/,
    );
    const { code, stderr } = await server.process.ended();
    assertEquals(code, 0);
    assertMatch(stderr, /^cut tcp:\/\/127\.0\.0\.1:\d+ with 0 B unsent$/m);
    assertMatch(stderr, /^stopped: 0 finished, 1 cut$/m);
  },
);

for (
  const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const
) {
  e2e(`a second ${signal} cuts at once and exits ${expected}`, async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--frame", "length:4", "--grace", "1h"],
    );
    using peer = await RawPeer.connect(server.port);
    await peer.write([0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 9, 0x68]);
    await peer.read(6);
    server.process.signal(signal);
    await server.process.line(/^stopping/);
    // One within half a second is the same request, so again until it is not.
    const ended = server.process.ended();
    const again = setInterval(() => server.process.signal(signal), 100);
    const { code, stderr } = await ended.finally(() => clearInterval(again));
    assertEquals(code, expected);
    assertMatch(stderr, /^stopped: 0 finished, 1 cut$/m);
  });
}

e2e("the port is free again when the server has ended", async (run) => {
  await using first = await run.server("echo", `${freePort()}`);
  const { stdout } = await run.client(first.address, "hello");
  assertEquals(stdout, "hello\n");
  first.process.signal("SIGTERM");
  await first.process.ended();
  await using second = await run.server("echo", first.address);
  assertEquals(second.address, first.address);
});
