import { assertEquals, assertRejects } from "@std/assert";
import {
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../../lib/errors.ts";
import { connect } from "../../../lib/session/messages/connect.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import { startTls } from "../../../lib/session/messages/start_tls.ts";
import { serve } from "../../../lib/session/serving/serve.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { over, tcpPair } from "../harness.ts";

const OPTIONS = { encoding: "text", framing: "line" } as const;
const READY = "220 ready\n";

Deno.test({
  name: "startTls() goes on over TLS after the server said that it is ready",
  ignore: !hasOpenssl, // what makes the certificates
  async fn() {
    const { ca, server } = await certificates();
    const secured = Deno.listenTls({ ...LOOPBACK, ...server });
    // The runtime has no STARTTLS for servers: a line to one stands in for it.
    await using plain = mailServer(READY, async (conn) => {
      using inner = await Deno.connect({
        hostname: "127.0.0.1",
        port: secured.addr.port,
      });
      await Promise.all([pipe(conn, inner), pipe(inner, conn)]);
    });
    const answering = (async () => {
      using conn = await secured.accept();
      await pipe(conn, conn);
    })();

    const mail = await connect(plain.address, OPTIONS);
    await mail.send("STARTTLS");
    assertEquals(await mail.receive(), "220 ready");
    await startTls(mail, { caCerts: [ca], serverName: "localhost" });
    assertEquals(`${mail.remoteAddress}`, plain.address.replace("tcp", "tls"));
    await mail.send("secret");
    assertEquals(await mail.receive(), "secret");
    await mail.close();
    await answering;
    secured.close();
  },
});

Deno.test({
  name: "startTls() goes on over TLS at both ends, as client and as server",
  ignore: !hasOpenssl, // what makes the certificates
  async fn() {
    const { ca, server } = await certificates();
    await using own = await serve(
      "tcp://127.0.0.1:0",
      OPTIONS,
      async (peer) => {
        assertEquals(await peer.receive(), "STARTTLS");
        await peer.send("220 ready");
        await startTls(peer, { side: "server", ...server });
        for await (const line of peer) await peer.send(line.toUpperCase());
      },
    );
    await using mail = await connect(own.address, OPTIONS);
    await mail.send("STARTTLS");
    assertEquals(await mail.receive(), "220 ready");
    await startTls(mail, { caCerts: [ca], serverName: "localhost" });
    assertEquals(mail.remoteAddress.transport, "tls");
    await mail.send("secret");
    assertEquals(await mail.receive(), "SECRET");
  },
});

Deno.test({
  name: "startTls() sends and receives over TLS what is asked for meanwhile",
  ignore: !hasOpenssl, // what makes the certificates
  async fn() {
    const { ca, server } = await certificates();
    using pair = over(await tcpPair(), OPTIONS);
    const { client: mail, server: peer } = pair;
    const big = "b".repeat(200_000);
    // Sent before, so it leaves in clear, whatever the system takes at a time.
    const plain = [peer.send(big), peer.send("ready")];
    const started = startTls(peer, { side: "server", ...server });
    const sent = peer.send("secret");
    const answer = peer.receive();
    assertEquals(await mail.receive(), big);
    assertEquals(await mail.receive(), "ready");
    await startTls(mail, { caCerts: [ca], serverName: "localhost" });
    assertEquals(await mail.receive(), "secret");
    await mail.send("an answer");
    assertEquals(await answer, "an answer");
    await Promise.all([started, sent, ...plain]);
  },
});

for (const side of ["client", "server"] as const) {
  Deno.test({
    name: `startTls() as the ${side} sends nothing in clear, also if it fails`,
    ignore: !hasOpenssl, // what makes the certificates
    async fn() {
      const { server } = await certificates();
      const [near, far] = await tcpPair();
      const own = side === "server"
        ? { side, ...server }
        : { tlsEngine: "node" as const };
      const mail = new MessageConnection(near, OPTIONS);
      const started = startTls(mail, { ...own, tlsHandshakeTimeoutMs: 50 });
      const sent = mail.send("secret");
      const waiting = mail.receive().catch((error) => error);
      const error = await assertRejects(() => started, TimeoutError);
      assertEquals(await waiting, error);
      // Accepted, and never written.
      await sent;
      const seen = new Uint8Array(10_000);
      let text = "";
      for (let count; (count = await far.read(seen)) !== null;) {
        text += new TextDecoder("latin1").decode(seen.subarray(0, count));
      }
      assertEquals(text.includes("secret"), false);
      far.close();
    },
  });
}

Deno.test("startTls() as the server needs a certificate, and a client that speaks no TLS fails it", async () => {
  const { server } = hasOpenssl ? await certificates() : { server: undefined };
  for (const own of [undefined, server]) {
    using pair = over(await tcpPair(), OPTIONS);
    const started = startTls(pair.server, { side: "server", ...own });
    if (own === undefined) await assertRejects(() => started, TypeError);
    else {
      await pair.client.send("no TLS");
      const error = await assertRejects(() => started, ConnectionError);
      assertEquals(error.code, "tls");
    }
    assertEquals(pair.server.signal.aborted, true);
  }
});

Deno.test("startTls() refuses what arrived before TLS and aborts", async () => {
  await using plain = mailServer(`${READY}250 injected\n`, waitForEnd);
  const mail = await connect(plain.address, OPTIONS);
  await mail.send("STARTTLS");
  assertEquals(await mail.receive(), "220 ready");
  const error = await assertRejects(() => startTls(mail), ProtocolError);

  assertEquals(error.code, "malformed");
  assertEquals(mail.signal.aborted, true);
  assertEquals(await mail.send("x").catch((reason) => reason), error);
});

Deno.test("startTls() refuses while a message is being waited for", async () => {
  await using plain = mailServer(READY, waitForEnd);
  const mail = await connect(plain.address, OPTIONS);
  const waiting = mail.receive().catch((reason) => reason);
  await assertRejects(() => startTls(mail), TypeError, "is being waited for");

  assertEquals(mail.signal.aborted, false);
  mail.abort();
  await waiting;
});

Deno.test("startTls() with a server that says nothing more ends in time and aborts", async () => {
  await using plain = mailServer(READY, waitForEnd);
  const mail = await connect(plain.address, OPTIONS);
  await mail.send("STARTTLS");
  await mail.receive();
  await assertRejects(
    () => startTls(mail, { tlsEngine: "node", tlsHandshakeTimeoutMs: 50 }),
    TimeoutError,
  );

  assertEquals(mail.signal.aborted, true);
});

Deno.test("startTls() with a server that goes on in plain text says so", async () => {
  await using plain = mailServer(READY, async (conn) => {
    await conn.read(new Uint8Array(1000));
    await conn.write(new TextEncoder().encode("454 no TLS today\n"));
    await waitForEnd(conn);
  });
  const mail = await connect(plain.address, OPTIONS);
  await mail.send("STARTTLS");
  await mail.receive();
  const error = await assertRejects(() => startTls(mail), ConnectionError);

  assertEquals(error.code, "tls");
});

const LOOPBACK = { hostname: "127.0.0.1", port: 0 } as const;

/** Answers the first line it gets, then does what it is told. */
function mailServer(
  answer: string,
  then: (conn: Deno.TcpConn) => Promise<void>,
): { address: string } & AsyncDisposable {
  const listener = Deno.listen(LOOPBACK);
  const done = (async () => {
    using conn = await listener.accept();
    if (await conn.read(new Uint8Array(100)) === null) return;
    await conn.write(new TextEncoder().encode(answer));
    await then(conn);
  })();
  return {
    address: `tcp://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      await done;
      listener.close();
    },
  };
}

async function waitForEnd(conn: Deno.TcpConn): Promise<void> {
  const into = new Uint8Array(1000);
  while (await conn.read(into).catch(() => null) !== null);
}

async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const into = new Uint8Array(10_000);
  try {
    for (;;) {
      const count = await from.read(into);
      if (count === null) break;
      await to.write(into.subarray(0, count));
    }
    await to.closeWrite();
  } catch {
    // Closed from the other side at the same moment.
  }
}

Deno.test({
  name: "startTls() below the messages, in wrap, is both ends of them",
  ignore: !hasOpenssl,
  async fn() {
    const { ca, server } = await certificates();
    await using running = await serve("tcp://127.0.0.1:0", {
      encoding: "text",
      wrap: (line) => startTls(line, { side: "server", ...server }),
    }, async (peer) => {
      for await (const text of peer) await peer.send(text.toUpperCase());
    });
    await using connection = await connect(running.address, {
      encoding: "text",
      wrap: (line) =>
        startTls(line, { caCerts: [ca], serverName: "localhost" }),
    });
    await connection.send("hello");
    assertEquals(await connection.receive(), "HELLO");
    assertEquals(connection.remoteAddress.transport, "tls");
  },
});

Deno.test("startTls() with a silent peer ends in time on a connection of bytes as well", async () => {
  const [near, far] = memoryPair();
  const error = await assertRejects(
    () => startTls(near, { tlsEngine: "node", tlsHandshakeTimeoutMs: 20 }),
    TimeoutError,
  );
  assertEquals(error.option, "tlsHandshakeTimeoutMs");
  far.close();
});
