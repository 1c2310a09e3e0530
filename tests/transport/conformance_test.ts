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
} from "../../lib/transport/memory/mod.ts";
import { dial, listen } from "../../lib/transport/open.ts";
import { connectTcp, listenTcp } from "../../lib/transport/tcp/mod.ts";
import {
  connectTls,
  listenTls,
  type TlsDialOptions,
  type TlsListenOptions,
} from "../../lib/transport/tls/mod.ts";
import { connectUnix, listenUnix } from "../../lib/transport/unix/mod.ts";
import { certificates, hasOpenssl } from "../support/certificates.ts";
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

const SAME_TURN =
  "node:net of Deno 2.9.6 fails a write in the turn in which the peer's end comes";
const TOLD_OF_A_PIPE =
  "node:net tells of a broken pipe once a reset was read, however it went";

for (const hostname of ["127.0.0.1", "::1"]) {
  const skip = {
    "never reads a clean end after a write was told of the reset":
      TOLD_OF_A_PIPE,
  };
  transportSuite({
    name: `resettable TCP over ${hostname}`,
    make: () => makeResettablePair(hostname),
    makeResettable: async () => resettable(await makeResettablePair(hostname)),
    skip,
  });
  transportSuite({
    name: `resettable TCP over ${hostname}, seen from the server,`,
    make: async () => {
      const [client, server] = await makeResettablePair(hostname);
      return [server, client];
    },
    makeResettable: async () => {
      const [client, server] = await makeResettablePair(hostname);
      return resettable([server, client]);
    },
    skip: {
      ...skip,
      "goes on reading after it has finished sending": SAME_TURN,
    },
  });
}

async function makeResettablePair(
  hostname: string,
): Promise<[Connection, Connection]> {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const options = { resettable: true };
  const listener = await listen(`tcp://${host}:0`, options);
  try {
    return await Promise.all([
      dial(listener.address, options),
      listener.accept(),
    ]);
  } finally {
    listener.close();
  }
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

const NO_RESET =
  "the runtime has no SO_LINGER; the peer sees that TLS did not announce the end";

if (hasOpenssl) {
  const { ca, client, server } = await certificates();
  const mutual = { caCerts: [ca], requireClientCert: true };
  const trust = { caCerts: [ca] };
  for (
    const [name, near, far] of [
      ["native client, node:tls server", trust, server],
      ["node:tls client, node:tls server", { ...trust, ...client }, {
        ...server,
        ...mutual,
      }],
      ["native client, native server", trust, {
        ...server,
        tlsEngine: "native",
      }],
    ] as const satisfies readonly (readonly [
      string,
      TlsDialOptions,
      TlsListenOptions,
    ])[]
  ) {
    transportSuite({
      name: `TLS, ${name},`,
      make: () => makeTlsPair(near, far),
      makeResettable: () => makeResettableTls(near, far),
      skip: {
        "shows the peer an abort as a reset, never as a clean end": NO_RESET,
      },
    });
    transportSuite({
      name: `TLS, ${name}, seen from the server,`,
      make: async () => {
        const [client, server] = await makeTlsPair(near, far);
        return [server, client];
      },
      makeResettable: () => makeResettableTls(near, far),
      skip: {
        "shows the peer an abort as a reset, never as a clean end": NO_RESET,
      },
    });
  }
}

async function makeTlsPair(
  near: TlsDialOptions,
  far: TlsListenOptions,
): Promise<[Connection, Connection]> {
  const listener = await listenTls({ hostname: "127.0.0.1", port: 0 }, far);
  try {
    const [client, server] = await Promise.all([
      connectTls(listener.address, near),
      listener.accept(),
    ]);
    await server.handshake?.();
    return [client, server];
  } finally {
    listener.close();
  }
}

async function makeResettableTls(
  near: TlsDialOptions,
  far: TlsListenOptions,
): Promise<ResettablePeer> {
  const listener = await listenTls({ hostname: "127.0.0.1", port: 0 }, far);
  const [peer, connection] = await Promise.all([
    connectTls(listener.address, { ...near, resettable: true }),
    listener.accept(),
  ]);
  await connection.handshake?.();
  listener.close();
  return resettable([connection, peer]);
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
