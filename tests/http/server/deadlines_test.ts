import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import { TimeoutError } from "../../../lib/errors.ts";
import { delay, standing, turn, until } from "../../session/harness.ts";
import { answers, get, inMemory, post, valueOf } from "./harness.ts";

const hello = () => new Response("hello");

/** How long something takes, in milliseconds. */
async function timed<T>(what: Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  return [await what, performance.now() - begun];
}

Deno.test("a head that does not come to its end is 408 after headerTimeoutMs", async () => {
  await using own = await inMemory(hello, { headerTimeoutMs: 100 });
  for (const before of ["", get()]) {
    using wire = await own.dial();
    await wire.write(before);
    if (before !== "") await wire.response();
    await wire.write("GET / HTTP/1.1\r\nHost:");
    const [{ body, lines, status }, ms] = await timed(wire.response());
    assertEquals([status, valueOf(lines, "connection")], [408, "close"]);
    assertMatch(body, /within 100 ms/);
    assertGreaterOrEqual(ms, 95);
    assertEquals(await wire.all(), "");
  }
  await until(() => own.server.connections.size === 0, "closed");
  const { error } = answers(own).at(-1)!;
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.deadline, "header");
  assertEquals(own.server.stats.failed, 2);
});

Deno.test("a head that comes byte by byte is given no more time than one that does not", async () => {
  await using own = await inMemory(hello, { headerTimeoutMs: 150 });
  using wire = await own.dial();
  let isOver = false;
  const answer = wire.response().finally(() => isOver = true);
  let sent = 0;
  for (const byte of get("/", `X: ${"x".repeat(1000)}`)) {
    if (isOver) break;
    await wire.write(byte).catch(() => {});
    sent++;
    await delay(5);
  }
  assertEquals((await answer).status, 408);
  assert(sent < 500, `${sent} bytes`);
});

Deno.test("a connection that says nothing is closed without a word", async () => {
  await using own = await inMemory(hello, {
    headerTimeoutMs: 60,
    keepAliveTimeoutMs: 10_000,
  });
  using wire = await own.dial();
  assertEquals(await wire.all(), "");
  wire.connection.close();
  await until(() => own.server.connections.size === 0, "closed");
  assertEquals([own.server.stats.failed, answers(own).length], [0, 0]);
});

Deno.test("a connection is kept for keepAliveTimeoutMs, from the last answer on, then closed without a word", async () => {
  await using own = await inMemory(hello, {
    headerTimeoutMs: 50,
    keepAliveTimeoutMs: 300,
  });
  using wire = await own.dial();
  for (let i = 0; i < 2; i++) {
    await wire.write(get());
    assertEquals((await wire.response()).body, "hello");
    await delay(150);
  }
  const [rest, ms] = await timed(wire.all());
  assertEquals(rest, "");
  assertGreaterOrEqual(ms, 145);
  assertEquals(own.server.stats.failed, 0);
});

Deno.test("a handler may take longer than all deadlines of the client", async () => {
  await using own = await inMemory(async (request) => {
    await delay(120);
    const text = await request.text();
    await delay(120);
    return new Response(text);
  }, { headerTimeoutMs: 50, keepAliveTimeoutMs: 50, bodyTimeoutMs: 50 });
  using wire = await own.dial();
  await wire.write(post("hello"));
  assertEquals((await wire.response()).body, "hello");
});

Deno.test("a body that does not come is 408 after bodyTimeoutMs, and the handler learns of it", async () => {
  let seen: unknown;
  await using own = await inMemory(async (request) => {
    await request.text().catch((error) => {
      seen = error;
      throw error;
    });
    return new Response("never");
  }, { bodyTimeoutMs: 100 });
  using wire = await own.dial();
  await wire.write(post("12345").slice(0, -1));
  const [{ lines, status }, ms] = await timed(wire.response());
  assertEquals([status, valueOf(lines, "connection")], [408, "close"]);
  assertGreaterOrEqual(ms, 95);
  assertInstanceOf(seen, TimeoutError);
  assertEquals(seen.deadline, "body");
  assertEquals(await wire.all(), "");
});

Deno.test("a body earns a second for every 500 bytes", async () => {
  await using own = await inMemory(
    async (request) => new Response(await request.text()),
    { bodyTimeoutMs: 50 },
  );
  using wire = await own.dial();
  // 600 bytes earn more than a second, of which a third is used.
  await wire.write(post("x".repeat(601)).slice(0, -1));
  const answer = wire.response();
  await delay(400);
  assertEquals(await standing(answer), "pending");
  await wire.write("x");
  assertEquals((await answer).body.length, 601);
});

Deno.test("the rest of a body that nobody reads has the same deadline", async () => {
  await using own = await inMemory(hello, { bodyTimeoutMs: 60 });
  using wire = await own.dial();
  await wire.write(post("12345").slice(0, -1));
  assertEquals((await wire.response()).body, "hello");
  assertEquals(await wire.all(), "");
});

Deno.test("deadlines of Infinity are none, and leave no timer", async () => {
  await using own = await inMemory(hello, {
    headerTimeoutMs: Infinity,
    keepAliveTimeoutMs: Infinity,
    bodyTimeoutMs: Infinity,
    sendTimeoutMs: Infinity,
  });
  using wire = await own.dial();
  await wire.write(get());
  assertEquals((await wire.response()).body, "hello");
  await turn(3);
});
