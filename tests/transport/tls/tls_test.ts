import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  TimeoutError,
} from "../../../lib/errors.ts";
import { connect, serve } from "@parley/parley";
import {
  startTls,
  type StartTlsOptions,
  type StartTlsServerOptions,
} from "../../../lib/session/messages/start_tls.ts";
import type { ServerEvent } from "../../../lib/session/serving/server_options.ts";
import type { Address } from "../../../lib/transport/address.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { connectTcp, listenTcp } from "../../../lib/transport/tcp/mod.ts";
import {
  connectTls,
  listenTls,
  type TlsDialOptions,
  type TlsListenOptions,
} from "../../../lib/transport/tls/mod.ts";
import {
  type Certificates,
  certificates,
  hasOpenssl,
} from "../../support/certificates.ts";
import { read, readExactly, writeAll } from "../../support/transport_suite.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const HELLO = new TextEncoder().encode("hello");

function tls(name: string, fn: (made: Certificates) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasOpenssl, // what makes the certificates
    fn: async () => await fn(await certificates()),
  });
}

// What goes wrong, and what a person reads at either end.

interface Failure {
  readonly name: string;
  readonly client: (made: Certificates) => TlsDialOptions;
  readonly server: (made: Certificates) => TlsListenOptions;
  /** What the client reads, or `undefined` if it only sees the end. */
  readonly clientReads: RegExp | undefined;
  readonly serverReads: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    name: "an authority that the client does not know",
    client: () => ({}),
    server: ({ server }) => server,
    clientReads: /its certificate comes from an authority that is not trusted/,
    serverReads: /it does not trust the authority of our certificate/,
  },
  {
    name: "an authority that is not the one the client trusts",
    client: ({ ca }) => ({ caCerts: [ca] }),
    server: ({ untrusted }) => untrusted,
    clientReads: /its certificate comes from an authority that is not trusted/,
    serverReads: /it does not trust the authority of our certificate/,
  },
  {
    name: "a certificate for another name",
    client: ({ ca }) => ({ caCerts: [ca], serverName: "localhost" }),
    server: ({ otherName }) => otherName,
    clientReads:
      /its certificate is not for localhost but for other\.test \(serverName\)/,
    serverReads: /it refused our certificate, or the name in it/,
  },
  {
    name: "a certificate that has expired",
    client: ({ ca }) => ({ caCerts: [ca] }),
    server: ({ expired }) => expired,
    clientReads: /its certificate has expired/,
    serverReads:
      /it found that our certificate has expired or is not valid yet/,
  },
  {
    name: "a certificate of an authority in place of a server's",
    client: ({ plain }) => ({ caCerts: [plain.cert], serverName: "localhost" }),
    server: ({ plain }) => plain,
    clientReads:
      /its certificate is that of an authority.*: make one with basicConstraints=CA:FALSE/,
    serverReads: /it could not use our certificate|it refused our/,
  },
  {
    name: "no protocol in common",
    client: ({ ca }) => ({ caCerts: [ca], alpn: ["b/1"] }),
    server: ({ server }) => ({ ...server, alpn: ["a/1"] }),
    clientReads: /the two have no protocol in common \(alpn\)/,
    serverReads: /the two have no protocol in common \(alpn\)/,
  },
  {
    name: "an authority unknown to a client with a certificate of its own",
    client: ({ client, otherCa }) => ({ ...client, caCerts: [otherCa] }),
    server: ({ server }) => server,
    clientReads:
      /its certificate cannot be verified: .*authority that is not trusted here/,
    serverReads: /./,
  },
  {
    name: "another name, for a client with a certificate of its own",
    client: ({ ca, client }) => ({
      ...client,
      caCerts: [ca],
      serverName: "localhost",
    }),
    server: ({ otherName }) => otherName,
    clientReads: /its certificate is not for localhost/,
    serverReads: /./,
  },
  {
    name: "no certificate of a client where one is needed",
    client: ({ ca }) => ({ caCerts: [ca] }),
    server: ({ ca, server }) => ({
      ...server,
      caCerts: [ca],
      requireClientCert: true,
    }),
    clientReads: /it asks for a certificate and got none/,
    serverReads: /it showed no certificate, and this side asks for one/,
  },
  {
    name: "a client's certificate by somebody else",
    client: ({ ca, stranger }) => ({ ...stranger, caCerts: [ca] }),
    server: ({ ca, server }) => ({
      ...server,
      caCerts: [ca],
      requireClientCert: true,
    }),
    clientReads: undefined,
    serverReads:
      /its certificate cannot be verified: .*authority that is not trusted here/,
  },
  {
    name: "a client's certificate that has expired",
    client: ({ ca, formerClient }) => ({ ...formerClient, caCerts: [ca] }),
    server: ({ ca, server }) => ({
      ...server,
      caCerts: [ca],
      requireClientCert: true,
    }),
    clientReads: undefined,
    serverReads: /its certificate has expired/,
  },
];

for (const { name, client, server, clientReads, serverReads } of FAILURES) {
  tls(
    `connect() and serve() say why they cannot agree: ${name}`,
    async (made) => {
      const events = new Events();
      let handled = 0;
      await using running = await serve("tls://127.0.0.1:0", {
        ...server(made),
        onEvent: events.add,
      }, () => void handled++);
      const { address } = running;

      const error = await connect(address, client(made)).then(
        async (connection) => {
          await using open = connection;
          return await open.receive().catch((error) => error);
        },
        (error) => error,
      );

      const failed = await events.next("handshake_failed");
      assertInstanceOf(failed.error, ConnectionError);
      assertEquals(failed.error.code, "tls");
      assertMatch(failed.error.message, serverReads);
      assertMatch(
        failed.error.message,
        /^Cannot shake hands with tls:\/\/127\.0\.0\.1:\d+: /,
      );
      if (clientReads !== undefined) {
        assertInstanceOf(error, ConnectionError);
        assertEquals(error.code, "tls");
        assertEquals(error.address, `${address}`);
        assertMatch(error.message, clientReads);
      }
      assertEquals(handled, 0);
    },
  );
}

tls(
  "serve() tells plain text from TLS and says so, and the client can see it too",
  async ({ server }) => {
    const events = new Events();
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      onEvent: events.add,
    }, () => {});
    await using plain = await connect(
      `tcp://127.0.0.1:${running.address.port}`,
      { encoding: "text" },
    );
    await plain.send("hello");

    assertMatch(
      `${(await events.next("handshake_failed")).error}`,
      /what it sent is not TLS: is one end plain and the other TLS\?/,
    );
    const error = await assertRejects(() => plain.receive());
    assertMatch(`${error}`, /it begins 15 03/);
  },
);

tls("connect() tells a plain server from one of TLS and says so", async () => {
  await using plain = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    await peer.send(new TextEncoder().encode("220 ready"));
    await peer.receive().catch(() => {});
  });
  const error = await assertRejects(
    () => connect(`tls://127.0.0.1:${plain.address.port}`),
    ConnectionError,
  );

  assertEquals(error.code, "tls");
  assertMatch(error.message, /what it sent is not TLS: is one end plain/);
});

tls(
  "connect() over TLS to nobody is refused, not a failure of TLS",
  async () => {
    const listener = listenTcp(LOOPBACK);
    const { port } = listener.address;
    listener.close();
    const error = await assertRejects(
      () => connect(`tls://127.0.0.1:${port}`),
      ConnectionError,
    );

    assertEquals(error.code, "refused");
    assertEquals(error.address, `tls://127.0.0.1:${port}`);
  },
);

tls(
  "connect() gives a server that says nothing tlsHandshakeTimeoutMs",
  async () => {
    const listener = listenTcp(LOOPBACK);
    const error = await assertRejects(
      () =>
        connect(`tls://127.0.0.1:${listener.address.port}`, {
          tlsHandshakeTimeoutMs: 50,
        }),
      TimeoutError,
    );
    listener.close();

    assertEquals(error.deadline, "tls_handshake");
    assertEquals(error.timeoutMs, 50);
  },
);

tls(
  "serve() hangs up on clients that say nothing, and serves others meanwhile",
  async ({ ca, server }) => {
    const events = new Events();
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      encoding: "text",
      tlsHandshakeTimeoutMs: 100,
      onEvent: events.add,
    }, async (peer) => {
      for await (const message of peer) await peer.send(message.toUpperCase());
    });
    const { port } = running.address;
    const silent = await Promise.all(
      Array.from(
        { length: 20 },
        () => Deno.connect({ hostname: "127.0.0.1", port }),
      ),
    );

    await using busy = await connect(running.address, {
      caCerts: [ca],
      encoding: "text",
    });
    await busy.send("first");
    assertEquals(await busy.receive(), "FIRST");
    for (const conn of silent) {
      assertEquals(await conn.read(new Uint8Array(1)), null);
      conn.close();
      const { error } = await events.next("handshake_failed");
      assertInstanceOf(error, TimeoutError);
      assertEquals(error.deadline, "tls_handshake");
    }
    assertEquals(running.stats.failed, 20);
    await busy.send("still here");
    assertEquals(await busy.receive(), "STILL HERE");
  },
);

tls(
  "serve() counts a handshake under maxConnections and gives the place back",
  async ({ ca, server }) => {
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      encoding: "text",
      maxConnections: 1,
      tlsHandshakeTimeoutMs: 50,
      onEvent: () => {},
    }, async (peer) => {
      for await (const message of peer) await peer.send(message);
    });
    const silent = await Deno.connect({
      hostname: "127.0.0.1",
      port: running.address.port,
    });
    await using next = await connect(running.address, {
      caCerts: [ca],
      encoding: "text",
    });
    await next.send("my turn");

    assertEquals(await next.receive(), "my turn");
    silent.close();
  },
);

tls("Server.shutdown() does not wait for handshakes", async ({ server }) => {
  const running = await serve("tls://127.0.0.1:0", server, () => {});
  const { port } = running.address;
  const silent = await Deno.connect({ hostname: "127.0.0.1", port });
  while (running.stats.accepted === 0) await turn();
  const begun = performance.now();
  await running.shutdown();

  assertLess(performance.now() - begun, 2_000);
  assertEquals(await silent.read(new Uint8Array(1)), null);
  silent.close();
});

tls("serve() survives bytes that are nearly TLS", async ({ ca, server }) => {
  const hello = await clientHello();
  const events = new Events();
  await using running = await serve("tls://127.0.0.1:0", {
    ...server,
    encoding: "text",
    tlsHandshakeTimeoutMs: 200,
    onEvent: events.add,
  }, async (peer) => {
    for await (const message of peer) await peer.send(message);
  });
  const { port } = running.address;
  const noise = crypto.getRandomValues(new Uint8Array(300));
  const changed = Uint8Array.from(hello);
  changed[60]! ^= 0xff;
  const attempts = [
    [noise],
    [hello.subarray(0, 5)],
    [hello.subarray(0, hello.length - 1)],
    [changed, noise],
    [hello, noise, noise],
    [hello, hello],
    Array.from(hello.subarray(0, 20), (byte) => Uint8Array.of(byte)),
  ];
  await Promise.all(
    [...attempts, ...attempts, ...attempts].map(async (pieces) => {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      // Whoever is hung up on in the middle has seen enough.
      for (const piece of pieces) await conn.write(piece).catch(() => {});
      const into = new Uint8Array(16_384);
      while (await conn.read(into).catch(() => null) !== null);
    }),
  );
  for (let i = 0; i < 3 * attempts.length; i++) {
    await events.next("handshake_failed");
  }

  await using good = await connect(running.address, {
    caCerts: [ca],
    encoding: "text",
  });
  await good.send("hello");
  assertEquals(await good.receive(), "hello");
});

// Both ends agree.

for (const tlsEngine of ["node", "native"] as const) {
  tls(
    `connect() and serve() agree on a protocol, engine ${tlsEngine}`,
    async ({ ca, server }) => {
      await using running = await serve("tls://127.0.0.1:0", {
        ...server,
        alpn: ["b/2", "a/1"],
        encoding: "text",
        tlsEngine,
      }, async (peer) => await peer.send(`${peer.alpn}`));
      for (
        const [alpn, chosen] of [
          [["a/1"], "a/1"],
          [["a/1", "b/2"], "b/2"],
          [[], undefined],
        ] as const
      ) {
        await using connection = await connect(running.address, {
          alpn,
          caCerts: [ca],
          encoding: "text",
        });
        assertEquals(connection.alpn, chosen);
        assertEquals(connection.peerCertificate, undefined);
        assertEquals(await connection.receive(), `${chosen}`);
      }
    },
  );

  tls(
    `Server.setCertificate() changes what is shown next and leaves the rest alone, engine ${tlsEngine}`,
    async (made) => {
      const { ca, otherName, server } = made;
      await using running = await serve("tls://127.0.0.1:0", {
        ...server,
        encoding: "text",
        tlsEngine,
      }, async (peer) => {
        for await (const message of peer) await peer.send(message);
      });
      const { address } = running;
      const ask = async (serverName: string) => {
        await using connection = await connect(address, {
          caCerts: [ca],
          encoding: "text",
          serverName,
        });
        await connection.send(serverName);
        return await connection.receive();
      };
      await using old = await connect(address, {
        caCerts: [ca],
        encoding: "text",
      });

      await running.setCertificate(otherName);
      assertEquals(await ask("other.test"), "other.test");
      await assertRejects(() => ask("localhost"), ConnectionError);
      for (
        const wrong of [
          { cert: server.cert, key: made.renewed.key },
          { cert: "", key: server.key },
        ]
      ) {
        const error = await assertRejects(
          () => running.setCertificate(wrong),
          ConnectionError,
        );
        assertEquals(error.code, "tls");
      }
      assertEquals(await ask("other.test"), "other.test");
      await running.setCertificate(made.renewed);
      assertEquals(await ask("localhost"), "localhost");
      await old.send("since the first");
      assertEquals(await old.receive(), "since the first");
    },
  );
}

Deno.test("Server.setCertificate() needs a tls: address", async () => {
  await using running = await serve("tcp://127.0.0.1:0", {}, () => {});
  await assertRejects(
    () => running.setCertificate({ cert: "", key: "" }),
    TypeError,
    "the server listens on no tls: address",
  );
});

tls(
  "serve() asks clients for certificates and shows them to the handler",
  async ({ ca, client, server }) => {
    let seen: unknown;
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      caCerts: [ca],
      encoding: "text",
      requireClientCert: true,
    }, async (peer) => {
      const { peerCertificate } = peer;
      seen = peerCertificate;
      await peer.send(`hello ${peerCertificate?.subject["CN"]}`);
    });
    await using connection = await connect(running.address, {
      ...client,
      caCerts: [ca],
      encoding: "text",
    });

    assertEquals(await connection.receive(), "hello client");
    const { subject, issuer, subjectAltName, fingerprint256, ...rest } =
      seen as NonNullable<Connection["peerCertificate"]>;
    assertEquals({ ...subject }, { CN: "client" });
    assertEquals({ ...issuer }, { CN: "Parley test authority" });
    assertEquals(subjectAltName, "DNS:client.test");
    const hash = await crypto.subtle.digest(
      "SHA-256",
      Uint8Array.from(rest.der),
    );
    assertEquals(
      fingerprint256.replaceAll(":", "").toLowerCase(),
      new Uint8Array(hash).toHex(),
    );
    assert(rest.validFrom.getTime() <= Date.now());
    assert(rest.validTo.getTime() > Date.now());
    assertEquals(connection.peerCertificate?.subject["CN"], "server");
  },
);

for (const version of ["1_3", "1_2"]) {
  tls(
    `serve() lets nobody in by a session of another listener, TLS ${version}`,
    async ({ ca, client, otherCa, server }) => {
      const folder = await Deno.makeTempDir({ prefix: "parley-sessions-" });
      const events = new Events();
      const listening = async (caCerts: readonly string[]) =>
        await serve("tls://127.0.0.1:0", {
          ...server,
          ...(caCerts.length === 0 ? {} : { caCerts, requireClientCert: true }),
          encoding: "text",
          onEvent: events.add,
        }, async (peer) => {
          await peer.send(`welcome ${peer.peerCertificate?.subject["CN"]}`);
        });
      await using open = await listening([]);
      await using ours = await listening([ca]);
      await using others = await listening([otherCa]);
      const session = `${folder}/session.pem`;
      const pair = ["-cert", `${folder}/cert.pem`, "-key", `${folder}/key.pem`];
      await Deno.writeTextFile(pair[1]!, client.cert);
      await Deno.writeTextFile(pair[3]!, client.key);
      const visit = async (to: { address: Address }, ...args: string[]) => {
        const { stdout } = await new Deno.Command("openssl", {
          args: [
            ...["s_client", `-tls${version}`, "-ign_eof", ...args],
            ...["-connect", `127.0.0.1:${to.address.port}`],
          ],
          stdin: "null",
          stderr: "null",
        }).output();
        const text = new TextDecoder().decode(stdout);
        const words = /^(New|Reused),|(welcome \w+)/gm;
        return [...text.matchAll(words)].map(([, begun, said]) =>
          begun ?? said
        );
      };

      const first = await visit(open, "-sess_out", session);
      assertEquals(first, ["New", "welcome undefined"]);
      assertEquals(await visit(ours, "-sess_in", session), ["Reused"]);
      const without = await events.next("handshake_failed");
      assertMatch(`${without.error}`, /it showed no certificate/);

      const known = await visit(ours, ...pair, "-sess_out", session);
      assertEquals(known, ["New", "welcome client"]);
      const again = await visit(ours, "-sess_in", session);
      assertEquals(again, ["Reused", "welcome client"]);
      assertEquals(await visit(others, "-sess_in", session), ["Reused"]);
      const strange = await events.next("handshake_failed");
      assertMatch(`${strange.error}`, /an authority that is not trusted here/);
      await Deno.remove(folder, { recursive: true });
    },
  );
}

tls(
  "connect() with insecure accepts any certificate",
  async ({ expired, plain, untrusted }) => {
    for (const server of [expired, plain, untrusted]) {
      await using running = await serve("tls://127.0.0.1:0", {
        ...server,
        encoding: "text",
      }, async (peer) => await peer.send("hello"));
      await using connection = await connect(running.address, {
        encoding: "text",
        insecure: true,
        serverName: "nobody.test",
      });
      assertEquals(await connection.receive(), "hello");
    }
  },
);

tls(
  "connect() over TLS carries 8 MiB there and back",
  async ({ ca, server }) => {
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      framing: "length:4",
    }, async (peer) => {
      for await (const message of peer) await peer.send(message);
    });
    await using connection = await connect(running.address, {
      caCerts: [ca],
      framing: "length:4",
    });
    const message = new Uint8Array(1024 * 1024).map((_, at) => at * 31 >> 3);
    const sent = (async () => {
      for (let i = 0; i < 8; i++) await connection.send(message);
    })();
    for (let i = 0; i < 8; i++) {
      assertEquals(await connection.receive(), message);
    }
    await sent;
  },
);

tls(
  "connectTls() with the engine node hangs up on a silent server and shows the certificate of another",
  async ({ ca, server }) => {
    const silent = listenTcp(LOOPBACK);
    const attempt = connectTls(silent.address, {
      signal: AbortSignal.timeout(50),
      tlsEngine: "node",
    });
    const accepted = await silent.accept();
    await assertRejects(() => attempt, DOMException, "timeout");
    while (await read(accepted) !== null);
    for (const open of [accepted, silent]) open.close();

    const listener = await listenTls(LOOPBACK, server);
    const [client, peer] = await Promise.all([
      connectTls(listener.address, { caCerts: [ca], tlsEngine: "node" }),
      listener.accept(),
    ]);
    assertEquals(client.peerCertificate?.subject["CN"], "server");
    for (const end of [client, peer]) {
      end.close();
      await end.released;
    }
    listener.close();
  },
);

// The three ends.

tls(
  "MessageConnection takes an end that TLS did not announce for the end between two messages only",
  async ({ ca, server }) => {
    for (
      const [framing, sent, messages, outcome] of [
        ["line", "one\ntwo\n", ["one", "two"], undefined],
        ["line", "one\ntw", ["one"], "truncated"],
        ["line,eof", "one\ntwo\n", ["one", "two"], undefined],
        ["line,eof", "one\ntw", ["one"], "truncated"],
        ["length:1", "\u0003one", ["one"], undefined],
        ["length:1", "\u0003one\u0003tw", ["one"], "truncated"],
        ["close", "one", [], "truncated"],
        ["close", "", [], "truncated"],
        ["raw", "one", ["one"], undefined],
      ] as const
    ) {
      for (const isAnnounced of [false, true]) {
        const received: string[] = [];
        const over = Promise.withResolvers<unknown>();
        await using running = await serve("tls://127.0.0.1:0", {
          ...server,
          encoding: "text",
          framing,
          onEvent: () => {},
        }, async (peer) => {
          try {
            for await (const message of peer) received.push(message);
            over.resolve(undefined);
          } catch (error) {
            over.resolve((error as { code?: string }).code);
            throw error;
          }
        });
        const line = await connectTcp({
          hostname: "127.0.0.1",
          port: running.address.port,
        });
        const client = await startTls(keptOpen(line), {
          caCerts: [ca],
          insecure: true,
        });
        if (sent !== "") await writeAll(client, new TextEncoder().encode(sent));
        if (isAnnounced) {
          await client.closeWrite();
          line.close();
          await over.promise;
        } else {
          await turn();
          line.close();
          assertEquals(await over.promise, outcome, `${framing} ${sent}`);
          assertEquals(received, [...messages], `${framing} ${sent}`);
        }
        client.abort();
      }
    }
  },
);

tls(
  "Connection.read() of the native client tells an end that was not announced",
  async ({ ca, server }) => {
    const listener = await listenTls(LOOPBACK, server);
    for (const isAnnounced of [true, false]) {
      const [client, accepted] = await Promise.all([
        connectTls(listener.address, { caCerts: [ca] }),
        listener.accept(),
      ]);
      await writeAll(accepted, HELLO);
      if (isAnnounced) accepted.close();
      else accepted.abort();
      await accepted.released;

      assertEquals(await readExactly(client, 5), HELLO);
      for (let i = 0; i < 2; i++) assertEquals(await read(client), null);
      assertEquals(client.endedUnannounced, !isAnnounced);
      client.close();
    }
    listener.close();
  },
);

// STARTTLS.

tls(
  "startTls() goes on over TLS where plain text stopped",
  async ({ ca, server }) => {
    const listener = listenTcp(LOOPBACK);
    const [client, accepted] = await Promise.all([
      connectTcp(listener.address),
      listener.accept(),
    ]);
    listener.close();
    const secured = await listenTls(LOOPBACK, server);
    // The runtime has no such thing for a server: a line to one stands in for it.
    const inner = await connectTcp(secured.address);
    const piping = [pipe(accepted, inner), pipe(inner, accepted)];

    const [over, far] = await Promise.all([
      startTls(client, { caCerts: [ca], serverName: "localhost" }),
      secured.accept(),
    ]);
    await writeAll(over, HELLO);
    assertEquals(await readExactly(far, 5), HELLO);
    assertMatch(`${over.remoteAddress}`, /^tls:\/\/127\.0\.0\.1:/);
    await assertRejects(() => client.write(HELLO), ClosedError);
    for (const end of [over, far]) {
      end.close();
      await end.released;
    }
    await Promise.all(piping);
    secured.close();
  },
);

tls(
  "startTls() is the server of an open connection as well, over any transport",
  async ({ ca, client, server }) => {
    const [near, far] = memoryPair({ toServer: { readBytes: 7 } });
    const mutual = { caCerts: [ca], requireClientCert: true };
    const [secureClient, secureServer] = await Promise.all([
      startTls(near, { caCerts: [ca], serverName: "localhost", ...client }),
      startTls(far, { side: "server", ...server, ...mutual }),
    ]);
    await writeAll(secureClient, HELLO);
    assertEquals(await readExactly(secureServer, 5), HELLO);
    await writeAll(secureServer, HELLO);
    assertEquals(await readExactly(secureClient, 5), HELLO);
    assertEquals(secureServer.peerCertificate?.subject["CN"], "client");
    for (const end of [secureClient, secureServer]) end.close();
    await Promise.all([secureClient.released, secureServer.released]);
  },
);

tls(
  "startTls() as the server refuses what it cannot be, and leaves the connection alone",
  async ({ server }) => {
    const [near, far] = memoryPair();
    const refused = async (
      options: StartTlsOptions | StartTlsServerOptions,
      why: string,
    ) => {
      const error = await assertRejects(
        () => startTls(far, options),
        TypeError,
      );
      assertEquals(
        error.message,
        `Cannot start TLS with memory:client: ${why}`,
      );
    };
    await refused(
      { side: "server" },
      "TLS needs a certificate and its key (cert)",
    );
    await refused(
      { side: "server", ...server, tlsEngine: "native" },
      'only the TLS engine "node" can be the server of an open connection (tlsEngine)',
    );
    await writeAll(near, HELLO);
    assertEquals(await readExactly(far, 5), HELLO);
    for (const end of [near, far]) end.close();
  },
);

tls(
  "connectTls() refuses an authority that cannot be read, whichever engine it takes",
  async ({ ca }) => {
    const pem = (base64: string) =>
      `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    for (const tlsEngine of ["native", "node"] as const) {
      for (const base64 of ["AAAA", "!!!", "MAA=MAA=", "MIIB"]) {
        const error = await assertRejects(
          () =>
            connectTls("tls://127.0.0.1:1", {
              caCerts: [ca, pem(base64)],
              tlsEngine,
            }),
          ConnectionError,
        );
        assertEquals(error.code, "tls");
        assertEquals(error.option, "caCerts");
        assertEquals(error.reason, "a certificate to trust cannot be read");
      }
    }
  },
);

tls("startTls() ends with the signal's own reason", async () => {
  const listener = listenTcp(LOOPBACK);
  const [client, accepted] = await Promise.all([
    connectTcp(listener.address),
    listener.accept(),
  ]);
  const controller = new AbortController();
  const reason = new Error("lost patience");
  const outcome = startTls(client, { signal: controller.signal })
    .catch((error) => error);
  await read(accepted);
  controller.abort(reason);

  assertStrictEquals(await outcome, reason);
  for (const open of [accepted, listener]) open.close();
});

// What the caller got wrong.

tls(
  "listenTls() refuses certificates and keys that are none, each with what to do",
  async (made) => {
    const { cert, key } = made.server;
    for (
      const [options, why] of [
        [
          { cert: "", key },
          'the certificate is empty, it needs "-----BEGIN CERTIFICATE-----" (cert)',
        ],
        [
          { cert: "  \n", key },
          'the certificate is empty, it needs "-----BEGIN CERTIFICATE-----" (cert)',
        ],
        [
          { cert: "cert.pem", key },
          'the certificate holds no "-----BEGIN CERTIFICATE-----": give the content of the file, not its name (cert)',
        ],
        [
          { cert: key, key },
          'the certificate holds no "-----BEGIN CERTIFICATE-----" (cert)',
        ],
        [
          { cert, key: "" },
          'the key is empty, it needs "-----BEGIN PRIVATE KEY-----" (key)',
        ],
        [
          { cert, key: cert },
          'the key holds no "-----BEGIN PRIVATE KEY-----" (key)',
        ],
        [
          { cert, key: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n" },
          "the key is encrypted (key); decrypt it first, as with openssl pkey",
        ],
        [
          { cert, key: made.renewed.key },
          "the key does not belong to the certificate (key)",
        ],
        [
          { cert: cert.replace(/^(?!-).{20}/m, "A".repeat(20)), key },
          "the certificate or its key cannot be read (cert)",
        ],
        [
          { cert, key, caCerts: ["ca.pem"], requireClientCert: true },
          'a certificate to trust holds no "-----BEGIN CERTIFICATE-----": give the content of the file, not its name (caCerts)',
        ],
      ] as const
    ) {
      const error = await assertRejects(
        () => listenTls(LOOPBACK, options),
        ConnectionError,
      );
      assertEquals(error.code, "tls");
      assertEquals(error.message, `Cannot listen on tls://127.0.0.1:0: ${why}`);
    }
    const native = await assertRejects(
      () =>
        listenTls(LOOPBACK, {
          cert,
          key: made.renewed.key,
          tlsEngine: "native",
        }),
      ConnectionError,
      "the key does not belong to the certificate",
    );
    assertEquals(native.code, "tls");
  },
);

tls(
  "listenTls() and connectTls() refuse options that do not go together",
  async ({ ca, server }) => {
    const { cert, key } = server;
    for (
      const [options, why] of [
        [{}, "TLS needs a certificate and its key (cert)"],
        [{ cert }, "there is a certificate without its key (key)"],
        [{ key }, "there is a key without its certificate (cert)"],
        [
          { cert, key, requireClientCert: true },
          "client certificates need the authorities that issue them (caCerts)",
        ],
        [
          { cert, key, caCerts: [ca] },
          "authorities are only for client certificates, which are not asked for (requireClientCert)",
        ],
      ] as const
    ) {
      const error = await assertRejects(
        () => listenTls(LOOPBACK, options),
        TypeError,
      );
      assertEquals(error.message, `Cannot listen on tls://127.0.0.1:0: ${why}`);
    }
    await assertRejects(
      () => connectTls({ hostname: "127.0.0.1", port: 1 }, { cert }),
      TypeError,
      "there is a certificate without its key (key)",
    );
    await assertRejects(
      () => connectTls(LOOPBACK, {}),
      RangeError,
      "port 0 is only for listening",
    );
  },
);

// Others' TLS.

tls(
  "serve() reads a proxy's header in front of TLS",
  async ({ ca, server }) => {
    await using running = await serve("tls://127.0.0.1:0", {
      ...server,
      encoding: "text",
      proxyProtocol: { trusted: ["127.0.0.1"] },
    }, async (peer) => await peer.send(`${peer.remoteAddress}`));
    const line = await connectTcp({
      hostname: "127.0.0.1",
      port: running.address.port,
    });
    const header = "PROXY TCP4 192.0.2.7 198.51.100.1 1234 443\r\n";
    await writeAll(line, new TextEncoder().encode(header));
    const client = await startTls(line, { caCerts: [ca] });

    assertEquals(
      await readExactly(client, 21),
      new TextEncoder().encode("tls://192.0.2.7:1234\n"),
    );
    client.close();
  },
);

tls(
  "serve() answers openssl s_client, with and without a certificate",
  async ({ ca, client, server }) => {
    const folder = await Deno.makeTempDir({ prefix: "parley-" });
    const file = async (name: string, content: string) => {
      await Deno.writeTextFile(`${folder}/${name}`, content);
      return `${folder}/${name}`;
    };
    for (const requireClientCert of [false, true]) {
      await using running = await serve("tls://127.0.0.1:0", {
        ...server,
        encoding: "text",
        ...(requireClientCert ? { caCerts: [ca], requireClientCert } : {}),
      }, async (peer) => {
        for await (const message of peer) {
          await peer.send(
            `${message.toUpperCase()} ${peer.peerCertificate?.subject["CN"]}`,
          );
        }
      });
      const child = new Deno.Command("openssl", {
        args: [
          ...["s_client", "-quiet", "-verify_return_error", "-no_ign_eof"],
          ...["-connect", `127.0.0.1:${running.address.port}`],
          ...["-CAfile", await file("ca.pem", ca)],
          ...["-cert", await file("cert.pem", client.cert)],
          ...["-key", await file("key.pem", client.key)],
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const input = child.stdin.getWriter();
      await input.write(new TextEncoder().encode("hello openssl\n"));
      const output = child.stdout.getReader();
      const name = requireClientCert ? "client" : "undefined";
      assertEquals(
        new TextDecoder().decode((await output.read()).value),
        `HELLO OPENSSL ${name}\n`,
      );
      await input.close();
      await output.cancel();
      await child.status;
    }
    await Deno.remove(folder, { recursive: true });
  },
);

type EventOf<K> = Extract<ServerEvent<never>, { type: K }>;

/** The events of a server, to be waited for. */
class Events {
  readonly #seen: { readonly type: string }[] = [];
  #wake: (() => void) | undefined;

  readonly add = (event: { readonly type: string }): void => {
    this.#seen.push(event);
    this.#wake?.();
  };

  async next<K extends ServerEvent["type"]>(type: K): Promise<EventOf<K>> {
    for (;;) {
      const at = this.#seen.findIndex((event) => event.type === type);
      if (at !== -1) return this.#seen.splice(at, 1)[0] as EventOf<K>;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** A line that TLS cannot close, so that it can be cut without a word. */
function keptOpen(line: Connection): Connection {
  return {
    localAddress: line.localAddress,
    remoteAddress: line.remoteAddress,
    read: (into) => line.read(into),
    write: (bytes) => line.write(bytes),
    closeWrite: () => line.closeWrite(),
    close: () => {},
    abort: () => line.abort(),
  };
}

async function pipe(from: Connection, to: Connection): Promise<void> {
  try {
    for (let got = await read(from); got !== null; got = await read(from)) {
      await writeAll(to, got);
    }
    await to.closeWrite();
  } catch {
    // Closed from the other side at the same moment.
  } finally {
    from.close();
  }
}

/** What a client says first. */
async function clientHello(): Promise<Uint8Array> {
  const listener = listenTcp(LOOPBACK);
  const connecting = connectTls(listener.address, { insecure: true })
    .catch(() => {});
  const accepted = await listener.accept();
  const hello = await read(accepted);
  for (const open of [accepted, listener]) open.close();
  await connecting;
  return hello!;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
