/**
 * TLS in bulk over loopback, in both directions, against the plain calls of the
 * runtime in the same run: each of its two implementations with itself, and
 * whole messages against bare bytes.
 *
 * Both ends are in this process, so a figure is that of the slower direction of
 * one core.
 */

import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { connect, type MessageConnection, serve } from "../../mod.ts";
import type { Connection } from "../../mod.ts";
import {
  connectTls,
  listenTls,
  type TlsEngine,
} from "../../lib/transport/tls/mod.ts";
import { certificates } from "../support/certificates.ts";

const MESSAGE = new Uint8Array(1024 * 1024).fill(97);
const COUNT = 16;
const TOTAL = COUNT * MESSAGE.length;
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

const { ca, server } = await certificates();
const trust = { caCerts: [ca], serverName: "localhost" };

/** One end: sends all of it, or takes all of it. */
interface End {
  send(): Promise<void>;
  take(): Promise<void>;
}

interface Subject {
  readonly name: string;
  readonly baseline: boolean;
  readonly client: End;
  readonly server: End;
}

type Bytes = Pick<Connection, "read" | "write">;

function endOf(connection: Bytes): End {
  const into = new Uint8Array(64 * 1024);
  return {
    async send() {
      for (let sent = 0; sent < TOTAL;) {
        const rest = Math.min(MESSAGE.length, TOTAL - sent);
        sent += await connection.write(MESSAGE.subarray(0, rest));
      }
    },
    async take() {
      for (let taken = 0; taken < TOTAL;) {
        taken += await connection.read(into) ?? TOTAL;
      }
    },
  };
}

function messageEndOf(connection: MessageConnection): End {
  return {
    async send() {
      for (let i = 0; i < COUNT; i++) await connection.send(MESSAGE);
    },
    async take() {
      for (let i = 0; i < COUNT; i++) await connection.receive();
    },
  };
}

function nodeEndOf(socket: TLSSocket): End {
  let taken = 0;
  let done: (() => void) | undefined;
  socket.on("data", (chunk: Uint8Array) => {
    taken += chunk.length;
    if (taken >= TOTAL) {
      taken -= TOTAL;
      done?.();
    }
  });
  return {
    async send() {
      for (let i = 0; i < COUNT; i++) {
        if (!socket.write(MESSAGE)) {
          await new Promise((resolve) => socket.once("drain", resolve));
        }
      }
    },
    take: () => new Promise((resolve) => done = resolve),
  };
}

async function plainClient(port: number): Promise<Deno.TlsConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  return await Deno.startTls(conn, { hostname: "localhost", caCerts: [ca] });
}

async function plainNative(): Promise<Subject> {
  const listener = Deno.listenTls({ ...LOOPBACK, ...server });
  const [near, far] = await Promise.all([
    plainClient(listener.addr.port),
    listener.accept(),
  ]);
  await Promise.all([near.handshake(), far.handshake()]);
  return {
    name: "Deno.startTls and Deno.listenTls",
    baseline: true,
    client: endOf(near),
    server: endOf(far),
  };
}

async function plainNode(): Promise<Subject> {
  const accepted = Promise.withResolvers<TLSSocket>();
  const listener = createServer(server, accepted.resolve);
  await new Promise<void>((resolve) => listener.listen(LOOPBACK, resolve));
  const { port } = listener.address() as AddressInfo;
  const near = await plainClient(port);
  await near.handshake();
  return {
    name: "Deno.startTls and node:tls",
    baseline: false,
    client: endOf(near),
    server: nodeEndOf(await accepted.promise),
  };
}

async function ourBytes(tlsEngine: TlsEngine): Promise<Subject> {
  const listener = await listenTls(LOOPBACK, { ...server, tlsEngine });
  const [near, far] = await Promise.all([
    connectTls(listener.address, trust),
    listener.accept(),
  ]);
  return {
    name: `connectTls and listenTls, ${tlsEngine}`,
    baseline: false,
    client: endOf(near),
    server: endOf(far),
  };
}

async function ourMessages(tlsEngine: TlsEngine): Promise<Subject> {
  const accepted = Promise.withResolvers<MessageConnection>();
  const running = await serve("tls://127.0.0.1:0", {
    ...server,
    framing: "length:4",
    tlsEngine,
  }, async (connection) => {
    accepted.resolve(connection);
    await new Promise<void>((resolve) =>
      connection.signal.addEventListener("abort", () => resolve())
    );
  });
  const near = await connect(running.address, {
    ...trust,
    framing: "length:4",
  });
  return {
    name: `connect and serve, ${tlsEngine}, messages of 1 MiB`,
    baseline: false,
    client: messageEndOf(near),
    server: messageEndOf(await accepted.promise),
  };
}

const subjects = [
  await plainNative(),
  await ourBytes("native"),
  await ourMessages("native"),
  await plainNode(),
  await ourBytes("node"),
  await ourMessages("node"),
];

for (const { name, baseline, client, server } of subjects) {
  const options = { name, baseline };
  Deno.bench({ ...options, group: "TLS: 16 MiB to the server" }, async () => {
    await Promise.all([client.send(), server.take()]);
  });
  Deno.bench({ ...options, group: "TLS: 16 MiB to the client" }, async () => {
    await Promise.all([server.send(), client.take()]);
  });
}
