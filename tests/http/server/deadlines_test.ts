import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { TimeoutError } from "../../../lib/errors.ts";
import type { ServeHttpOptions } from "../../../lib/http/server/http_server_options.ts";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { standing, turn, until } from "../../session/harness.ts";
import { ManualTime } from "../../support/manual_time.ts";
import {
  answers,
  get,
  inMemory,
  type Memory,
  post,
  valueOf,
} from "./harness.ts";

const hello = () => new Response("hello");

/** A server whose time passes by hand. */
async function timed(
  handler: HttpHandler,
  options: ServeHttpOptions,
): Promise<[Memory, ManualTime]> {
  const time = new ManualTime();
  return [await inMemory(handler, options, {}, time), time];
}

// A deadline is never early, and up to two steps of a tenth of it late.
const LATE = 1.3;

Deno.test("a head that does not come to its end is 408 after headerTimeoutMs", async () => {
  const [server, time] = await timed(hello, { headerTimeoutMs: 100 });
  await using own = server;
  for (const before of ["", get()]) {
    using wire = await own.dial();
    await wire.write(before);
    if (before !== "") await wire.response();
    await wire.write("GET / HTTP/1.1\r\nHost:");
    const answer = wire.response();
    await time.advance(95);
    assertEquals(await standing(answer), "pending");
    await time.advance(100 * LATE - 95);
    const { body, lines, status } = await answer;
    assertEquals([status, valueOf(lines, "connection")], [408, "close"]);
    assertMatch(body, /within 100 ms/);
    assertEquals(await wire.all(), "");
  }
  await until(() => own.server.connections.size === 0, "closed");
  const { error } = answers(own).at(-1)!;
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.deadline, "header");
  assertEquals(own.server.stats.failed, 2);
});

Deno.test("a head that comes byte by byte is given no more time than one that does not", async () => {
  const [server, time] = await timed(hello, { headerTimeoutMs: 150 });
  await using own = server;
  using wire = await own.dial();
  const answer = wire.response();
  let sent = 0;
  for (const byte of get("/", `X: ${"x".repeat(1000)}`)) {
    if (await standing(answer) !== "pending") break;
    await wire.write(byte).catch(() => {});
    sent++;
    await time.advance(5);
  }
  assertEquals((await answer).status, 408);
  assert(sent * 5 <= 150 * LATE, `${sent} bytes`);
});

Deno.test("a connection that says nothing is closed without a word", async () => {
  const [server, time] = await timed(hello, {
    headerTimeoutMs: 60,
    keepAliveTimeoutMs: 10_000,
  });
  await using own = server;
  using wire = await own.dial();
  const rest = wire.all();
  await time.advance(55);
  assertEquals(await standing(rest), "pending");
  await time.advance(60);
  assertEquals(await rest, "");
  wire.connection.close();
  await until(() => own.server.connections.size === 0, "closed");
  assertEquals([own.server.stats.failed, answers(own).length], [0, 0]);
});

Deno.test("a connection is kept for keepAliveTimeoutMs, from the last answer on, then closed without a word", async () => {
  const [server, time] = await timed(hello, {
    headerTimeoutMs: 50,
    keepAliveTimeoutMs: 300,
  });
  await using own = server;
  using wire = await own.dial();
  for (let i = 0; i < 2; i++) {
    await wire.write(get());
    assertEquals((await wire.response()).body, "hello");
    await time.advance(290);
  }
  const rest = wire.all();
  assertEquals(await standing(rest), "pending");
  await time.advance(300 * LATE - 290);
  assertEquals(await rest, "");
  assertEquals(own.server.stats.failed, 0);
});

Deno.test("a handler may take longer than all deadlines of the client", async () => {
  const steps = [1, 2].map(() => Promise.withResolvers<void>());
  const reached = [1, 2].map(() => Promise.withResolvers<void>());
  const [server, time] = await timed(async (request) => {
    reached[0]!.resolve();
    await steps[0]!.promise;
    const text = await request.text();
    reached[1]!.resolve();
    await steps[1]!.promise;
    return new Response(text);
  }, { headerTimeoutMs: 50, keepAliveTimeoutMs: 50, bodyTimeoutMs: 50 });
  await using own = server;
  using wire = await own.dial();
  await wire.write(post("hello"));
  for (const [i, step] of steps.entries()) {
    await reached[i]!.promise;
    await time.advance(500);
    step.resolve();
  }
  assertEquals((await wire.response()).body, "hello");
});

Deno.test("a body that does not come is 408 after bodyTimeoutMs, and the handler learns of it", async () => {
  let seen: unknown;
  const [server, time] = await timed(async (request) => {
    await request.text().catch((error) => {
      seen = error;
      throw error;
    });
    return new Response("never");
  }, { bodyTimeoutMs: 100 });
  await using own = server;
  using wire = await own.dial();
  await wire.write(post("12345").slice(0, -1));
  const answer = wire.response();
  await time.advance(95);
  assertEquals(await standing(answer), "pending");
  // The four bytes that came have earned 8 ms.
  await time.advance(100 * LATE + 8 - 95);
  const { lines, status } = await answer;
  assertEquals([status, valueOf(lines, "connection")], [408, "close"]);
  assertInstanceOf(seen, TimeoutError);
  assertEquals(seen.deadline, "body");
  assertEquals(await wire.all(), "");
});

Deno.test("a body earns a second for every 500 bytes", async () => {
  const [server, time] = await timed(
    async (request) => new Response(await request.text()),
    { bodyTimeoutMs: 50 },
  );
  await using own = server;
  using wire = await own.dial();
  // 600 bytes earn 1.2 s.
  await wire.write(post("x".repeat(601)).slice(0, -1));
  const answer = wire.response();
  await time.advance(1200);
  assertEquals(await standing(answer), "pending");
  await wire.write("x");
  assertEquals((await answer).body.length, 601);
});

Deno.test("the rest of a body that nobody reads has the same deadline", async () => {
  const [server, time] = await timed(hello, { bodyTimeoutMs: 60 });
  await using own = server;
  using wire = await own.dial();
  await wire.write(post("12345").slice(0, -1));
  assertEquals((await wire.response()).body, "hello");
  const rest = wire.all();
  await time.advance(55);
  assertEquals(await standing(rest), "pending");
  await time.advance(60);
  assertEquals(await rest, "");
});

Deno.test("deadlines of Infinity are none, and leave no timer", async () => {
  const [server, time] = await timed(hello, {
    headerTimeoutMs: Infinity,
    keepAliveTimeoutMs: Infinity,
    bodyTimeoutMs: Infinity,
    sendTimeoutMs: Infinity,
  });
  await using own = server;
  using wire = await own.dial();
  await wire.write(get());
  assertEquals((await wire.response()).body, "hello");
  await turn(3);
  assertEquals(time.pending, 0);
});

Deno.test("a connection that waits for a request forgets what came again and again", async () => {
  const seen: unknown[] = [];
  const [server, time] = await timed((_request, info) => {
    seen.push(info.headers);
    return hello();
  }, { keepAliveTimeoutMs: 10_000 });
  await using own = server;
  using wire = await own.dial();
  for (let i = 0; i < 4; i++) {
    await wire.write(get());
    await wire.response();
  }
  await time.advance(3_000);
  await wire.write(get());
  await wire.response();
  // The same object is proof that the third request was remembered.
  assertStrictEquals(seen[3], seen[2]);
  assertNotStrictEquals(seen[4], seen[3]);
  assertEquals(seen[4], seen[3]);
});
