/**
 * Every transport keeps the contract of a connection.
 *
 * @module
 */

import { createConnection } from "node:net";
import type { Connection } from "../../lib/transport/connection.ts";
import {
  memoryPair,
  type MemoryPairOptions,
} from "../../lib/transport/memory.ts";
import { connectTcp, listenTcp } from "../../lib/transport/tcp.ts";
import { connectUnix, listenUnix } from "../../lib/transport/unix.ts";
import {
  type ResettablePeer,
  transportSuite,
  writeAll,
} from "../support/transport_suite.ts";

transportSuite({
  name: "memoryPair()",
  make: () => Promise.resolve(memoryPair()),
  makeResettable: () => Promise.resolve(resettable(memoryPair())),
});

const FAULTS = {
  readBytes: "random",
  writeBytes: "random",
  delayTurns: [0, 1],
} as const;
const HOSTILE: MemoryPairOptions = {
  bufferBytes: 50_000,
  toClient: FAULTS,
  toServer: FAULTS,
};

transportSuite({
  name: "memoryPair() with cuts, delays and partial writes",
  make: () => Promise.resolve(memoryPair(HOSTILE)),
  makeResettable: () => Promise.resolve(resettable(memoryPair(HOSTILE))),
});

for (const hostname of ["127.0.0.1", "::1"]) {
  transportSuite({
    name: `TCP over ${hostname}`,
    make: () => makeTcpPair(hostname),
    makeResettable: () => makeResettableTcp(hostname),
    skip: {
      "shows the peer an abort as a reset, never as a clean end":
        "the runtime has no SO_LINGER and ends the stream before it closes",
    },
  });
}

const CANNOT_RESET =
  "a Unix socket has no reset; closing with bytes unread is as near as it gets";

const WRITE_BREAKS =
  "writing to a Unix socket whose peer is gone is a broken pipe however it went";

if (Deno.build.os !== "windows") {
  transportSuite({
    name: "Unix sockets",
    make: makeUnixPair,
    makeResettable: makeResettableUnix,
    skip: {
      "shows the peer an abort as a reset, never as a clean end": CANNOT_RESET,
      "never reads a clean end after a write was told of the reset":
        WRITE_BREAKS,
      "fails a write that waits when the peer resets": WRITE_BREAKS,
    },
  });
}

async function makeUnixPair(): Promise<[Connection, Connection]> {
  const folder = await Deno.makeTempDir({ prefix: "parley-" });
  const listener = await listenUnix({ path: `${folder}/s` });
  try {
    return await Promise.all([
      connectUnix(listener.address),
      listener.accept(),
    ]);
  } finally {
    listener.close();
    await Deno.remove(folder);
  }
}

// To close with bytes unread is what comes nearest to a reset.
async function makeResettableUnix(): Promise<ResettablePeer> {
  const [connection, peer] = await makeUnixPair();
  await writeAll(connection, Uint8Array.of(0));
  return {
    connection,
    send: (bytes) => writeAll(peer, bytes),
    reset: () => peer.close(),
  };
}

function resettable(
  [connection, peer]: [Connection, Connection],
): ResettablePeer {
  return {
    connection,
    send: (bytes) => writeAll(peer, bytes),
    reset: () => peer.abort(),
  };
}

async function makeTcpPair(
  hostname: string,
): Promise<[Connection, Connection]> {
  const listener = listenTcp({ hostname, port: 0 });
  try {
    return await Promise.all([
      connectTcp(listener.address),
      listener.accept(),
    ]);
  } finally {
    listener.close();
  }
}

// The runtime's own connections cannot reset; those of its node:net can.
async function makeResettableTcp(hostname: string): Promise<ResettablePeer> {
  const listener = listenTcp({ hostname, port: 0 });
  const socket = createConnection(listener.address.port, hostname);
  const connected = new Promise((resolve) => socket.once("connect", resolve));
  const connection = await listener.accept();
  await connected;
  listener.close();
  return {
    connection,
    send: (bytes) =>
      new Promise((resolve) => socket.write(bytes, () => resolve())),
    reset: () => socket.resetAndDestroy(),
  };
}
