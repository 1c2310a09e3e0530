/**
 * nginx as the server of our client.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { HttpClient, request } from "@parley/parley/http";
import { noise, peerTests, sha256 } from "../support/foreign_http.ts";
import { nginx } from "../support/foreign_http_nginx.ts";

const test = await peerTests("nginx");

// Which of nginx's connections it was, and which request on it.
const NUMBERED =
  `add_header x-connection $connection always; add_header x-request $connection_requests always;`;

test("gives us a file of 64 MiB", async () => {
  await using server = await nginx("sendfile on; tcp_nopush on;");
  const content = noise(64 * 1024 * 1024);
  await Deno.writeFile(`${server.root}/big`, content);
  const response = await request(`${server.url}/big`);
  assertEquals(response.headers.get("content-length"), `${content.length}`);
  assertEquals(await sha256(response.body!), await sha256(content));
});

test("gives us files, heads and errors on one connection", async () => {
  await using server = await nginx(
    `${NUMBERED} location /none { return 204; }`,
  );
  await Deno.writeTextFile(`${server.root}/file`, "content");
  await using client = new HttpClient();
  const ask = async (path: string, method = "GET") => {
    const response = await client.request(`${server.url}${path}`, { method });
    const number = response.headers.get("x-request");
    return [response.status, (await response.bytes()).length, number];
  };
  assertEquals(await ask("/file"), [200, 7, "1"]);
  assertEquals(await ask("/file", "HEAD"), [200, 0, "2"]);
  assertEquals(await ask("/none"), [204, 0, "3"]);
  assertEquals((await ask("/missing"))[0], 404);
  assertEquals(await ask("/missing", "HEAD"), [404, 0, "5"]);
  assertEquals(await ask("/file", "DELETE").then(([status]) => status), 405);
  assertEquals(await ask("/file"), [200, 7, "7"]);
});

test("closes connections, and we open others", async () => {
  await using server = await nginx(`${NUMBERED} keepalive_requests 3;`);
  await Deno.writeTextFile(`${server.root}/file`, "content");
  await using client = new HttpClient();
  const connections: (string | null)[] = [];
  for (let i = 0; i < 7; i++) {
    const response = await client.request(`${server.url}/file`);
    assertEquals(await response.text(), "content");
    connections.push(response.headers.get("x-connection"));
  }
  const [a, b, c] = [connections[0], connections[3], connections[6]];
  assertEquals(connections, [a, a, a, b, b, b, c]);
  assertEquals(new Set([a, b, c]).size, 3);
});

test("compresses for us in chunks, unless we do not want it", async () => {
  await using server = await nginx(
    "gzip on; gzip_min_length 1; gzip_types text/plain; default_type text/plain;",
  );
  const text = "All work and no play. ".repeat(50_000);
  await Deno.writeTextFile(`${server.root}/file`, text);
  for (const decompress of [true, false]) {
    const response = await request(`${server.url}/file`, { decompress });
    assertEquals(await response.text(), text);
    const names = response.fields.map(([name]) => name.toLowerCase());
    assertEquals(names.includes("transfer-encoding"), decompress);
    assertEquals(names.includes("content-encoding"), decompress);
  }
});

test("leads us elsewhere", async () => {
  await using server = await nginx(`
    location = /old { return 301 /new; }
    location = /new { return 200 "$request_method $request_uri"; }
    location = /form { return 303 /new; }
    location = /kept { return 307 /echo; }
    location = /echo { client_max_body_size 1k; return 200 "$request_method $content_length"; }
  `);
  await Deno.mkdir(`${server.root}/folder`);
  await Deno.writeTextFile(`${server.root}/folder/index.html`, "index");
  const texts = await Promise.all([
    request(`${server.url}/old`, { redirect: "follow" }),
    request(`${server.url}/folder`, { redirect: "follow" }),
    request(`${server.url}/form`, {
      ...{ redirect: "follow", method: "POST", body: "text" },
    }),
    request(`${server.url}/kept`, {
      ...{ redirect: "follow", method: "POST", body: "text" },
    }),
  ].map(async (response) => (await response).text()));
  assertEquals(texts, ["GET /new", "index", "GET /new", "POST 4"]);
  const manual = await request(`${server.url}/old`);
  assertEquals(manual.headers.get("location"), `${server.url}/new`);
  await manual.body?.cancel();
});

test("gives us parts of a file, and nothing that we have", async () => {
  await using server = await nginx("");
  await Deno.writeTextFile(`${server.root}/file`, "0123456789");
  await using client = new HttpClient();
  const ask = async (headers: HeadersInit) => {
    const response = await client.request(`${server.url}/file`, { headers });
    const { status } = response;
    return { status, headers: response.headers, text: await response.text() };
  };
  const part = await ask({ range: "bytes=3-5" });
  assertEquals([part.status, part.text], [206, "345"]);
  assertEquals(part.headers.get("content-range"), "bytes 3-5/10");
  const parts = await ask({ range: "bytes=0-1,8-" });
  assertEquals(parts.status, 206);
  assertMatch(parts.text, /\r\n\r\n01\r\n[^]*\r\n\r\n89\r\n/);
  assertEquals((await ask({ range: "bytes=99-" })).status, 416);
  const etag = part.headers.get("etag")!;
  const same = await ask({ "if-none-match": etag });
  assertEquals([same.status, same.text], [304, ""]);
});

test("refuses a body while we send it", async () => {
  await using server = await nginx("client_max_body_size 1m;");
  const content = noise(30e6);
  const announced = await request(server.url, {
    ...{ method: "POST", body: content },
  });
  assertEquals(announced.status, 413);
  assertMatch(await announced.text(), /Too Large/);
  // It does not begin to count where it wants no body in any case.
  const chunked = await request(server.url, {
    ...{ method: "POST", body: new Blob([content]).stream() },
  });
  assertEquals(chunked.status, 403);
  assertMatch(await chunked.text(), /Forbidden/);
});

test("refuses a request that is larger than it likes", async () => {
  await using server = await nginx("");
  const path = "a".repeat(40_000);
  const response = await request(`${server.url}/${path}`);
  assertEquals(response.status, 414);
  await response.body?.cancel();
});
