/**
 * Node's `http` as the client of our server.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError } from "@parley/parley";
import { HttpError } from "@parley/parley/http";
import { noise, peerTests } from "../support/foreign_http.ts";
import { inNode } from "../support/foreign_http_node.ts";
import {
  type Seen,
  serveSeen,
  tellSeen,
} from "../support/foreign_http_server.ts";

const test = await peerTests("node");

test("keeps one connection for requests of all kinds", async () => {
  await using server = await serveSeen((request, info) =>
    info.target === "/204"
      ? new Response(null, { status: 204 })
      : tellSeen(request, info)
  );
  const got = await inNode(async ({ http }, url) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string, method: string, chunks: string[] = []) =>
      new Promise<string>((resolve, reject) => {
        const request = http.request(`${url}${path}`, { agent, method });
        request.on("error", reject);
        request.on("response", (response) => {
          let text = `${response.statusCode} `;
          response.setEncoding("utf8");
          response.on("data", (chunk) => text += chunk);
          response.on("end", () => resolve(text));
          response.on("error", reject);
        });
        for (const chunk of chunks) request.write(chunk);
        request.end();
      });
    // All at once: they wait for the one connection.
    return await Promise.all([
      ask("/", "GET"),
      ask("/", "HEAD"),
      ask("/204", "DELETE"),
      ask("/", "POST", ["one", "two"]),
      ask("/204", "POST", ["nobody", "reads", "this"]),
      ask("/", "PUT"),
    ]);
  }, server.url);
  const seen = got.map((text) => {
    const { method, bytes } = JSON.parse(text.slice(4) || "{}");
    return [text.slice(0, 3), method, bytes];
  });
  assertEquals(seen, [
    ["200", "GET", 0],
    ["200", undefined, undefined],
    ["204", undefined, undefined],
    ["200", "POST", 6],
    ["204", undefined, undefined],
    ["200", "PUT", 0],
  ]);
  assertEquals(server.server.stats.accepted, 1);
});

test("sends a body in chunks and fields behind it", async () => {
  await using server = await serveSeen(tellSeen, { maxBodyBytes: 16e6 });
  const [sent, got] = await inNode(async ({ http, crypto }, url) => {
    const body = crypto.randomBytes(3_000_000);
    const headers = { trailer: "x-sum" };
    const request = http.request(url, { method: "POST", headers });
    for (let at = 0, size = 1; at < body.length; at += size, size *= 2) {
      request.write(body.subarray(at, at + size));
    }
    request.addTrailers({ "x-sum": "1" });
    request.end();
    const response = await new Promise<AsyncIterable<Uint8Array>>(
      (resolve) => request.on("response", resolve),
    );
    let text = "";
    for await (const chunk of response) text += chunk;
    const sha256 = crypto.createHash("sha256").update(body).digest("hex");
    return [sha256, JSON.parse(text) as Seen] as const;
  }, server.url);
  assertEquals([got.bytes, got.sha256], [3_000_000, sent]);
  assertEquals(got.headers["transfer-encoding"], "chunked");
});

test("waits for 100 Continue", async () => {
  await using server = await serveSeen();
  const got = await inNode(async ({ http }, url) => {
    const headers = { expect: "100-continue", "content-length": 4 };
    const request = http.request(url, { method: "POST", headers });
    const seen: string[] = [];
    request.flushHeaders();
    request.on("continue", () => {
      seen.push("continue");
      request.end("body");
    });
    return await new Promise<unknown>((resolve) => {
      request.on("response", (response) => {
        seen.push(`${response.statusCode}`);
        response.resume().on("end", () => resolve(seen));
      });
    });
  }, server.url);
  assertEquals(got, ["continue", "200"]);
});

test("gets its answers in order when it asks without waiting", async () => {
  await using server = await serveSeen(async (request, info) => {
    const body = await request.text();
    // The first takes longest.
    if (info.target === "/1") {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return new Response(`${info.target}:${body}`);
  });
  const { port } = server.server.address;
  const got = await inNode(async ({ net }, port) => {
    const socket = net.connect(port, "127.0.0.1").setEncoding("latin1");
    const line = (path: string) => `${path} HTTP/1.1\r\nhost: a\r\n`;
    socket.end([
      `GET ${line("/1")}\r\n`,
      `POST ${line("/2")}content-length: 4\r\n\r\nGET `,
      `HEAD ${line("/3")}\r\n`,
      `PUT ${line("/4")}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
      `GET ${line("/5")}connection: close\r\n\r\n`,
      `GET ${line("/6")}\r\n`,
    ].join(""));
    let text = "";
    for await (const part of socket) text += part;
    return text.split(/HTTP\/1.1 200 OK\r\n/).map((answer) =>
      answer.replace(/^.*\r\n\r\n/s, "")
    );
  }, port!);
  assertEquals(got, ["", "/1:", "/2:GET ", "", "/4:hi", "/5:"]);
});

test("breaks off an upload in its midst", async () => {
  const failure = Promise.withResolvers<unknown>();
  await using server = await serveSeen(async (request) => {
    await request.bytes().catch(failure.resolve);
    return new Response("too late");
  }, { maxBodyBytes: 16e6, onEvent() {} });
  await inNode(async ({ http }, url) => {
    const request = http.request(url, { method: "POST" });
    request.on("error", () => {});
    await new Promise((sent) => request.write("x".repeat(1e6), sent));
    request.destroy();
    await new Promise((closed) => request.on("close", closed));
  }, server.url);
  const error = await failure.promise;
  assertInstanceOf(error, HttpError);
  assertEquals(error.code, "truncated");
});

test("breaks off a download in its midst", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using server = await serveSeen(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(noise(65_536)),
        cancel: (reason) => cancelled.resolve(reason),
      }),
    ), { onEvent() {} });
  await inNode(async ({ http }, url) => {
    await new Promise<void>((resolve) => {
      http.get(url, (response) => {
        response.once("data", () => {
          response.destroy();
          resolve();
        });
      });
    });
  }, server.url);
  assertInstanceOf(await cancelled.promise, ConnectionError);
});

test("sees that a body was cut off when the handler failed", async () => {
  const oops = new Error("oops");
  const events: unknown[] = [];
  await using server = await serveSeen(() => {
    let count = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (count++ === 3) throw oops;
          controller.enqueue(noise(1000));
        },
      }),
    );
  }, {
    onEvent: (event) => event.type === "answered" && events.push(event.error),
  });
  const got = await inNode(async ({ http }, url) => {
    return await new Promise<unknown>((resolve) => {
      http.get(url, (response) => {
        let bytes = 0;
        response.on("data", (chunk) => bytes += chunk.length);
        response.on("error", (error) => resolve([bytes, `${error}`]));
        response.on("end", () => resolve("it thinks that this was all"));
      });
    });
  }, server.url);
  assertEquals(got, [3000, "Error: aborted"]);
  assertEquals(events, [oops]);
});

test("has a fetch that streams both ways", async () => {
  await using server = await serveSeen((request) => new Response(request.body));
  const got = await inNode(async (_, url) => {
    const parts = ["one ", "two ", "three"];
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    const init = { method: "POST", body, duplex: "half" };
    return await (await fetch(url, init)).text();
  }, server.url);
  assertEquals(got, "one two three");
});

test("loses its connection when the server is gone", async () => {
  const asked = Promise.withResolvers<void>();
  const server = await serveSeen((request) => {
    asked.resolve();
    return new Promise<Response>((_, reject) =>
      request.signal.onabort = () => reject(request.signal.reason)
    );
  }, { onEvent() {} });
  const got = inNode(async ({ http }, url) => {
    return await new Promise<unknown>((resolve) => {
      http.get(url).on("error", (error) => resolve(`${error}`));
    });
  }, server.url);
  await asked.promise;
  await server.server.shutdown({ graceMs: 0 });
  assertEquals(await got, "Error: socket hang up");
  await assertRejects(() =>
    Deno.connect({
      hostname: "127.0.0.1",
      port: server.server.address.port!,
    })
  );
});
