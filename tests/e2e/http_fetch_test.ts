/**
 * Deno's own `fetch` as the client of our server, and its `Deno.serve` as the
 * server of our client.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError } from "@parley/parley";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise, sha256, within } from "../support/foreign_http.ts";
import {
  type Seen,
  serveSeen,
  tellSeen,
} from "../support/foreign_http_server.ts";

const WAIT_MS = 60_000;

function compressed(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
}

/** Serves by `Deno.serve` on a free port of the loopback. */
function serveDeno(handler: Deno.ServeHandler) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    handler,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** `fetch` with connections that are gone with the test. */
function freshFetch() {
  const client = Deno.createHttpClient({});
  return {
    fetch: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, client }),
    [Symbol.dispose]: () => client.close(),
  };
}

Deno.test("fetch streams a body to us", async () => {
  await using server = await serveSeen(tellSeen, { maxBodyBytes: 16e6 });
  using deno = freshFetch();
  const body = noise(5_000_000);
  const response = await deno.fetch(server.url, {
    ...{ method: "POST", body: new Blob([body]).stream() },
    // As browsers want it.
    ...{ duplex: "half" },
  });
  const got: Seen = await response.json();
  assertEquals(got.headers["transfer-encoding"], "chunked");
  assertEquals([got.bytes, got.sha256], [body.length, await sha256(body)]);
});

Deno.test("fetch gets what a handler streams while it is sent", async () => {
  await using server = await serveSeen((request) => new Response(request.body));
  using deno = freshFetch();
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pipe.writable.getWriter();
  const sent = deno.fetch(server.url, { method: "POST", body: pipe.readable });
  await writer.write(noise(10));
  const reader = (await sent).body!.getReader();
  // The rest of the request waits until a part of the response is here.
  assertEquals((await reader.read()).value, noise(10));
  await writer.write(noise(20));
  assertEquals((await reader.read()).value, noise(20));
  await writer.close();
  assertEquals((await reader.read()).done, true);
});

Deno.test("fetch gives up an upload and our handler learns of it", async () => {
  const asked = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<unknown>();
  await using server = await serveSeen(async (request) => {
    asked.resolve();
    await request.bytes().catch(failed.resolve);
    return new Response("too late");
  }, { onEvent() {} });
  using deno = freshFetch();
  const controller = new AbortController();
  const { signal } = controller;
  const { readable: body, writable } = new TransformStream();
  const response = deno.fetch(server.url, { method: "POST", body, signal });
  const writing = writable.getWriter().write(noise(1000));
  await Promise.all([asked.promise, writing]);
  controller.abort();
  await assertRejects(() => response, DOMException, "abort");
  const error = await within(WAIT_MS, "the failure", failed.promise);
  assertInstanceOf(error, HttpError);
  assertEquals(error.code, "truncated");
});

Deno.test("fetch gives up a download and our stream is cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using server = await serveSeen(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(noise(65_536)),
        cancel: (reason) => cancelled.resolve(reason),
      }),
    ), { onEvent() {} });
  using deno = freshFetch();
  const reader = (await deno.fetch(server.url)).body!.getReader();
  await reader.read();
  await reader.cancel();
  const reason = within(WAIT_MS, "cancel", cancelled.promise);
  assertInstanceOf(await reason, ConnectionError);
});

Deno.test("fetch reads each cookie, and what was compressed", async () => {
  const text = "All work and no play. ".repeat(10_000);
  await using server = await serveSeen(() => {
    const headers = new Headers({ "content-encoding": "gzip" });
    headers.append("set-cookie", "a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT");
    headers.append("set-cookie", "b=2");
    return new Response(compressed(text), { headers });
  });
  using deno = freshFetch();
  const response = await deno.fetch(server.url);
  assertEquals(await response.text(), text);
  assertEquals(response.headers.getSetCookie(), [
    ...["a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2"],
  ]);
});

Deno.test("fetch uses one connection for all statuses and methods", async () => {
  await using server = await serveSeen((request) => {
    const status = Number(new URL(request.url).pathname.slice(1));
    const hasBody = ![204, 205, 304].includes(status);
    return new Response(hasBody ? `${status}` : null, { status });
  });
  using deno = freshFetch();
  for (const status of [200, 201, 204, 205, 299, 304, 404, 418, 500, 599]) {
    for (const method of ["GET", "HEAD", "POST", "DELETE", "REPORT"]) {
      const response = await deno.fetch(`${server.url}/${status}`, { method });
      assertEquals([response.status, response.url], [
        ...[status, `${server.url}/${status}`],
      ]);
      const isEmpty = method === "HEAD" || [204, 205, 304].includes(status);
      assertEquals(await response.text(), isEmpty ? "" : `${status}`);
    }
  }
  assertEquals(server.server.stats.requests, 50);
  assertEquals(server.server.stats.accepted, 1);
});

Deno.test("Deno.serve reads all kinds of bodies of ours", async () => {
  await using server = serveDeno(async (request) =>
    Response.json({
      type: request.headers.get("content-type"),
      length: request.headers.get("content-length"),
      sha256: await sha256(await request.bytes()),
    })
  );
  await using client = new HttpClient();
  const body = noise(2_000_000);
  const hash = await sha256(body);
  const bodies: [BodyInit, string | null, string | null][] = [
    [body, null, "2000000"],
    [new Blob([body], { type: "image/x" }), "image/x", "2000000"],
    [new Blob([body]).stream(), null, null],
  ];
  for (const [body, type, length] of bodies) {
    const response = await client.request(server.url, { method: "PUT", body });
    assertEquals(await response.json(), { type, length, sha256: hash });
  }
});

Deno.test("Deno.serve understands our forms", async () => {
  await using server = serveDeno(async (request) => {
    const form = await request.formData();
    return Response.json([...form.keys(), form.get("name")]);
  });
  const form = new FormData();
  form.set("name", "Zoë");
  form.set("file", new File(["hello"], "a.txt"));
  const fields = new URLSearchParams({ name: "Zoë", other: "a&b" });
  for (const [body, other] of [[form, "file"], [fields, "other"]] as const) {
    const response = await request(server.url, { method: "POST", body });
    assertEquals(await response.json(), ["name", other, "Zoë"]);
  }
});

Deno.test("Deno.serve streams and compresses for us", async () => {
  const text = "All work and no play. ".repeat(10_000);
  await using server = serveDeno((request) =>
    request.url.endsWith("/gzip")
      ? new Response(compressed(text), {
        headers: { "content-encoding": "gzip" },
      })
      : new Response(new Blob([text]).stream())
  );
  await using client = new HttpClient();
  for (const path of ["/", "/gzip"]) {
    const response = await client.request(`${server.url}${path}`);
    assertEquals(await response.text(), text);
  }
});
