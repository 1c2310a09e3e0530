/**
 * Many peers, slow peers, and a system that has run out of something.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { RawPeer } from "../support/peers.ts";
import { e2e, Process } from "../support/processes.ts";

const MIB = 1024 * 1024;

/** Resident memory of a process in bytes, as Linux counts it. */
async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `grep VmRSS /proc/${pid}/status`],
    stdin: "null",
  }).output();
  return 1024 * Number(/\d+/.exec(new TextDecoder().decode(stdout))?.[0]);
}

e2e(
  "a peer that never reads costs the server a bounded amount of memory",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--frame", "length:4"],
    );
    const before = await memoryOf(server.process.pid);
    using peer = await RawPeer.connect(server.port);
    const message = new Uint8Array(4 + MIB);
    new DataView(message.buffer).setUint32(0, MIB);

    // Until the server takes no more: then it is full, and so are the system's
    // buffers in both directions.
    let sent = 0;
    for (let stuck = false; !stuck && sent < 256 * MIB;) {
      const writing = peer.conn.write(message.subarray(sent % message.length));
      let timer;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), 500);
      });
      const written = await Promise.race([writing, late]);
      clearTimeout(timer);
      if (written === undefined) {
        stuck = true;
        writing.catch(() => {});
      } else {
        sent += written;
      }
    }
    const grown = await memoryOf(server.process.pid) - before;

    // deno-lint-ignore no-console -- the number is asked for
    console.log(
      `    the server took ${(sent / MIB).toFixed(1)} MiB and grew by ${
        (grown / MIB).toFixed(1)
      } MiB (${run.build.name})`,
    );
    assertLess(sent, 64 * MIB);
    assertLess(grown, 64 * MIB);
    const { stdout } = await run.client(
      server.address,
      "hi",
      "--frame",
      "length:4",
    );
    assertEquals(stdout, "hi\n");
  },
);

e2e("2,000 connections at once are all answered", async (run) => {
  await using server = await run.server("echo", "0", "--quiet");
  const peers: RawPeer[] = [];
  try {
    for (let i = 0; i < 2000; i++) {
      peers.push(await RawPeer.connect(server.port));
    }
    await Promise.all(peers.map((peer, i) => peer.write(`${i}\n`)));
    const replies = await Promise.all(
      peers.map((peer, i) => peer.read(`${i}\n`.length)),
    );
    const texts = replies.map((reply) => new TextDecoder().decode(reply));
    assertEquals(texts.every((text, i) => text === `${i}\n`), true);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});

e2e(
  "out of descriptors the server pauses, says so once, and recovers",
  async (run) => {
    const [file, args] = run.build.command("server");
    // The hard limit too: the runtime raises the soft one to it.
    await using server = new Process("sh", [
      ...["-c", 'ulimit -n 60; exec "$0" "$@"', file, ...args],
      ...["echo", "0"],
    ]);
    const [, port] = await server.line(/^listening on .*:(\d+)$/);
    const peers: RawPeer[] = [];
    try {
      for (let i = 0; i < 50; i++) {
        peers.push(
          await RawPeer.connect(Number(port)),
        );
      }
      await server.line(/^accepting pauses: .*too many open files/);
      // It tries again after 100, 200 and 400 ms, and says nothing more.
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      for (const peer of peers) peer[Symbol.dispose]();
    }
    await server.line(/^accepting again on tcp:/);
    const { code, stdout } = await run.client(port!, "hello");
    assertEquals([code, stdout], [0, "hello\n"]);
    const pauses = server.stderr.match(/^accepting pauses/gm);
    assertEquals(pauses?.length, 1, server.stderr);
  },
);

e2e(
  "--max-connections with --when-full refuse closes one too many and says why",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--max-connections", "1", "--when-full", "refuse"],
    );
    using first = await RawPeer.connect(server.port);
    await first.write("hello\n");
    await first.read(6);
    using second = await RawPeer.connect(server.port);
    assertEquals(await second.readAll(), new Uint8Array(0));
    await server.process.line(/^refused tcp:.*: 1 of 1 connections are in use/);
  },
);

e2e("--max-connections makes one too many wait", async (run) => {
  await using server = await run.server("echo", "0", "--max-connections", "1");
  using second = await (async () => {
    using first = await RawPeer.connect(server.port);
    await first.write("hello\n");
    await first.read(6);
    const waiting = await RawPeer.connect(server.port);
    await waiting.write("me too\n");
    return waiting;
  })();
  assertEquals(new TextDecoder().decode(await second.read(7)), "me too\n");
});

e2e(
  "--max-connections-per-peer refuses the next one from an address",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--max-connections-per-peer", "2"],
    );
    using first = await RawPeer.connect(server.port);
    using second = await RawPeer.connect(server.port);
    using third = await RawPeer.connect(server.port);
    assertEquals(await third.readAll(), new Uint8Array(0));
    const line = await server.process.line(/^refused/);
    assertMatch(line.input, /2 of 2 connections from 127\.0\.0\.1/);
    for (const peer of [first, second]) {
      await peer.write("hello\n");
      assertEquals((await peer.read(6)).length, 6);
    }
  },
);
