import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { isPlainUrl } from "../../../lib/http/server/request/plain_url.ts";
import { inMemory, onTcp } from "./harness.ts";

const REQUEST = "POST /a?b=c HTTP/1.1\r\nHost: a.test\r\nCookie: d=e\r\n" +
  'Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{"f":1}';

/** Lets a handler look at the same request, and gives what it saw. */
async function seen(look: (request: Request) => unknown): Promise<unknown> {
  await using own = await inMemory(async (request) =>
    Response.json(await look(request) ?? null)
  );
  using wire = await own.dial();
  await wire.write(REQUEST);
  const { body, status } = await wire.response();
  assertEquals(status, 200, body);
  return JSON.parse(body);
}

Deno.test("a request is the platform's in every way that programs look at it", async () => {
  const url = "http://a.test/a?b=c";
  for (
    const [look, expected] of [
      [(r) => r instanceof Request, true],
      [(r) => [r.method, r.url], ["POST", url]],
      [(r) => r.headers instanceof Headers, true],
      [(r) => [...r.headers.keys()].length, 4],
      [(r) => r.headers.get("COOKIE"), "d=e"],
      [(r) => [r.bodyUsed, r.body instanceof ReadableStream], [false, true]],
      [(r) => r.text(), '{"f":1}'],
      [(r) => r.json(), { f: 1 }],
      [async (r) => (await r.blob()).type, "application/json"],
      [async (r) => (await r.arrayBuffer()).byteLength, 7],
      [async (r) => [await r.clone().text(), await r.text()].length, 2],
      [async (r) => [(await r.text()).length, r.bodyUsed], [7, true]],
      [(r) => r.signal.aborted, false],
      [(r) => Deno.inspect(r).includes(url), true],
      [(r) => r.redirect, "follow"],
    ] as [(request: Request) => unknown, unknown][]
  ) {
    assertEquals(await seen(look), expected, String(look));
  }
});

Deno.test("a request can be made into another, with all that it has", async () => {
  const copy = async (request: Request) => [
    request.url,
    request.method,
    request.headers.get("cookie"),
    await request.text(),
  ];
  const same = ["http://a.test/a?b=c", "POST", "d=e", '{"f":1}'];
  assertEquals(await seen((r) => copy(new Request(r))), same);
  assertEquals(await seen((r) => copy(r.clone())), same);
  assertEquals(
    await seen((r) => copy(new Request("http://b.test/", r))),
    ["http://b.test/", ...same.slice(1)],
  );
});

Deno.test("a request can be fetched as it is", async () => {
  let asked = 0;
  await using own = await onTcp(async (request) =>
    // It comes back to the same server, which answers the second time.
    ++asked === 1 ? fetch(request) : new Response(
      `${request.headers.get("cookie")} ${await request.text()}`,
    )
  );
  using wire = await own.dial();
  const host = `127.0.0.1:${own.server.address.port}`;
  await wire.write(REQUEST.replace("a.test", host));
  const { body, status } = await wire.response();
  assertEquals([status, body, asked], [200, 'd=e {"f":1}', 2]);
});

Deno.test("a method that the platform does not know is given as it is", async () => {
  let method = "";
  await using own = await inMemory((request) => {
    method = request.method;
    assertInstanceOf(request, Request);
    return new Response();
  });
  using wire = await own.dial();
  await wire.write("Brew / HTTP/1.1\r\nHost: a\r\n\r\n");
  await wire.response();
  assertEquals(method, "Brew");
});

Deno.test("isPlainUrl() vouches for nothing that the platform would write in another way", () => {
  const origins = [
    "http://a.test",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "https://a.test",
    "https://a.test:80",
    "http://a.test:80",
    "http://A.test",
    "http://127.1",
    "http://0x7f.1",
    "http://1.2.3.4.5",
    "http://a.test:99999",
    "http://a.test:0080",
    "http://xn--a",
    "http://a%41.test",
    "http://u@a.test",
    "http://",
    "http://a b",
  ];
  const targets = [
    "/",
    "//b.test/x",
    "/a/b.c?d=/e&f=g%20h",
    "/.",
    "/..",
    "/a/../b",
    "/a/.%2e/b",
    "/%2E%2e/b",
    "/a/.well-known",
    "/a?b=../c",
    "/a'b?c'd",
    "/a\\b",
    '/a"b',
    "/a<b>",
    "/a^b|c`d{e}",
    "/a[b]",
    "/;a=b,c:d@e!f$g&h(i)*j+k",
    "/a..b/c.",
    "/a/b..",
    "/?",
    "/%",
  ];
  let plain = 0;
  for (const origin of origins) {
    const [scheme = "", host = ""] = origin.split("://");
    for (const target of targets) {
      if (!isPlainUrl(scheme, host, target)) continue;
      plain++;
      assertEquals(URL.parse(origin + target)?.href, origin + target);
    }
  }
  assert(plain > 20, `${plain}`);
  assert(isPlainUrl("http", "a.test", "/"));
});
