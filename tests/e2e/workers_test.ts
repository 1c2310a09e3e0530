/**
 * Several workers on one port.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { RawPeer } from "../support/peers.ts";
import { e2e } from "../support/processes.ts";

const CONNECTIONS = 40;

e2e("workers share a port, and a signal drains them all", async (run) => {
  await using server = await run.server("echo", "0", "--workers", "3");
  const peers = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => RawPeer.connect(server.port)),
  );
  for (const peer of peers) {
    await peer.write("hello\n");
    assertEquals(new TextDecoder().decode(await peer.read(6)), "hello\n");
  }
  // The system deals by the ports of the peers: one in three of 40 goes to each,
  // and none to one of them in one of ten million cases.
  for (const worker of [1, 2, 3]) {
    await server.process.line(new RegExp(`^#${worker}\\.1 opened by tcp:`));
  }
  const ends = peers.map((peer) => peer.readAll());
  server.process.signal("SIGTERM");
  const { code, stderr } = await server.process.ended();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^stopping: 40 open connections have 5 s to finish/m);
  assertMatch(stderr, /^stopped: 40 finished, 0 cut$/m);
  assertEquals((stderr.match(/; finished$/gm) ?? []).length, CONNECTIONS);
  await Promise.all(ends);
  for (const peer of peers) peer[Symbol.dispose]();
});

e2e("a second signal cuts the connections of every worker", async (run) => {
  await using server = await run.server(
    ...["echo", "0", "--frame", "length:4", "--workers", "2", "--grace", "1h"],
  );
  const peers = await Promise.all(
    Array.from({ length: 20 }, () => RawPeer.connect(server.port)),
  );
  for (const peer of peers) {
    // A message that has begun is waited for, and never completes.
    await peer.write([0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 9, 0x68]);
    await peer.read(6);
  }
  server.process.signal("SIGINT");
  await server.process.line(/^stopping: 20 open/);
  // One within half a second is the same request, so again until it is not.
  const ended = server.process.ended();
  const again = setInterval(() => server.process.signal("SIGINT"), 100);
  const { code, stderr } = await ended.finally(() => clearInterval(again));
  assertEquals(code, 130);
  assertMatch(stderr, /^stopped: 0 finished, 20 cut$/m);
  for (const peer of peers) peer[Symbol.dispose]();
});

e2e("a port that another server's workers have is in use", async (run) => {
  await using server = await run.server("echo", "0", "--workers", "2");
  for (const workers of ["1", "2"]) {
    await using second = run.start(
      ...["server", "echo", server.address, "--workers", workers] as const,
    );
    const { code, stderr } = await second.ended();
    assertEquals(code, 5);
    assertMatch(
      stderr,
      /^parley-server: cannot listen on tcp:.*already in use/,
    );
  }
});
