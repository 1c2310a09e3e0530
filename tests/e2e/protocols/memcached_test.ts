/**
 * Framing `memcached` against memcached and a client that tries all of both of
 * its protocols.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromLatin1 } from "../../support/chunkings.ts";
import type { Process } from "../../support/processes.ts";
import {
  listening,
  opened,
  peerTest,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

async function memcached(port: number): Promise<Process> {
  const server = start(
    "memcached",
    ...["-U", "0", "-l", "127.0.0.1", "-p", `${port}`, "-u", "root"],
    ...["-m", "64"],
  );
  await listening(port);
  return server;
}

/** How memccapable is asked for a protocol, and how its messages begin. */
const PROTOCOLS = {
  text: { option: "-a", first: /^[a-z_]+[ \r]/, answer: /^[A-Z0-9]/ },
  binary: { option: "-b", first: /^\x80/, answer: /^\x81/ },
} as const;

await peerTest({
  name: "memcached: memccapable tries the text and the binary protocol",
  needs: ["memcached", "memccapable"],
  // It waits for things to expire: so both are tried at once.
  async fn() {
    await Promise.all(Object.values(PROTOCOLS).map(tryProtocol));
  },
});

async function tryProtocol(
  { option, first, answer }: { option: string; first: RegExp; answer: RegExp },
): Promise<void> {
  const port = freePort();
  await using _server = await memcached(port);
  await using recorder = new Recorder({ port });
  const { text } = await run(
    'exec memccapable -h 127.0.0.1 -p "$1" "$2"',
    ...[`${recorder.port}`, option],
  );
  // Some tests ask for commands that newer servers have removed.
  const passed = text.match(/\[pass\]/g)?.length ?? 0;
  assert(passed > 15, text);
  let count = 0;
  for (const { pieces } of await recorder.over()) {
    const { client, server } = wholeConversation("memcached", pieces);
    for (const message of client) {
      assert(first.test(fromLatin1(message)), fromLatin1(message));
    }
    for (const message of server) {
      assert(answer.test(fromLatin1(message)), fromLatin1(message));
    }
    count += client.length + server.length;
  }
  assert(count > 50, `${count} messages`);
}

await peerTest({
  name: "memcached: connect() talks with memcached",
  needs: ["memcached"],
  async fn() {
    const port = freePort();
    await using _server = await memcached(port);
    await using peer = await opened(port, "memcached");
    const receive = async () => fromLatin1(await peer.receive());
    const values = ["", "a", "END\r\n", "x\r\n".repeat(100_000)];
    for (const [i, value] of values.entries()) {
      await peer.send(`set k${i} 0 0 ${value.length}\r\n${value}\r\n`);
      assertEquals(await receive(), "STORED\r\n");
    }
    await peer.send("get k0 k1 none k2 k3\r\n");
    for (const [i, value] of values.entries()) {
      assertEquals(
        await receive(),
        `VALUE k${i} 0 ${value.length}\r\n${value}\r\n`,
      );
    }
    assertEquals(await receive(), "END\r\n");
    // Meta commands, and an error.
    await peer.send("ms meta 5 T0\r\nhello\r\n");
    assertEquals(await receive(), "HD\r\n");
    await peer.send("mg meta v s\r\n");
    assertEquals(await receive(), "VA 5 s5\r\nhello\r\n");
    await peer.send("mn\r\n");
    assertEquals(await receive(), "MN\r\n");
    await peer.send("nothing\r\n");
    assertEquals(await receive(), "ERROR\r\n");
    for (let i = 0; i < 300; i++) void peer.send("incr n 1\r\n");
    for (let i = 0; i < 300; i++) {
      assertEquals(await receive(), "NOT_FOUND\r\n");
    }
  },
});
