import { assertEquals, assertInstanceOf } from "@std/assert";
import { ClosedError } from "../../../lib/errors.ts";
import { standing, turn, until } from "../../session/harness.ts";
import { answers, get, inMemory, onTcp, post, valueOf } from "./harness.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("shutdown() closes idle connections at once, also those that never asked", async () => {
  await using own = await onTcp(() => new Response("hello"));
  using asked = await own.dial();
  using silent = await own.dial();
  await asked.write(get());
  await asked.response();
  await until(() => own.server.connections.size === 2, "accepted");
  const shutdown = own.server.shutdown({ graceMs: 10_000 });
  assertEquals(await asked.all(), "");
  assertEquals(await silent.all(), "");
  asked.connection.close();
  silent.connection.close();
  assertEquals(await shutdown, { finished: 2, cut: [] });
});

Deno.test("shutdown() in the midst of a head or a body lets the request come, and answers it as the last", async () => {
  for (const cut of [10, 60, -3]) {
    await using own = await inMemory(
      async (request) => new Response(await request.text()),
    );
    using wire = await own.dial();
    const request = post("hello");
    await wire.write(request.slice(0, cut));
    await until(() => own.server.stats.bytesIn > 0, "begun");
    const shutdown = own.server.shutdown({ graceMs: 10_000 });
    await turn(20);
    await wire.write(request.slice(cut));
    const { body, lines } = await wire.response();
    assertEquals([body, valueOf(lines, "connection")], ["hello", "close"]);
    assertEquals(await wire.all(), "");
    wire.connection.close();
    assertEquals(await shutdown, { finished: 1, cut: [] });
  }
});

Deno.test("shutdown() in the midst of a response lets it end, and reads no further request", async () => {
  const go = Promise.withResolvers<void>();
  await using own = await inMemory(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(utf8("first")),
        async pull(controller) {
          await go.promise;
          controller.enqueue(utf8("last"));
          controller.close();
        },
      }),
    )
  );
  using wire = await own.dial();
  await wire.write(get() + get("/another"));
  await wire.until("first\r\n");
  const shutdown = own.server.shutdown({ graceMs: 10_000 });
  assertEquals(await standing(shutdown), "pending");
  go.resolve();
  assertEquals(await wire.all(), "4\r\nlast\r\n0\r\n\r\n");
  wire.connection.close();
  assertEquals(await shutdown, { finished: 1, cut: [] });
  assertEquals(own.server.stats.requests, 1);
});

Deno.test("shutdown() while a handler works announces the end in its answer", async () => {
  const go = Promise.withResolvers<void>();
  await using own = await inMemory(async () => {
    await go.promise;
    return new Response("done");
  });
  using wire = await own.dial();
  await wire.write(get());
  await until(() => own.server.stats.requests === 1, "asked");
  const shutdown = own.server.shutdown({ graceMs: 10_000 });
  await turn(5);
  go.resolve();
  const { body, lines } = await wire.response();
  assertEquals([body, valueOf(lines, "connection")], ["done", "close"]);
  wire.connection.close();
  assertEquals((await shutdown).cut, []);
});

Deno.test("a request that was on its way when shutdown() was called is answered", async () => {
  await using own = await onTcp(() => new Response("hello"));
  using wire = await own.dial();
  await wire.write(get());
  await wire.response();
  // The bytes are in the system's buffer, and nobody has read them yet.
  await wire.write(get());
  const shutdown = own.server.shutdown({ graceMs: 10_000 });
  assertEquals((await wire.response()).body, "hello");
  assertEquals(await wire.all(), "");
  wire.connection.close();
  assertEquals((await shutdown).cut, []);
});

Deno.test("what is not done after graceMs is cut, and its request's signal aborted", async () => {
  const reason = Promise.withResolvers<unknown>();
  await using own = await inMemory(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reason.resolve(signal.reason);
    return new Response();
  });
  using wire = await own.dial({ from: "carol" });
  await wire.write(get());
  await until(() => own.server.stats.requests === 1, "asked");
  const { cut, finished } = await own.server.shutdown({ graceMs: 20 });
  assertEquals([finished, cut.length], [0, 1]);
  assertEquals(String(cut[0]!.remoteAddress), "memory:carol");
  assertInstanceOf(await reason.promise, ClosedError);
  await until(() => answers(own).length === 1, "over");
});

Deno.test("a signal shuts the server down as shutdown() does", async () => {
  const controller = new AbortController();
  await using own = await inMemory(() => new Response("hello"), {
    signal: controller.signal,
  });
  using wire = await own.dial();
  await wire.write(get());
  await wire.response();
  controller.abort();
  assertEquals(await wire.all(), "");
  wire.connection.close();
  assertEquals(await own.server.finished, { finished: 1, cut: [] });
});
