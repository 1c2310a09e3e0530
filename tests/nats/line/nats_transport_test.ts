/**
 * The transport below the client of NATS.
 *
 * @module
 */

import * as internal from "@nats-io/nats-core/internal";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { ConnectionError } from "../../../lib/errors.ts";
import {
  connectNats,
  NatsTransport,
} from "../../../lib/nats/line/nats_transport.ts";

Deno.test("what is used of @nats-io/nats-core/internal exists, in a pinned minor version", () => {
  const { DataBuffer, extractProtocolMessage, INFO, NatsConnectionImpl } =
    internal;
  assertEquals(typeof internal.setTransportFactory, "function");
  assertEquals(typeof NatsConnectionImpl.connect, "function");
  assertEquals(
    [...DataBuffer.concat(Uint8Array.of(1), Uint8Array.of(2, 3))],
    [1, 2, 3],
  );
  const line = new TextEncoder().encode('INFO {"max_payload":1}\r\nPING\r\n');
  assertEquals(extractProtocolMessage(line), 'INFO {"max_payload":1}\r\n');
  assertEquals(extractProtocolMessage(line.subarray(0, 8)), "");
  assertEquals(
    INFO.exec(extractProtocolMessage(line))?.[1],
    '{"max_payload":1}',
  );
  for (const name of ["nats-core", "jetstream"] as const) {
    const target = config.imports[`@nats-io/${name}`];
    assertEquals(target, `npm:@nats-io/${name}@~3.4.0`);
  }
});

/** A server that greets, and then reads only as long as the test wants. */
class SilentServer {
  readonly listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly conn: Promise<Deno.TcpConn>;

  constructor() {
    this.conn = this.#greet();
  }

  async #greet(): Promise<Deno.TcpConn> {
    const conn = await this.listener.accept();
    const encoder = new TextEncoder();
    await conn.write(encoder.encode(
      'INFO {"max_payload":1048576,"headers":true,"version":"2.9.10"}\r\n',
    ));
    const buffer = new Uint8Array(4096);
    let text = "";
    while (!text.includes("PING\r\n")) {
      const count = await conn.read(buffer);
      text += new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    }
    await conn.write(encoder.encode("PONG\r\n"));
    return conn;
  }

  connect(mostWaitingBytes: number, drained = () => {}) {
    return connectNats({
      servers: [`127.0.0.1:${this.listener.addr.port}`],
      secure: undefined,
      mostWaitingBytes,
      drained,
      reconnect: false,
      ignoreClusterUpdates: true,
    });
  }
}

Deno.test("NatsTransport counts what waits, and ends a connection that takes nothing", async () => {
  const server = new SilentServer();
  using _ = server.listener;
  const { isOpen, nc, waitingBytes } = await server.connect(20_000_000);
  using _conn = await server.conn;
  assertEquals(waitingBytes(), 0);

  const bytes = new Uint8Array(1_000_000);
  let published = 0;
  while (isOpen()) {
    nc.publish("x", bytes);
    await Promise.resolve();
    published++;
  }
  assert(published >= 20, `${published}`);
  const error = await nc.closed();
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.code, "overrun");
  assertEquals(waitingBytes(), 0);
});

Deno.test("NatsTransport says when all that waited has been written", async () => {
  const server = new SilentServer();
  using _ = server.listener;
  const drained = Promise.withResolvers<void>();
  const { nc, waitingBytes } = await server.connect(
    20_000_000,
    () => drained.resolve(),
  );
  using conn = await server.conn;

  nc.publish("x", new Uint8Array(1_000_000));
  const buffer = new Uint8Array(65_536);
  for (let read = 0; read < 1_000_000;) read += await conn.read(buffer) ?? 0;
  await drained.promise;
  assertEquals(waitingBytes(), 0);
  await nc.close();
});

Deno.test("NatsTransport.close() before connect() leaves nothing open", async () => {
  const transport = new NatsTransport();
  await transport.close();
  assertEquals(transport.isClosed, true);
  transport.send(Uint8Array.of(1));
  assertEquals(transport.waitingBytes, 0);
});
