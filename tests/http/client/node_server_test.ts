import { assertEquals, assertStringIncludes } from "@std/assert";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise, peerTests, sha256 } from "../../support/foreign_http.ts";
import { Process } from "../../support/processes.ts";
import { failure } from "./scripted.ts";

const SERVER = `
const http = require("node:http");
const zlib = require("node:zlib");
const crypto = require("node:crypto");
const big = crypto.randomBytes(5_000_000);
const server = http.createServer((request, response) => {
  const hash = crypto.createHash("sha256");
  const { pathname } = new URL(request.url, "http://x");
  request.on("data", (data) => hash.update(data));
  request.on("end", () => {
    const port = String(request.socket.remotePort);
    const sum = hash.digest("hex");
    switch (pathname) {
      case "/sum": return response.end([request.method, sum, port].join(" "));
      case "/headers":
        return response.end(JSON.stringify(request.rawHeaders));
      case "/big":
        response.setHeader("x-sum", crypto.createHash("sha256").update(big).digest("hex"));
        if (request.headers["x-length"]) response.setHeader("content-length", big.length);
        if (request.headers["x-close"]) {
          response.useChunkedEncodingByDefault = false;
          response.shouldKeepAlive = false;
        }
        return response.end(big);
      case "/gzip":
        response.setHeader("content-encoding", "gzip");
        return response.end(zlib.gzipSync(big.toString("base64")));
      case "/deflate":
        response.setHeader("content-encoding", "deflate");
        return response.end(zlib.deflateSync("deflated"));
      case "/redirect":
        response.writeHead(303, { location: "/sum" });
        return response.end();
      case "/hints":
        response.writeEarlyHints({ link: "</a.css>; rel=preload" });
        return response.end("hinted");
      case "/trailers":
        response.writeHead(200, { trailer: "X-Sum" });
        response.write("body");
        response.addTrailers({ "X-Sum": "1" });
        return response.end();
      case "/none": return response.writeHead(204).end();
      case "/destroy": return request.socket.destroy();
      case "/half":
        response.setHeader("content-length", 100);
        response.write("half");
        return setImmediate(() => request.socket.end());
    }
    response.writeHead(404).end();
  });
});
server.on("checkContinue", (request, response) => {
  if (request.headers["x-refuse"]) return response.writeHead(403).end("no");
  response.writeContinue();
  server.emit("request", request, response);
});
server.keepAliveTimeout = Number(process.argv[1]);
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
`;

async function nodeServer(keepAliveMs = 5000) {
  const process = new Process("sh", [
    ...["-c", 'exec node -e "$1" "$2"', "sh", SERVER, `${keepAliveMs}`],
  ]);
  const [, port] = await process.outputLine(/^port (\d+)$/);
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

const test = await peerTests("node");

test("understands bodies of every kind, on one connection", async () => {
  await using server = await nodeServer();
  await using client = new HttpClient();
  const bytes = noise(2_000_000);
  const sum = await sha256(bytes);
  const ports = new Set<string>();
  for (const body of [bytes, new Blob([bytes]), ReadableStream.from([bytes])]) {
    for (const expectContinue of [false, true]) {
      const response = await client.request(`${server.url}/sum`, {
        method: "PUT",
        body: body instanceof ReadableStream
          ? ReadableStream.from([bytes])
          : body,
        expectContinue,
      });
      const [method, got, port] = (await response.text()).split(" ");
      assertEquals([method, got], ["PUT", sum]);
      ports.add(port!);
    }
  }
  assertEquals(ports.size, 1);
});

test("gives bodies by length, in chunks and up to the end", async () => {
  await using server = await nodeServer();
  await using client = new HttpClient();
  for (const headers of [{}, { "x-length": "1" }, { "x-close": "1" }]) {
    const response = await client.request(`${server.url}/big`, { headers });
    const sum = response.headers.get("x-sum");
    assertEquals(await sha256(response.body!), sum);
  }
});

test("gives compressed bodies", async () => {
  await using server = await nodeServer();
  const packed = await request(`${server.url}/gzip`);
  assertEquals((await packed.text()).length, Math.ceil(5_000_000 / 3) * 4);
  const deflated = await request(`${server.url}/deflate`);
  assertEquals(await deflated.text(), "deflated");
});

test("is sent headers as they are written", async () => {
  await using server = await nodeServer();
  const headers = { "X-Mixed-Case": "1" };
  const response = await request(`${server.url}/headers`, { headers });
  const port = new URL(server.url).port;
  assertEquals(await response.json(), [
    ...["host", `127.0.0.1:${port}`, "user-agent", "Parley", "accept", "*/*"],
    ...["accept-encoding", "gzip, deflate", "X-Mixed-Case", "1"],
    ...["connection", "close"],
  ]);
});

test("redirects, hints, adds trailers and sends nothing", async () => {
  await using server = await nodeServer();
  await using client = new HttpClient();
  const moved = await client.request(`${server.url}/redirect`, {
    method: "POST",
    body: "x",
    redirect: "follow",
  });
  assertStringIncludes(await moved.text(), "GET ");
  const hints: number[] = [];
  const hinted = await client.request(`${server.url}/hints`, {
    onInformational: ({ status }) => hints.push(status),
  });
  assertEquals([await hinted.text(), hints], ["hinted", [103]]);
  const trailing = await client.request(`${server.url}/trailers`);
  assertEquals(await trailing.text(), "body");
  assertEquals(trailing.trailers, [["X-Sum", "1"]]);
  const none = await client.request(`${server.url}/none`);
  assertEquals([none.status, none.body], [204, null]);
  const head = await client.request(`${server.url}/big`, { method: "HEAD" });
  assertEquals([head.status, head.body], [200, null]);
});

test("refuses a body that waits for its consent", async () => {
  await using server = await nodeServer();
  const response = await request(`${server.url}/sum`, {
    method: "POST",
    body: noise(1_000_000),
    expectContinue: true,
    headers: { "x-refuse": "1" },
  });
  assertEquals([response.status, await response.text()], [403, "no"]);
});

test("that breaks off is told from one that answers", async () => {
  await using server = await nodeServer();
  await failure(request(`${server.url}/destroy`), Error);
  const half = await request(`${server.url}/half`);
  assertEquals((await failure(half.text(), HttpError)).code, "truncated");
});

test("may close idle connections when it likes", async () => {
  // Node adds a second to what it announces, and 0 means for ever.
  await using server = await nodeServer(1);
  await using client = new HttpClient();
  for (let i = 0; i < 3; i++) {
    // May be asked again, should it meet the close.
    const response = await client.request(`${server.url}/sum`);
    assertStringIncludes(await response.text(), "GET ");
    // Around the moment when it closes.
    await new Promise((resolve) => setTimeout(resolve, 900 + 150 * i));
  }
});
