import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { serveHttp } from "../../../lib/http/server/serve_http.ts";
import type { HttpRequestInfo } from "../../../lib/http/server/request/request_info.ts";
import type { ServeHttpOptions } from "../../../lib/http/server/http_server_options.ts";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { connectUnix } from "../../../lib/transport/unix/mod.ts";
import { memoryListener } from "../../../lib/transport/memory/mod.ts";
import { until } from "../../session/harness.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { chunkings, latin1 } from "../../support/chunkings.ts";
import { answers, get, inMemory, onTcp, valueOf, Wire } from "./harness.ts";

const hello: HttpHandler = () => new Response("hello");

Deno.test("serveHttp() answers fetch with the platform's own Request and Response", async () => {
  let seen: Request | undefined;
  await using own = await onTcp(async (request) => {
    seen = request;
    return new Response(`${request.method} ${await request.text()}`, {
      status: 201,
      headers: { "x-answer": "yes" },
    });
  });
  const url = `http://127.0.0.1:${own.server.address.port}/a%20b?c=d`;
  const response = await fetch(url, {
    method: "PUT",
    body: "lunch",
    headers: { "x-question": "which" },
  });
  assertEquals(response.status, 201);
  assertEquals(response.statusText, "Created");
  assertEquals(response.headers.get("x-answer"), "yes");
  assertEquals(await response.text(), "PUT lunch");
  assert(seen instanceof Request);
  assertEquals(seen.url, url);
  assertEquals(seen.headers.get("x-question"), "which");
});

Deno.test("serveHttp() tells handlers what the wire said, byte for byte", async () => {
  let told: HttpRequestInfo | undefined;
  let joined: string | null = "";
  await using own = await inMemory((request, info) => {
    told = info;
    joined = request.headers.get("x-a");
    return new Response();
  });
  using wire = await own.dial({ from: "alice" });
  const head =
    "GET /x?y HTTP/1.1\r\nHOST: b.test\r\nX-a: 1 \r\nx-A:\t2\r\n\r\n";
  await wire.write(head);
  await wire.response();
  assert(told !== undefined);
  assertEquals(new TextDecoder().decode(told.headBytes), head);
  assertEquals(told.headers, [["HOST", "b.test"], ["X-a", "1"], ["x-A", "2"]]);
  assertEquals([told.target, told.version], ["/x?y", "1.1"]);
  assertEquals(String(told.remoteAddress), "memory:alice");
  assertEquals(String(told.localAddress), "memory:server");
  assertEquals(joined, "1, 2");
});

Deno.test("serveHttp() makes the URL of the target, the host and the transport", async () => {
  const urls: string[] = [];
  await using own = await inMemory((request) => {
    urls.push(request.url);
    return new Response();
  });
  using wire = await own.dial();
  for (
    const [target, host] of [
      ["/", "a.test"],
      ["/p?q=1", "A.test:8080"],
      ["//evil.test/x", "a.test"],
      ["/../../etc/passwd", "a.test"],
      ["http://b.test/abs?q", "a.test"],
      ["https://b.test/abs", "a.test"],
      ["/v6", "[::1]:81"],
      ["/default", "a.test:80"],
      ["/none", ""],
    ]
  ) {
    await wire.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertEquals((await wire.response()).status, 200);
  }
  await wire.write("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n");
  await wire.response();
  assertEquals(urls, [
    "http://a.test/",
    "http://a.test:8080/p?q=1",
    "http://a.test//evil.test/x",
    "http://a.test/etc/passwd",
    "http://b.test/abs?q",
    "http://b.test/abs",
    "http://[::1]:81/v6",
    "http://a.test/default",
    "http://server/none",
    "http://a.test/",
  ]);
});

Deno.test("serveHttp() answers over a Unix socket", async () => {
  const dir = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    let url = "";
    await using server = await serveHttp(`unix:${dir}/s`, {}, (request) => {
      url = request.url;
      return new Response("over a file");
    });
    using wire = new Wire(await connectUnix({ path: server.address.path }));
    await wire.write("GET /u HTTP/1.0\r\n\r\n");
    assertEquals((await wire.response()).body, "over a file");
    assertEquals(url, "http://localhost/u");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test({
  name: "serveHttp() answers over TLS, and says https",
  ignore: !hasOpenssl,
  async fn() {
    const { ca, server: pair } = await certificates();
    for (const tlsEngine of ["native", "node"] as const) {
      let url = "";
      await using server = await serveHttp(
        "tls://127.0.0.1:0",
        { ...pair, tlsEngine },
        (request) => {
          url = request.url;
          return new Response("secret");
        },
      );
      const where = `https://localhost:${server.address.port}/s`;
      using client = Deno.createHttpClient({ caCerts: [ca], http2: false });
      const response = await fetch(where, { client });
      assertEquals(await response.text(), "secret");
      assertEquals(url, where);
    }
  },
});

Deno.test("serveHttp() dates every response, and leaves a handler's own date alone", async () => {
  await using own = await inMemory((request) =>
    new Response("", {
      headers: request.url.endsWith("own") ? { date: "yesterday" } : {},
    })
  );
  using wire = await own.dial();
  await wire.write(get("/") + get("/own"));
  const date = valueOf((await wire.response()).lines, "date")!;
  assertMatch(
    date,
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/,
  );
  assert(Math.abs(Date.parse(date) - Date.now()) < 10_000);
  const { lines } = await wire.response();
  assertEquals(lines.filter((line) => /^date:/i.test(line)), [
    "date: yesterday",
  ]);
});

Deno.test("HEAD is answered as GET would be, without the body, whose stream is cancelled", async () => {
  const cancelled: string[] = [];
  const handler: HttpHandler = (request) => {
    const path = new URL(request.url).pathname;
    if (path === "/text") return new Response("hello");
    if (path === "/none") return new Response(null);
    if (path === "/own") {
      return new Response(null, { headers: { "content-length": "77" } });
    }
    return new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => {
          cancelled.push(path);
        },
      }),
    );
  };
  await using own = await inMemory(handler);
  using wire = await own.dial();
  const heads: (string | undefined)[] = [];
  for (const path of ["/text", "/none", "/own", "/stream"]) {
    await wire.write(get(path).replace("GET", "HEAD"));
    const { lines, status } = await wire.response(false);
    assertEquals(status, 200);
    heads.push(valueOf(lines, "content-length"));
  }
  assertEquals(heads, ["5", undefined, "77", undefined]);
  assertEquals(cancelled, ["/stream"]);
  // No byte of a body stands between these and the next response.
  await wire.write(get("/text"));
  assertEquals((await wire.response()).body, "hello");
  assertEquals(own.server.stats.requests, 5);
});

Deno.test("serveHttp() gives the same answers in order however the bytes of pipelined requests are cut", async () => {
  const handler: HttpHandler = async (request) => {
    const { pathname } = new URL(request.url);
    const text = `${request.method} ${pathname} ${await request.text()}`;
    return pathname === "/s"
      ? new Response(ReadableStream.from([latin1(text), latin1("!")]))
      : new Response(text, { headers: { date: "now" } });
  };
  await using own = await inMemory(handler);
  const requests = latin1(
    "GET /1 HTTP/1.1\r\nHost:a\r\n\r\n" +
      "POST /2 HTTP/1.1\r\nHost:a\r\nContent-Length:2\r\n\r\nab" +
      "PUT /s HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n2\r\ncd\r\n0\r\n\r\n" +
      "GET /4 HTTP/1.1\r\nHost:a\r\nConnection:close\r\n\r\n",
  );
  let expected: string | undefined;
  let count = 0;
  for (const pieces of chunkings(requests)) {
    // All single cuts, and a sample of the double ones.
    if (pieces.length === 3 && count++ % 40 !== 0) continue;
    using wire = await own.dial({
      toServer: { readBytes: pieces.map(({ length }) => length) },
    });
    await wire.write(requests);
    const answer = (await wire.all()).replace(/date: [^\r]*/g, "date: now");
    expected ??= answer;
    assertEquals(answer, expected);
  }
  assert(expected !== undefined);
  assertEquals(expected.match(/HTTP\/1.1 200 OK/g)?.length, 4);
  const order = ["GET /1 ", "POST /2 ab", "PUT /s cd", "GET /4 "]
    .map((text) => expected!.indexOf(text));
  assertEquals(order, order.toSorted((a, b) => a - b));
  assert(order[0]! > 0);
});

Deno.test("serveHttp() refuses bad options and handlers before it listens", async () => {
  const listener = memoryListener();
  for (
    const options of [
      { headerTimeoutMs: 0 },
      { bodyTimeoutMs: -1 },
      { keepAliveTimeoutMs: NaN },
      { sendTimeoutMs: 0 },
      { maxBodyBytes: -1 },
      { maxLineBytes: 3 },
      { maxConnections: 0 },
      { tlsHandshakeTimeoutMs: 0 },
    ] satisfies ServeHttpOptions[]
  ) {
    const name = Object.keys(options)[0]!;
    await assertRejects(
      () => serveHttp(listener, options, hello),
      RangeError,
      name,
    );
  }
  await assertRejects(
    () => serveHttp(listener, {}, undefined as unknown as HttpHandler),
    TypeError,
    "handler",
  );
  await assertRejects(() => serveHttp([], {}, hello), TypeError, "no address");
  // It is still the caller's, and open.
  (await listener.connect()).close();
  (await listener.accept()).close();
  listener.close();
});

Deno.test("serveHttp() tells of every answer what an access log wants to know", async () => {
  await using own = await inMemory((request) => {
    if (request.url.endsWith("/throw")) throw new Error("mine");
    return new Response("hello", { status: 203 });
  });
  using wire = await own.dial({ from: "bob" });
  await wire.write(get("/a?b"));
  await wire.response();
  await wire.write(get("/throw"));
  await wire.response();
  await until(() => answers(own).length === 2, "told");
  const [first, second] = answers(own);
  assert(first !== undefined && second !== undefined);
  assertEquals(
    [
      String(first.remoteAddress),
      first.method,
      first.target,
      first.version,
      first.status,
      first.bodyBytes,
      first.error,
    ],
    ["memory:bob", "GET", "/a?b", "1.1", 203, 5, undefined],
  );
  assert(first.durationMs >= 0 && first.durationMs < 10_000);
  assertEquals([second.target, second.status], ["/throw", 500]);
  assertStringIncludes(String(second.error), "mine");
});

Deno.test("serveHttp() keeps the lines of several cookies apart", async () => {
  await using own = await inMemory(() =>
    new Response("", {
      headers: [["set-cookie", "a=1, b"], ["set-cookie", "c=2"]],
    })
  );
  using wire = await own.dial();
  await wire.write(get());
  const { lines } = await wire.response();
  assertEquals(lines.filter((line) => line.startsWith("set-cookie")), [
    "set-cookie: a=1, b",
    "set-cookie: c=2",
  ]);
});
