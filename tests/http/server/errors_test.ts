import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ServeHttpOptions } from "../../../lib/http/server/http_server_options.ts";
import { HttpError } from "../../../lib/http/wire/http_error.ts";
import { until } from "../../session/harness.ts";
import { answers, get, inMemory, onTcp, post, valueOf } from "./harness.ts";

const LIMITS: ServeHttpOptions = {
  maxBodyBytes: 10,
  maxLineBytes: 100,
  maxHeaderBytes: 300,
  maxFields: 5,
  headerTimeoutMs: 30_000,
};

/** What a client may do wrong, and what it is told. */
const WRONG: [status: number, what: string, request: string][] = [
  [400, "no HTTP", "nonsense\r\n\r\n"],
  [400, "a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  [400, "no Host", "GET / HTTP/1.1\r\n\r\n"],
  [400, "a host that is none", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"],
  [400, "user info", "GET http://u:p@a.test/ HTTP/1.1\r\nHost: a\r\n\r\n"],
  [400, "a NUL", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"],
  [400, "two lengths", post("ab", "Content-Length: 3")],
  [413, "a body too large by its length", post("x".repeat(11))],
  [414, "a target too long", get(`/${"x".repeat(200)}`)],
  [431, "a header too long", get("/", `X: ${"x".repeat(300)}`)],
  [431, "too many headers", get("/", "A: 1", "B: 1", "C: 1", "D: 1", "E: 1")],
  [501, "CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"],
  [501, "TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"],
  [501, "a method in the wrong case", "get / HTTP/1.1\r\nHost: a\r\n\r\n"],
  [501, "a foreign coding", get("/", "Transfer-Encoding: gzip, chunked")],
  [417, "an expectation", get("/", "Expect: much")],
  [505, "a version of the future", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"],
  [505, "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
];

for (const [status, what, request] of WRONG) {
  Deno.test(`${what} is answered with ${status}, the reason, and the end`, async () => {
    let asked = 0;
    await using own = await inMemory(() => {
      asked++;
      return new Response("fine");
    }, LIMITS);
    using wire = await own.dial({ toServer: { readBytes: "random" } });
    // It comes after a good one, which is answered first.
    await wire.write(get("/good") + request);
    assertEquals((await wire.response()).body, "fine");
    const { body, lines, ...answer } = await wire.response();
    assertEquals(answer.status, status);
    assertEquals(valueOf(lines, "connection"), "close");
    assertEquals(valueOf(lines, "content-type"), "text/plain; charset=utf-8");
    assert(valueOf(lines, "date") !== undefined);
    // One line of printable characters, whatever was sent.
    assertMatch(body, /^Cannot read HTTP: [\x20-\x7e]+[^.]\n$/);
    assertEquals(await wire.all(), "");
    wire.connection.close();
    assertEquals(asked, 1);
    await until(() => own.server.connections.size === 0, "closed");
    assert(answers(own)[1]!.error instanceof HttpError);
    assertEquals(answers(own)[1]!.status, status);
  });
}

Deno.test("a body too large in chunks is 413, also if the handler has begun to read it", async () => {
  let seen: unknown;
  await using own = await inMemory(async (request) => {
    await request.text().catch((error) => {
      seen = error;
      throw new Error("something else");
    });
    return new Response("fine");
  }, LIMITS);
  using wire = await own.dial();
  await wire.write(
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n",
  );
  const { lines, status } = await wire.response();
  assertEquals([status, valueOf(lines, "connection")], [413, "close"]);
  assert(seen instanceof HttpError && seen.code === "too_large");
});

Deno.test("a broken chunk is 400, and a handler that answers all the same is heard", async () => {
  await using own = await inMemory(async (request) => {
    const text = await request.text().catch(() => "broken");
    if (request.url.endsWith("/throw")) throw new Error();
    return new Response(text);
  });
  for (const [path, status] of [["/throw", 500], ["/", 200]] as const) {
    using wire = await own.dial();
    await wire.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n` +
        "zz\r\n",
    );
    const answer = await wire.response();
    assertEquals(answer.status, status === 500 ? 400 : 200);
    assertEquals(valueOf(answer.lines, "connection"), "close");
    assertEquals(await wire.all(), "");
  }
});

Deno.test("an HttpError of a handler's own is not blamed on the client", async () => {
  await using own = await inMemory(() => {
    throw new HttpError("malformed", 400, "RFC 9112 4", {
      reason: "an upstream's fault",
    });
  });
  using wire = await own.dial();
  await wire.write(get());
  assertEquals((await wire.response()).status, 500);
});

Deno.test("HEAD that is refused has no body either", async () => {
  await using own = await inMemory(() => {
    throw new Error("mine");
  }, { onEvent: () => {} });
  for (
    const [request, status] of [
      [get().replace("GET", "HEAD"), 500],
      ["HEAD / HTTP/1.1\r\n\r\n", 400],
    ] as const
  ) {
    using wire = await own.dial();
    await wire.write(request);
    const answer = await wire.all();
    assertMatch(answer, new RegExp(`^HTTP/1.1 ${status} [^]*\r\n\r\n$`));
  }
});

Deno.test("over TCP a client that sends on and on still reads why it was refused", async () => {
  await using own = await onTcp(() => new Response("fine"), LIMITS);
  using wire = await own.dial();
  await wire.write(post("x".repeat(300_000)));
  assertEquals((await wire.response()).status, 413);
  assertEquals(await wire.all(), "");
});

Deno.test("one connection's fault is no other's", async () => {
  await using own = await inMemory(() => new Response("fine"));
  using good = await own.dial();
  using bad = await own.dial();
  await bad.write("nonsense\r\n\r\n");
  assertEquals((await bad.response()).status, 400);
  await good.write(get());
  assertEquals((await good.response()).body, "fine");
  bad.connection.close();
  await until(() => own.server.connections.size === 1, "closed");
  assertEquals(own.server.stats.failed, 1);
});
