import { assert, assertEquals, assertMatch } from "@std/assert";
import { ConnectionError, TimeoutError } from "@parley/parley";
import {
  HttpClient,
  HttpError,
  type HttpRequestOptions,
  request,
  serveHttp,
} from "@parley/parley/http";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { noise, sha256, within } from "../../support/foreign_http.ts";
import { bounded, failure, scripted } from "./scripted.ts";

const ENGINES = ["native", "node"] as const;

function secured(name: string, test: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasOpenssl, // what makes the certificates
    fn: () => within(15_000, `"${name}"`, test()),
  });
}

async function serving(
  handler: (request: Request) => Response | Promise<Response>,
) {
  const { ca, server: { cert, key } } = await certificates();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
    handler,
  );
  return {
    ca,
    url: `https://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

for (const tlsEngine of ENGINES) {
  secured(`https is spoken over our own TLS (${tlsEngine})`, async () => {
    const bytes = noise(3_000_000);
    await using server = await serving(async (request) => {
      const { protocol, host } = new URL(request.url);
      const sent = await sha256(request.body!);
      return new Response(bytes, {
        headers: { at: `${protocol}//${host} ${sent}` },
      });
    });
    let sent = "";
    const response = await request(`${server.url}/a`, {
      tlsEngine,
      caCerts: [server.ca],
      method: "POST",
      body: bytes,
      onBytes: (way, got) =>
        way === "sent" && sent === "" && (sent = new TextDecoder().decode(got)),
    });
    const wanted = await sha256(bytes);
    assertEquals(response.headers.get("at"), `${server.url} ${wanted}`);
    assertEquals(await sha256(response.body!), wanted);
    // What is inside of TLS is shown.
    assert(sent.startsWith("POST /a HTTP/1.1\r\nhost: 127.0.0.1:"));
  });

  secured(`connections over TLS are used again (${tlsEngine})`, async () => {
    const ports = new Set<number>();
    const { ca, server: { cert, key } } = await certificates();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      (_, { remoteAddr }) => {
        ports.add(remoteAddr.port);
        return new Response("ok");
      },
    );
    const url = `https://127.0.0.1:${server.addr.port}/`;
    {
      await using client = new HttpClient({ caCerts: [ca], tlsEngine });
      for (let i = 0; i < 5; i++) {
        assertEquals(await (await client.request(url)).text(), "ok");
      }
      assertEquals(ports.size, 1);
    }
  });

  secured(`a body up to the end must end by TLS (${tlsEngine})`, async () => {
    const { ca, server: { cert, key } } = await certificates();
    for (const isCut of [false, true]) {
      using listener = Deno.listenTls({
        hostname: "127.0.0.1",
        port: 0,
        cert,
        key,
        alpnProtocols: ["h2", "http/1.1"],
      });
      const heard = Promise.withResolvers<void>();
      const serving = (async () => {
        using conn = await listener.accept();
        assertEquals((await conn.handshake()).alpnProtocol, "http/1.1");
        await conn.read(new Uint8Array(10_000));
        const answer = "HTTP/1.1 200 OK\r\n\r\nhello";
        await conn.write(new TextEncoder().encode(answer));
        await heard.promise;
        if (!isCut) await conn.closeWrite().catch(() => {});
        // The client's word that it has finished, or the cut line.
        const rest = new Uint8Array(10_000);
        while (await conn.read(rest).catch(() => null) !== null);
      })();
      await using relay = await cuttable(listener.addr.port);
      const response = await request(`https://127.0.0.1:${relay.port}/`, {
        caCerts: [ca],
        tlsEngine,
      });
      const reader = response.body!.getReader();
      assertEquals((await reader.read()).value!.length, 5);
      if (isCut) relay.cut();
      heard.resolve();
      if (isCut) {
        const error = await failure(reader.read(), HttpError);
        assertEquals(error.code, "truncated");
        assertMatch(error.message, /TLS did not announce that end/);
      } else {
        assertEquals((await reader.read()).done, true);
      }
      await serving;
    }
  });
}

for (
  const [what, which, options] of [
    ["of an unknown authority", "untrusted", {}],
    ["for another name", "otherName", {}],
    ["that has expired", "expired", {}],
    ["that nobody was told to trust", "server", { caCerts: [] }],
  ] as const
) {
  secured(`a certificate ${what} is refused`, async () => {
    const { ca, [which]: { cert, key } } = await certificates();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => new Response("secret"),
    );
    const error = await failure(
      request(`https://127.0.0.1:${server.addr.port}/`, {
        caCerts: [ca],
        ...options,
      }),
      ConnectionError,
    );
    assertEquals(error.code, "tls");
  });
}

secured(
  "serverName and insecure are there for servers under another name",
  async () => {
    const { ca, otherName: { cert, key } } = await certificates();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => new Response("ok"),
    );
    const url = `https://127.0.0.1:${server.addr.port}/`;
    const ways: HttpRequestOptions[] = [
      { caCerts: [ca], serverName: "other.test" },
      { insecure: true },
    ];
    for (const options of ways) {
      assertEquals(await (await request(url, options)).text(), "ok");
    }
  },
);

secured(
  "a plain port asked for https is told from a server of TLS",
  async () => {
    await using server = scripted(async (peer) => {
      await peer.conn.read(new Uint8Array(1000));
      await peer.say("HTTP/1.1 400 Bad Request\r\n\r\n");
      await peer.drain();
    });
    const error = await failure(
      request(`https://127.0.0.1:${server.port}/`),
      ConnectionError,
    );
    assertEquals(error.code, "tls");
  },
);

secured(
  "a port of TLS asked for http is told from a server of HTTP",
  async () => {
    const { server: { cert, key } } = await certificates();
    using listener = Deno.listenTls({
      hostname: "127.0.0.1",
      port: 0,
      cert,
      key,
    });
    const accepting = listener.accept().then(async (conn) => {
      await conn.handshake().catch(() => {});
      conn.close();
    });
    const { port } = listener.addr;
    const error = await failure(request(`http://127.0.0.1:${port}/`), Error);
    assert(error instanceof HttpError || error instanceof ConnectionError);
    await accepting;
  },
);

bounded("a handshake that nobody answers is given up", async () => {
  await using server = scripted((peer) => peer.drain());
  const error = await failure(
    request(`https://127.0.0.1:${server.port}/`, {
      tlsEngine: "node",
      tlsHandshakeTimeoutMs: 100,
    }),
    TimeoutError,
  );
  assertEquals(error.deadline, "tls_handshake");
});

secured(
  "a redirect from https to http is followed without credentials",
  async () => {
    let got: string | undefined;
    await using plain = scripted(async (peer) => {
      got = (await peer.request()).head;
      await peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    await using server = await serving(() =>
      Response.redirect(`${plain.url}/to`)
    );
    const response = await request(server.url, {
      caCerts: [server.ca],
      redirect: "follow",
      headers: { authorization: "Basic x", cookie: "a=b" },
    });
    assertEquals([await response.text(), response.url], [
      "ok",
      `${plain.url}/to`,
    ]);
    assertEquals(/authorization|cookie/.test(got!), false);
  },
);

/** A relay for one connection, which can end it without the end of TLS. */
async function cuttable(to: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ends: Deno.Conn[] = [];
  const relaying = (async () => {
    const client = await listener.accept();
    const server = await Deno.connect({ hostname: "127.0.0.1", port: to });
    ends.push(client, server);
    await Promise.all([pass(client, server), pass(server, client)]);
    for (const end of ends) close(end);
  })();
  await Promise.resolve();
  return {
    port: listener.addr.port,
    cut: () => ends.forEach(close),
    async [Symbol.asyncDispose]() {
      await relaying;
      listener.close();
    },
  };
}

async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const chunk = new Uint8Array(65_536);
  try {
    for (let count; (count = await from.read(chunk)) !== null;) {
      for (let at = 0; at < count;) {
        at += await to.write(chunk.subarray(at, count));
      }
    }
    await to.closeWrite();
  } catch {
    // Cut, or closed by one of the two.
  }
}

function close(conn: Deno.Conn): void {
  conn[Symbol.dispose]();
}

secured(
  "a stranger whom a redirect names is shown no certificate",
  async () => {
    const { ca, client: { cert, key }, server } = await certificates();
    const asking = {
      ...server,
      caCerts: [ca],
      requireClientCert: true,
      onEvent() {},
    };
    await using other = await serveHttp(
      "tls://127.0.0.1:0",
      asking,
      () => new Response("let in"),
    );
    const there = `https://127.0.0.1:${other.address.port}/`;
    await using first = await serveHttp(
      "tls://127.0.0.1:0",
      asking,
      ({ url }) =>
        url.endsWith("/away")
          ? Response.redirect(there)
          : Response.redirect(url.replace("/near", "/away"), 307),
    );
    await using known = new HttpClient({ caCerts: [ca], cert, key });
    // Also not if the connection on which it was shown before is still open.
    assertEquals(await (await known.request(there)).text(), "let in");
    const near = `https://127.0.0.1:${first.address.port}/near`;
    const error = await failure(
      known.request(near, { redirect: "follow" }).then((r) => r.text()),
      ConnectionError,
    );
    assertMatch(error.message, new RegExp(`:${other.address.port}`));
  },
);
