/**
 * Tunnels through a server and a client of HTTP: CONNECT, RFC 9110 section 9.3.6.
 *
 * @module
 */

import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MessageConnection, serve, startTls } from "@parley/parley";
import { HttpClient, type HttpConnectHandler } from "@parley/parley/http";
import { connectTcp } from "@parley/parley/tcp";
import type { Connection } from "../../../lib/transport/connection.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { peerTests, sh } from "../../support/foreign_http.ts";
import { answers, get, inMemory, onTcp, valueOf } from "./harness.ts";

const CONNECT = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n";
const OPTIONS = { encoding: "text" } as const;
const page = () => new Response("page");

async function copy(from: Connection, to: Connection): Promise<void> {
  const buffer = new Uint8Array(10_000);
  for (let count; (count = await from.read(buffer)) !== null;) {
    for (let at = 0; at < count;) {
      at += await to.write(buffer.subarray(at, count));
    }
  }
  await to.closeWrite();
}

/** Opens every tunnel, as a proxy does. */
const proxy: HttpConnectHandler = async ({ target, tunnel }) => {
  const far = await connectTcp(target);
  return tunnel(async (near) => {
    await Promise.all([copy(near, far), copy(far, near)]);
    far.close();
  });
};

/** Sends back what comes, in parentheses. */
const echo: HttpConnectHandler = (info) =>
  info.tunnel(async (connection) => {
    const into = new Uint8Array(100);
    for (let count; (count = await connection.read(into)) !== null;) {
      const text = new TextDecoder().decode(into.subarray(0, count));
      await connection.write(new TextEncoder().encode(`(${text})`));
    }
  }, { "x-a": info.target });

Deno.test("info.tunnel() answers 200 without a length, and hands the connection over with what came behind the request", async () => {
  await using own = await inMemory(page, { onConnect: echo });
  using wire = await own.dial();
  await wire.write(`${get()}${CONNECT}left over`);
  assertEquals((await wire.response()).body, "page");
  const { lines, status } = await wire.response(false);
  assertEquals(status, 200);
  assertEquals(valueOf(lines, "x-a"), "a.test:443");
  for (const name of ["content-length", "transfer-encoding", "connection"]) {
    assertEquals(valueOf(lines, name), undefined, name);
  }
  assertEquals(await wire.until(")"), "(left over)");
  await wire.write(get());
  assertEquals(await wire.until(")"), `(${get()})`);
  await wire.connection.closeWrite();
  assertEquals(await wire.all(), "");
  assertEquals(
    answers(own).map(({ method, status, target }) => [method, target, status]),
    [["GET", "/", 200], ["CONNECT", "a.test:443", 200]],
  );
});

Deno.test("info.tunnel() gives the same bytes wherever the network cuts them", async () => {
  const sent = `${CONNECT}abcdef`;
  for (let at = 1; at < sent.length; at++) {
    await using own = await inMemory(page, {
      onConnect: (info) =>
        info.tunnel(async (connection) => {
          let text = "";
          const into = new Uint8Array(2);
          for (let count; (count = await connection.read(into)) !== null;) {
            text += new TextDecoder().decode(into.subarray(0, count));
          }
          await connection.write(new TextEncoder().encode(`[${text}]`));
        }),
    });
    using wire = await own.dial();
    await wire.write(sent.slice(0, at));
    await wire.write(sent.slice(at));
    await wire.connection.closeWrite();
    const all = await wire.all();
    assertEquals(all.slice(all.indexOf("\r\n\r\n")), "\r\n\r\n[abcdef]");
  }
});

Deno.test("a tunnel that onConnect refuses leaves the connection to HTTP", async () => {
  await using own = await inMemory(page, {
    onConnect: () => new Response("not there", { status: 403 }),
  });
  using wire = await own.dial();
  await wire.write(CONNECT + get());
  const { body, status } = await wire.response();
  assertEquals([status, body], [403, "not there"]);
  assertEquals((await wire.response()).body, "page");
});

Deno.test("onConnect that answers 200 without a tunnel, or with another request's, is answered with 500", async () => {
  let kept: Response | undefined;
  const errors: unknown[] = [];
  await using own = await inMemory(() => kept!, {
    onConnect: (info) => {
      kept = info.tunnel(() => {});
      return new Response("I am open");
    },
    onEvent: (event) => {
      if (event.type === "answered") errors.push(event.error);
    },
  });
  for (const request of [CONNECT, get()]) {
    using wire = await own.dial();
    await wire.write(request);
    assertEquals((await wire.response()).status, 500);
  }
  assertEquals(errors.map((error) => error instanceof TypeError), [true, true]);
});

Deno.test("onConnect never sees a target without a valid port; CONNECT without onConnect is 501", async () => {
  let asked = 0;
  await using open = await inMemory(page, {
    onConnect: () => {
      asked++;
      return new Response(null, { status: 403 });
    },
  });
  await using closed = await inMemory(page);
  for (
    const [own, target, wanted] of [
      [open, "a.test", 400],
      [open, "a.test:0", 400],
      [open, "a.test:65536", 400],
      [open, "/", 400],
      [closed, "a.test:443", 501],
    ] as const
  ) {
    using wire = await own.dial();
    await wire.write(`CONNECT ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    const { lines, status } = await wire.response();
    assertEquals([status, valueOf(lines, "connection")], [wanted, "close"]);
  }
  assertEquals(asked, 0);
});

Deno.test("info.signal is aborted when the client goes away before the answer", async () => {
  const began = Promise.withResolvers<AbortSignal>();
  await using own = await inMemory(page, {
    onConnect: async ({ signal }) => {
      began.resolve(signal);
      await new Promise((gone) => signal.addEventListener("abort", gone));
      return new Response(null, { status: 504 });
    },
  });
  using wire = await own.dial();
  await wire.write(CONNECT);
  const signal = await began.promise;
  assert(!signal.aborted);
  const aborted = new Promise((gone) => signal.addEventListener("abort", gone));
  wire.connection.abort();
  await aborted;
});

Deno.test("shutdown() ends a tunnel", async () => {
  await using own = await inMemory(page, { onConnect: echo });
  using wire = await own.dial();
  await wire.write(CONNECT);
  await wire.response(false);
  const report = await own.server.shutdown({ graceMs: 5000 });
  assertEquals([report.finished, report.cut.length], [1, 0]);
  assertEquals(await wire.all(), "");
});

Deno.test("HttpClient.tunnel() gives a connection through the proxy, on which messages go both ways", async () => {
  await using far = await serve("tcp://127.0.0.1:0", OPTIONS, async (peer) => {
    for await (const text of peer) await peer.send(text.toUpperCase());
  });
  await using own = await onTcp(page, { onConnect: proxy });
  await using client = new HttpClient();
  const url = `http://127.0.0.1:${own.server.address.port}`;
  // An idle connection is left alone.
  assertEquals(await (await client.request(url)).text(), "page");
  const { connection, response } = await client.tunnel(
    url,
    `127.0.0.1:${far.address.port}`,
  );
  assertEquals(response.status, 200);
  await using messages = new MessageConnection(connection!, OPTIONS);
  await messages.send("hello");
  assertEquals(await messages.receive(), "HELLO");
  assertEquals(await (await client.request(url)).text(), "page");
});

Deno.test({
  name: "HttpClient.tunnel() carries TLS to the far end",
  ignore: !hasOpenssl, // what makes the certificates
  async fn() {
    const { ca, server } = await certificates();
    await using far = await serve(
      "tls://127.0.0.1:0",
      { ...OPTIONS, ...server },
      async (peer) => await peer.send("secret"),
    );
    await using own = await onTcp(page, { onConnect: proxy });
    await using client = new HttpClient();
    const { connection } = await client.tunnel(
      `http://127.0.0.1:${own.server.address.port}`,
      `127.0.0.1:${far.address.port}`,
    );
    const secured = await startTls(connection!, {
      caCerts: [ca],
      serverName: "localhost",
    });
    await using messages = new MessageConnection(secured, OPTIONS);
    assertEquals(await messages.receive(), "secret");
  },
});

Deno.test("HttpClient.tunnel() gives the response of a proxy that refuses, and uses the connection again", async () => {
  await using own = await onTcp(page, {
    onConnect: (info) =>
      new Response(`no ${info.target}`, {
        status: 407,
        headers: { "proxy-authenticate": "Basic" },
      }),
  });
  await using client = new HttpClient();
  const url = `http://127.0.0.1:${own.server.address.port}`;
  const refused = await client.tunnel(url, "[::1]:25");
  assertEquals(refused.connection, undefined);
  assertEquals(refused.response.status, 407);
  assertEquals(await refused.response.text(), "no [::1]:25");
  assertEquals(await (await client.request(url)).text(), "page");
  assertEquals(own.server.stats.accepted, 1);
});

Deno.test("HttpClient.tunnel() refuses what is not a host and a port", async () => {
  await using client = new HttpClient();
  for (const target of ["", "a", "a:0", "a:b", "http://a:1", "a:65536"]) {
    const error = await assertRejects(
      () => client.tunnel("http://127.0.0.1:1", target),
    );
    assert(error instanceof TypeError || error instanceof RangeError, target);
  }
});

Deno.test("HttpClient.tunnel() goes through a proxy of node:http", async () => {
  const proxy = createServer();
  proxy.on("connect", (request, socket, head) => {
    socket.write("HTTP/1.1 200 Yes\r\nContent-Length: 7\r\n\r\n");
    socket.write(`${request.url} ${request.headers.host} ${head}`);
    socket.pipe(socket);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  await using client = new HttpClient();
  const { connection } = await client.tunnel(
    `http://127.0.0.1:${port}`,
    "example.org:443",
  );
  const messages = new MessageConnection(connection!, OPTIONS);
  await messages.send("hello");
  assertEquals(
    await messages.receive(),
    "example.org:443 example.org:443 hello",
  );
  await messages.close();
  proxy.close();
  await once(proxy, "close");
});

const curlTest = await peerTests("curl");

curlTest("goes through a server's tunnel", async () => {
  await using far = await onTcp(() => new Response("far away"));
  await using own = await onTcp(page, { onConnect: proxy });
  const [near, there] = [own, far].map(({ server }) =>
    `http://127.0.0.1:${server.address.port}`
  );
  const options = "-q -sS --max-time 20 --noproxy none --proxytunnel";
  assertEquals(
    await sh(`curl ${options} --proxy ${near} ${there}/`),
    "far away",
  );
});
