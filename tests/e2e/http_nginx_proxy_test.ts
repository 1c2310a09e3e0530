/**
 * nginx as a reverse proxy in front of our server, asked by our client.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import {
  HttpClient,
  HttpError,
  type HttpHandler,
  request,
  type ServeHttpOptions,
} from "@parley/parley/http";
import { noise, peerTests, sha256 } from "../support/foreign_http.ts";
import { nginx } from "../support/foreign_http_nginx.ts";
import {
  type Seen,
  serveSeen,
  tellSeen,
} from "../support/foreign_http_server.ts";

const test = await peerTests("nginx");

const KEPT_ALIVE = `proxy_http_version 1.1; proxy_set_header Connection "";`;

/** Runs a server and nginx before it. */
async function behind(
  directives: string,
  handler: HttpHandler = tellSeen,
  options: ServeHttpOptions = {},
) {
  const served = await serveSeen(handler, options);
  const { port } = served.server.address;
  const proxy = await nginx(
    `${directives} location / { proxy_pass http://ours; }`,
    `upstream ours { server 127.0.0.1:${port}; keepalive 4; }`,
  );
  return {
    url: proxy.url,
    server: served.server,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

test("speaks HTTP/1.0 to us, as it does by default", async () => {
  await using proxy = await behind("");
  await using client = new HttpClient();
  for (const body of [null, "text"]) {
    const method = body === null ? "GET" : "POST";
    const response = await client.request(proxy.url, { method, body });
    const seen: Seen = await response.json();
    assertEquals([seen.method, seen.version, seen.bytes], [
      ...[method, "1.0", body?.length ?? 0],
    ]);
    assertEquals(seen.headers.connection, "close");
  }
  assertEquals(proxy.server.stats.accepted, 2);
});

test("reads until we close over HTTP/1.0", async () => {
  const content = noise(3_000_000);
  await using proxy = await behind("", () => {
    return new Response(new Blob([content]).stream());
  });
  const response = await request(proxy.url);
  assertEquals(response.headers.get("transfer-encoding"), "chunked");
  assertEquals(await sha256(response.body!), await sha256(content));
});

test("uses its connections to us again", async () => {
  await using proxy = await behind(KEPT_ALIVE, (request, info) => {
    if (info.target === "/none") return new Response(null, { status: 204 });
    if (info.target === "/stream") return new Response(request.body);
    return tellSeen(request, info);
  });
  await using client = new HttpClient();
  const ask = async (path: string, method: string, body: string | null) => {
    const url = `${proxy.url}${path}`;
    const response = await client.request(url, { method, body });
    return `${response.status} ${(await response.text()).slice(0, 8)}`;
  };
  for (let i = 0; i < 5; i++) {
    assertEquals(await ask("/", "GET", null), `200 {"method`);
    assertEquals(await ask("/", "HEAD", null), "200 ");
    assertEquals(await ask("/none", "DELETE", null), "204 ");
    assertEquals(await ask("/stream", "POST", "text"), "200 text");
    assertEquals(await ask("/none", "POST", "unread"), "204 ");
  }
  const { accepted, requests } = proxy.server.stats;
  assertEquals([accepted, requests], [1, 25]);
});

test("passes an upload on while it comes", async () => {
  const directives =
    `${KEPT_ALIVE} proxy_request_buffering off; client_max_body_size 0;`;
  await using proxy = await behind(directives, tellSeen, {
    maxBodyBytes: 16e6,
  });
  const content = noise(10_000_000);
  const response = await request(proxy.url, {
    ...{ method: "POST", body: new Blob([content]).stream() },
  });
  const seen: Seen = await response.json();
  assertEquals(seen.headers["transfer-encoding"], "chunked");
  assertEquals([seen.bytes, seen.sha256], [
    ...[content.length, await sha256(content)],
  ]);
});

test("passes a response on while it is made", async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  await using proxy = await behind(KEPT_ALIVE, () => {
    const parts = ["first", "second"].values();
    return new Response(
      new ReadableStream({
        async pull(controller) {
          const { value, done } = parts.next();
          if (done) return controller.close();
          if (value === "second") await arrived;
          controller.enqueue(new TextEncoder().encode(value));
        },
      }),
      { headers: { "x-accel-buffering": "no" } },
    );
  });
  const reader = (await request(proxy.url)).body!
    .pipeThrough(new TextDecoderStream()).getReader();
  assertEquals(await reader.read(), { value: "first", done: false });
  arrive();
  assertEquals(await reader.read(), { value: "second", done: false });
  assertEquals((await reader.read()).done, true);
});

test("passes our errors on", async () => {
  await using proxy = await behind(KEPT_ALIVE, () => {
    throw new Error("oops");
  }, { onEvent() {} });
  const response = await request(proxy.url);
  assertEquals(response.status, 500);
  assertEquals((await response.text()).includes("oops"), false);
});

test("cuts a response off where we did", async () => {
  await using proxy = await behind(KEPT_ALIVE, () => {
    let count = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (count++ === 3) throw new Error("oops");
          controller.enqueue(noise(10_000));
        },
      }),
    );
  }, { onEvent() {} });
  const response = await request(proxy.url);
  assertEquals(response.status, 200);
  const error = await assertRejects(() => response.bytes(), HttpError);
  assertEquals(error.code, "truncated");
});

test("tries once more when we close just then", async () => {
  await using proxy = await behind(KEPT_ALIVE, () => new Response("here"), {
    keepAliveTimeoutMs: 20,
  });
  await using client = new HttpClient();
  // The race cannot be awaited: that is what it consists of.
  for (let pauseMs = 15; pauseMs < 30; pauseMs += 0.5) {
    const response = await client.request(proxy.url);
    assertEquals([response.status, await response.text()], [200, "here"]);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
});

test("says so when we are gone", async () => {
  await using proxy = await behind(KEPT_ALIVE);
  await proxy.server.shutdown();
  const response = await request(proxy.url);
  assertEquals(response.status, 502);
  await response.body?.cancel();
});
