/**
 * Node's `http` as the server of our client.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConnectionError } from "@parley/parley";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise, peerTests, sha256 } from "../support/foreign_http.ts";
import { nodeServer } from "../support/foreign_http_node.ts";

const test = await peerTests("node");

/** A server that tells what it was asked, and on which connection. */
function echo() {
  return nodeServer(({ http, crypto }) => {
    let count = 0;
    const numbers = new WeakMap<object, number>();
    return http.createServer((request, response) => {
      const { method, url, headers, rawTrailers, socket } = request;
      if (!numbers.has(socket)) numbers.set(socket, ++count);
      const hash = crypto.createHash("sha256");
      request.on("data", (chunk) => hash.update(chunk));
      request.on("end", () => {
        const sha256 = hash.digest("hex");
        const connection = numbers.get(socket);
        const seen = { method, url, headers, rawTrailers, connection, sha256 };
        response.end(JSON.stringify(seen));
      });
    });
  });
}

test("serves us one request after the other on a connection", async () => {
  await using server = await echo();
  await using client = new HttpClient();
  const body = noise(300_000);
  const bodies: [string, BodyInit | null][] = [
    ["GET", null],
    ["POST", body],
    ["PUT", new Blob([body]).stream()],
    ["PATCH", ""],
    ["DELETE", null],
  ];
  const seen = [];
  for (const [method, body] of bodies) {
    const response = await client.request(`${server.url}/a?b`, {
      method,
      body,
    });
    const { connection, ...got } = await response.json();
    seen.push([got.method, got.url, connection, got.sha256]);
  }
  const [none, all] = [await sha256(new Uint8Array(0)), await sha256(body)];
  assertEquals(seen, [
    ["GET", "/a?b", 1, none],
    ["POST", "/a?b", 1, all],
    ["PUT", "/a?b", 1, all],
    ["PATCH", "/a?b", 1, none],
    ["DELETE", "/a?b", 1, none],
  ]);
  const head = await client.request(server.url, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
});

test("serves us many requests at once", async () => {
  await using server = await echo();
  await using client = new HttpClient();
  const numbers = Array.from({ length: 64 }, (_, i) => i);
  const seen = await Promise.all(numbers.map(async (number) => {
    const response = await client.request(`${server.url}/${number}`);
    return await response.json();
  }));
  assertEquals(seen.map(({ url }) => url), numbers.map((i) => `/${i}`));
  // The next one needs no other connection than those.
  const { connection } = await (await client.request(server.url)).json();
  assertEquals(seen.some((each) => each.connection === connection), true);
});

test("sends early hints, chunks and fields behind them", async () => {
  await using server = await nodeServer(({ http }) =>
    http.createServer((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () => {
        response.writeHead(200, { trailer: "x-sum" });
        response.write("one");
        setImmediate(() => {
          response.write("two");
          response.addTrailers({ "x-sum": "6" });
          response.end();
        });
      });
    })
  );
  const early: unknown[] = [];
  const response = await request(server.url, {
    onInformational: ({ status, headers }) => early.push([status, headers]),
  });
  assertEquals(await response.text(), "onetwo");
  assertEquals(early, [
    [102, []],
    [103, [["Link", "</style.css>; rel=preload"]]],
  ]);
  assertEquals(response.trailers, [["x-sum", "6"]]);
});

test("decides whether it wants a body", async () => {
  await using server = await nodeServer(({ http }) =>
    http.createServer()
      .on("checkContinue", (request, response) => {
        if (request.url === "/deny") return response.writeHead(403).end("no");
        response.writeContinue();
        request.pipe(response);
      })
  );
  const send = (path: string) =>
    request(`${server.url}${path}`, {
      ...{ method: "POST", body: "body", expectContinue: true },
    });
  const early = await send("/");
  assertEquals([early.status, await early.text()], [200, "body"]);
  const denied = await send("/deny");
  assertEquals([denied.status, await denied.text()], [403, "no"]);
});

test("answers while we are still sending, and closes", async () => {
  await using server = await nodeServer(({ http }) =>
    http.createServer((_, response) => {
      response.writeHead(413, { connection: "close" }).end("too much");
    })
  );
  const response = await request(server.url, {
    ...{ method: "POST", body: noise(20e6) },
  });
  assertEquals([response.status, await response.text()], [413, "too much"]);
});

test("compresses for us", async () => {
  await using server = await nodeServer(({ http, zlib }) =>
    http.createServer((request, response) => {
      const text = "All work and no play. ".repeat(100_000);
      const isGzip = request.url === "/gzip";
      const coding = isGzip ? "gzip" : "deflate";
      response.writeHead(200, { "content-encoding": coding });
      const coder = isGzip ? zlib.createGzip() : zlib.createDeflate();
      coder.pipe(response);
      coder.end(text);
    })
  );
  for (const path of ["/gzip", "/deflate"]) {
    const response = await request(`${server.url}${path}`);
    assertEquals((await response.text()).length, 2_200_000);
    assertEquals(response.headers.get("content-encoding"), null);
  }
});

test("leads us elsewhere, and gets no credentials there", async () => {
  await using there = await echo();
  await using here = await nodeServer(({ http }) =>
    http.createServer((request, response) => {
      const location = decodeURIComponent(request.url!.slice(2));
      response.writeHead(308, { location }).end("over there");
    })
  );
  const to = encodeURIComponent(`${there.url}/new`);
  const response = await request(`${here.url}/?${to}`, {
    method: "POST",
    body: "text",
    redirect: "follow",
    headers: { authorization: "Bearer secret", "x-other": "kept" },
  });
  const { method, url, headers, sha256: hash } = await response.json();
  const text = new TextEncoder().encode("text");
  assertEquals([method, url, hash], ["POST", "/new", await sha256(text)]);
  assertEquals([headers.authorization, headers["x-other"]], [
    ...[undefined, "kept"],
  ]);
  const loop = request(`${here.url}/?${encodeURIComponent(here.url)}%2F`, {
    ...{ redirect: "follow", maxRedirects: 3 },
  });
  await assertRejects(() => loop, Error, "redirect");
});

test("goes away before it answers, and in the midst of it", async () => {
  await using server = await nodeServer(({ http }) =>
    http.createServer((request, response) => {
      if (request.url === "/before") return request.socket.destroy();
      if (request.url === "/reset") return request.socket.resetAndDestroy();
      if (request.url === "/length") response.setHeader("content-length", 10);
      response.write("12345", () => request.socket.destroy());
    })
  );
  for (const path of ["/before", "/length", "/chunks"]) {
    const error = await assertRejects(async () => {
      await (await request(`${server.url}${path}`)).text();
    }, HttpError);
    assertEquals(error.code, "truncated");
    assertMatch(error.message, new RegExp(`^Cannot .*${server.url}${path}: `));
  }
  await assertRejects(() => request(`${server.url}/reset`), ConnectionError);
});

test("closes the connection just when we would use it again", async () => {
  await using server = await nodeServer(({ http }) => {
    const server = http.createServer((_, response) => response.end("here"));
    // Node adds nothing to it and says so in "Keep-Alive: timeout=".
    server.keepAliveTimeout = 20;
    return server;
  });
  await using client = new HttpClient();
  // The race cannot be awaited: that is what it consists of.
  for (let pauseMs = 15; pauseMs < 30; pauseMs += 0.5) {
    const response = await client.request(server.url);
    assertEquals(await response.text(), "here");
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
});
