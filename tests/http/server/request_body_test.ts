import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import { HttpError } from "../../../lib/http/wire/http_error.ts";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { standing, turn, until } from "../../session/harness.ts";
import { answers, get, inMemory, onTcp, post, valueOf } from "./harness.ts";

const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";

const echo: HttpHandler = async (request) =>
  new Response(`[${await request.text()}]`);

Deno.test("a request's body is read by its length and by chunks, with trailers dropped", async () => {
  await using own = await inMemory(echo);
  using wire = await own.dial({ toServer: { readBytes: "random" } });
  for (
    const [request, body] of [
      [post("hello"), "[hello]"],
      [post(""), "[]"],
      [
        `${CHUNKED}\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n`,
        "[abcde]",
      ],
      [`${CHUNKED}\r\n0\r\n\r\n`, "[]"],
      [post("x".repeat(300_000)), `[${"x".repeat(300_000)}]`],
    ] as const
  ) {
    await Promise.all([
      wire.write(request),
      wire.response().then((answer) => assertEquals(answer.body, body)),
    ]);
  }
});

Deno.test("a request without a body has none", async () => {
  const bodies: unknown[] = [];
  await using own = await inMemory((request) => {
    bodies.push(request.body);
    return new Response();
  });
  using wire = await own.dial();
  await wire.write(get() + post("") + get().replace("GET", "DELETE"));
  for (let i = 0; i < 3; i++) await wire.response();
  assertEquals(bodies, [null, null, null]);
});

Deno.test("a body that no Request can have is dropped, and the next request read", async () => {
  await using own = await inMemory((request) =>
    new Response(String(request.body))
  );
  using wire = await own.dial();
  await wire.write(get("/", "Content-Length: 4") + "GET ");
  assertEquals((await wire.response()).body, "null");
  await wire.write(get());
  assertEquals((await wire.response()).body, "null");
});

Deno.test("a handler that does not read stops the sender", async () => {
  const go = Promise.withResolvers<void>();
  let length = 0;
  await using own = await inMemory(
    async (request) => {
      await go.promise;
      length = (await request.bytes()).length;
      return new Response("done");
    },
    { maxBodyBytes: 10_000_000 },
    { bufferBytes: 64 * 1024 },
  );
  using wire = await own.dial();
  const size = 5_000_000;
  const sent = wire.write(post("x".repeat(size)));
  let before = -1;
  // Until it stands still.
  while (before !== own.server.stats.bytesIn) {
    before = own.server.stats.bytesIn;
    await turn(20);
  }
  assertLess(before, 256 * 1024);
  assertEquals(await standing(sent), "pending");
  go.resolve();
  assertEquals((await wire.response()).body, "done");
  await sent;
  assertEquals(length, size);
});

Deno.test("a client that waits for 100 Continue gets it when the handler reads, not before", async () => {
  const go = Promise.withResolvers<void>();
  await using own = await inMemory(async (request) => {
    await go.promise;
    return new Response(`got ${await request.text()}`);
  });
  using wire = await own.dial();
  await wire.write(post("12345", "Expect: 100-continue").slice(0, -5));
  const told = wire.until("\r\n\r\n");
  assertEquals(await standing(told), "pending");
  go.resolve();
  assertEquals(await told, "HTTP/1.1 100 Continue\r\n\r\n");
  await wire.write("12345");
  assertEquals((await wire.response()).body, "got 12345");
  await wire.write(get());
  assertEquals((await wire.response()).status, 200);
});

Deno.test("a client that waits for 100 Continue gets none if the handler does not read, and the connection ends", async () => {
  await using own = await inMemory(() => new Response("no", { status: 403 }));
  using wire = await own.dial();
  await wire.write(post("12345", "Expect: 100-continue").slice(0, -5));
  const { lines, status } = await wire.response();
  assertEquals([status, valueOf(lines, "connection")], [403, "close"]);
  assertEquals(await wire.all(), "");
});

Deno.test("a body that came without waiting is read without 100 Continue", async () => {
  await using own = await inMemory(echo);
  using wire = await own.dial();
  await wire.write(post("12345", "Expect: 100-continue"));
  assertEquals((await wire.response()).lines[0], "HTTP/1.1 200 OK");
});

Deno.test("an unread body up to 256 KiB is dropped, and the connection stays", async () => {
  await using own = await inMemory(() => new Response("no"));
  using wire = await own.dial();
  const chunk = "x".repeat(100_000);
  for (
    const request of [
      post("x".repeat(200_000)),
      `${CHUNKED}\r\n186a0\r\n${chunk}\r\n186a0\r\n${chunk}\r\n0\r\n\r\n`,
    ]
  ) {
    await wire.write(request);
    const { lines, body } = await wire.response();
    assertEquals([body, valueOf(lines, "connection")], ["no", undefined]);
  }
  await wire.write(get());
  assertEquals((await wire.response()).body, "no");
});

Deno.test("an unread body above 256 KiB costs the connection, and the answer arrives", async () => {
  for (const framing of ["length", "chunked"]) {
    await using own = await onTcp(() => new Response("no"), {
      maxBodyBytes: Infinity,
    });
    using wire = await own.dial();
    const size = 600_000;
    const body = "x".repeat(size);
    const sent = wire.write(
      framing === "length"
        ? post(body)
        : `${CHUNKED}\r\n${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    const answer = await wire.response();
    assertEquals(answer.body, "no");
    if (framing === "length") {
      // It could be known in time.
      assertEquals(valueOf(answer.lines, "connection"), "close");
    }
    await sent;
    assertEquals(await wire.all(), "");
  }
});

Deno.test("a handler that reads a part and answers leaves the rest to be dropped", async () => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  await using own = await inMemory(async (request) => {
    reader = request.body!.getReader();
    const { value } = await reader.read();
    return new Response(`${value!.length}`);
  });
  using wire = await own.dial();
  await wire.write(post("x".repeat(10)).slice(0, -5));
  const answer = await wire.response();
  assertEquals(answer.body, "5");
  await assertRejects(() => reader!.read(), ClosedError);
  await wire.write("xxxxx" + get());
  assertEquals((await wire.response()).status, 500);
});

Deno.test("a body can be sent back as it comes, and a handler may cancel it", async () => {
  await using own = await inMemory(async (request) => {
    if (!request.url.endsWith("/cancel")) return new Response(request.body);
    await request.body!.cancel("enough");
    return new Response("cancelled");
  });
  using wire = await own.dial();
  await wire.write(`${CHUNKED}\r\n`);
  for (const part of ["one", "two"]) {
    await wire.write(`3\r\n${part}\r\n`);
    assertStringIncludes(await wire.until(`${part}\r\n`), `3\r\n${part}\r\n`);
  }
  await wire.write("0\r\n\r\n");
  await wire.until("0\r\n\r\n");
  await wire.write(post("12345").replace("POST /", "POST /cancel"));
  assertEquals((await wire.response()).body, "cancelled");
  await wire.write(post("on").replace("POST /", "POST /cancel"));
  assertEquals((await wire.response()).status, 200);
});

Deno.test("a body shorter than announced is the client's fault, and the handler sees it", async () => {
  let seen: unknown;
  await using own = await inMemory(async (request) => {
    try {
      return new Response(await request.text());
    } catch (error) {
      seen = error;
      throw error;
    }
  });
  using wire = await own.dial();
  await wire.write(post("12345").slice(0, -2));
  await wire.connection.closeWrite();
  const { lines, status } = await wire.response();
  assertEquals([status, valueOf(lines, "connection")], [400, "close"]);
  assertInstanceOf(seen, HttpError);
  assertEquals(seen.code, "truncated");
  assertEquals(await wire.all(), "");
});

Deno.test("a client that vanishes in the midst of its body aborts the request", async () => {
  const seen: unknown[] = [];
  await using own = await inMemory(
    async (request) => {
      const { signal } = request;
      seen.push(await request.text().catch((error) => error), signal.reason);
      return new Response("for nobody");
    },
    {},
    { toServer: { resetAfterBytes: 80 } },
  );
  using wire = await own.dial();
  await wire.write(post("x".repeat(1000))).catch(() => {});
  await until(() => answers(own).length === 1, "over");
  for (const error of seen) assertInstanceOf(error, ConnectionError);
  assertInstanceOf(answers(own)[0]!.error, ConnectionError);
  await until(() => own.server.connections.size === 0, "closed");
});

Deno.test("the signal of a request is aborted when the client resets while the handler works", async () => {
  const reason = Promise.withResolvers<unknown>();
  await using own = await inMemory(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reason.resolve(signal.reason);
    return new Response();
  });
  using wire = await own.dial();
  await wire.write(get());
  await until(() => own.server.stats.requests === 1, "asked");
  wire.connection.abort();
  assertInstanceOf(await reason.promise, ConnectionError);
});

Deno.test("a client that has finished sending is still listening", async () => {
  let isAborted = true;
  await using own = await inMemory(async ({ signal }) => {
    await turn(10);
    isAborted = signal.aborted;
    return new Response("late");
  });
  using wire = await own.dial();
  await wire.write(get());
  await wire.connection.closeWrite();
  assertEquals((await wire.response()).body, "late");
  assert(!isAborted);
});

Deno.test("a body of a million one-byte chunks with large extensions is refused at maxOverheadBytes", async () => {
  let read: unknown;
  await using own = await inMemory(async (request) => {
    try {
      await request.arrayBuffer();
      return new Response();
    } catch (error) {
      read = error;
      throw error;
    }
  });
  using wire = await own.dial();
  const chunk = `1;${"e".repeat(999)}\r\nx\r\n`;
  await wire.write(`${CHUNKED}\r\n${chunk.repeat(16)}`);
  await wire.write(chunk);
  const { body, status } = await wire.response();
  assertEquals(status, 431);
  // In words for the client, which cannot set an option of the server.
  assertStringIncludes(body, "overhead");
  assertEquals(body.includes("maxOverheadBytes"), false);
  assertInstanceOf(read, HttpError);
  assertEquals(read.option, "maxOverheadBytes");
});

Deno.test("a body of one-byte chunks that a handler collects keeps a few times its size", async () => {
  const count = 100_000;
  let parts = 0;
  const buffers = new Set<ArrayBufferLike>();
  await using own = await inMemory(async (request) => {
    for await (const part of request.body!) {
      parts++;
      buffers.add(part.buffer);
    }
    return new Response();
  });
  using wire = await own.dial();
  const sent = wire.write(
    `${CHUNKED}\r\n${"1\r\nx\r\n".repeat(count)}0\r\n\r\n`,
  );
  assertEquals((await wire.response()).status, 200);
  await sent;
  let held = 0;
  for (const { byteLength } of buffers) held += byteLength;
  assertLess(held, 4.1 * count);
  assertLess(parts, count / 50);
});

Deno.test("an unread body counts as it comes: small chunks above 256 KiB cost the connection", async () => {
  await using own = await inMemory(() => new Response("no"));
  using wire = await own.dial();
  // 60,000 bytes of body, 360,000 on the wire.
  const sent = wire.write(
    `${CHUNKED}\r\n${"1\r\nx\r\n".repeat(60_000)}0\r\n\r\n${get()}`,
  );
  assertEquals((await wire.response()).body, "no");
  assertEquals(await wire.all(), "");
  await sent.catch(() => {});
});

Deno.test("an early answer to a long upload reaches a client that goes on sending", async () => {
  await using own = await onTcp(
    () => new Response("too much", { status: 403 }),
    { maxBodyBytes: Infinity },
  );
  using wire = await own.dial();
  const size = 30_000_000;
  await wire.write(
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`,
  );
  // It reads only when it has sent everything. A reset would destroy the answer.
  const piece = new Uint8Array(1_000_000);
  for (let sent = 0; sent < size; sent += piece.length) await wire.write(piece);
  const { body, lines, status } = await wire.response();
  assertEquals([status, body], [403, "too much"]);
  assertEquals(valueOf(lines, "connection"), "close");
});

Deno.test("a refusal in the middle of a chunked upload reaches a client that goes on sending", async () => {
  await using own = await onTcp(echo, { maxBodyBytes: 1_000_000 });
  using wire = await own.dial();
  await wire.write(`${CHUNKED}\r\n`);
  const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
  for (let i = 0; i < 20; i++) await wire.write(chunk);
  assertEquals((await wire.response()).status, 413);
});
