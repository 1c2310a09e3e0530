import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { ConnectionError, TimeoutError } from "../../../lib/errors.ts";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { standing, turn, until } from "../../session/harness.ts";
import { answers, get, inMemory, onTcp, valueOf } from "./harness.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A stream of text, each part in its own turn of the event loop. */
function slowly(...parts: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      await turn();
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(utf8(part));
    },
  });
}

Deno.test("a response whose body is at hand is sent with its length, in one write", async () => {
  await using own = await inMemory((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/bytes") return new Response(utf8("bytes"));
    if (pathname === "/blob") return new Response(new Blob(["blob"]));
    if (pathname === "/json") return Response.json({ a: 1 });
    if (pathname === "/empty") return new Response("");
    if (pathname === "/null") return new Response(null);
    return new Response("text");
  });
  using wire = await own.dial();
  for (
    const [path, body] of [
      ["/text", "text"],
      ["/bytes", "bytes"],
      ["/json", '{"a":1}'],
      ["/empty", ""],
      ["/null", ""],
    ] as const
  ) {
    const before = own.server.stats.messagesOut;
    await wire.write(get(path));
    const answer = await wire.response();
    assertEquals(answer.body, body);
    assertEquals(valueOf(answer.lines, "content-length"), `${body.length}`);
    assertEquals(own.server.stats.messagesOut - before, 1);
  }
  await wire.write(get("/blob"));
  assertEquals((await wire.response()).body, "blob");
});

Deno.test("statuses without a body have neither body nor length", async () => {
  await using own = await inMemory((request) =>
    new Response(null, {
      status: Number(new URL(request.url).pathname.slice(1)),
      headers: { "content-length": "5" },
    })
  );
  using wire = await own.dial();
  await wire.write(get("/204"));
  let answer = await wire.response(false);
  assertEquals(answer.lines[0], "HTTP/1.1 204 No Content");
  assertEquals(valueOf(answer.lines, "content-length"), undefined);
  await wire.write(get("/304"));
  answer = await wire.response(false);
  assertEquals(answer.lines[0], "HTTP/1.1 304 Not Modified");
  // What it would be with a body is worth knowing.
  assertEquals(valueOf(answer.lines, "content-length"), "5");
  await wire.write(get("/204"));
  assertEquals((await wire.response(false)).status, 204);
});

Deno.test("a body that comes bit by bit is sent chunked, each bit as it comes", async () => {
  const second = Promise.withResolvers<void>();
  await using own = await inMemory(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(utf8("one")),
        async pull(controller) {
          await second.promise;
          controller.enqueue(utf8(""));
          controller.enqueue(utf8("two"));
          controller.close();
        },
      }),
    )
  );
  using wire = await own.dial();
  await wire.write(get());
  const head = await wire.until("3\r\none\r\n");
  assertStringIncludes(head, "\r\ntransfer-encoding: chunked\r\n");
  second.resolve();
  assertEquals(await wire.until("0\r\n\r\n"), "3\r\ntwo\r\n0\r\n\r\n");
  // The connection stays.
  await wire.write(get());
  assertEquals((await wire.response()).body, "onetwo");
});

Deno.test("the head of a response leaves before a body that is late", async () => {
  const go = Promise.withResolvers<void>();
  await using own = await inMemory(() =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await go.promise;
          controller.enqueue(utf8("late"));
          controller.close();
        },
      }),
    )
  );
  using wire = await own.dial();
  await wire.write(get());
  assertStringIncludes(await wire.until("\r\n\r\n"), "200 OK");
  go.resolve();
  assertEquals(await wire.until("0\r\n\r\n"), "4\r\nlate\r\n0\r\n\r\n");
});

Deno.test("a length that the handler gives is kept and enforced", async () => {
  await using own = await inMemory((request) => {
    const [, length, ...parts] = new URL(request.url).pathname.split("/");
    return new Response(
      parts.length === 1 ? parts[0]! : slowly(...parts),
      { headers: { "content-length": length! } },
    );
  });
  const ask = async (path: string) => {
    using wire = await own.dial();
    await wire.write(get(path, "Connection: close"));
    return await wire.all();
  };
  assertStringIncludes(await ask("/6/abc/def"), "\r\n\r\nabcdef");
  assert(!/chunked/.test(await ask("/6/abc/def")));
  assertStringIncludes(await ask("/3/abc"), "\r\n\r\nabc");
  // Known before the head: a clean failure.
  assertStringIncludes(await ask("/2/abc"), "HTTP/1.1 500 ");
  assertStringIncludes(await ask("/4/abc"), "HTTP/1.1 500 ");
  // Known too late: never more than announced, and never a clean end.
  assertEquals(/\r\n\r\n(.*)$/.exec(await ask("/5/abc/def"))![1], "abc");
  assertEquals(/\r\n\r\n(.*)$/.exec(await ask("/7/abc/def"))![1], "abcdef");
  assertEquals(
    answers(own).slice(3).map(({ error }) => error instanceof RangeError),
    [true, true, true, true],
  );
});

Deno.test("HTTP/1.0 gets lengths where they are known, else the end of the connection", async () => {
  await using own = await inMemory((request) =>
    new Response(
      request.url.endsWith("/slow") ? slowly("ab", "cd") : "at once",
    )
  );
  for (
    const [request, isKept, body] of [
      ["GET / HTTP/1.0\r\n\r\n", false, "at once"],
      ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "at once"],
      ["GET /slow HTTP/1.0\r\n\r\n", false, "abcd"],
      ["GET /slow HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, "abcd"],
    ] as const
  ) {
    using wire = await own.dial();
    await wire.write(request);
    const answer = await wire.response();
    assertEquals(answer.body, body);
    assertEquals(valueOf(answer.lines, "transfer-encoding"), undefined);
    assertEquals(
      valueOf(answer.lines, "connection"),
      isKept ? "keep-alive" : "close",
    );
    if (!isKept) {
      assertEquals(await wire.all(), "");
      continue;
    }
    await wire.write(request);
    assertEquals((await wire.response()).body, body);
  }
});

Deno.test("a large body at hand is sent whole, and one of large chunks too", async () => {
  const large = "0123456789".repeat(100_000);
  // Below, at and above the size from which on bytes are not copied any more.
  const sizes = [131_000, 131_071, 131_072, 131_073, 400_000];
  await using own = await onTcp((request) => {
    if (!request.url.endsWith("/chunks")) return new Response(large);
    return new Response(
      ReadableStream.from(
        sizes.map((size, i) => new Uint8Array(size).fill(97 + i)),
      ),
    );
  });
  using wire = await own.dial();
  await wire.write(get());
  assertEquals((await wire.response()).body, large);
  await wire.write(get("/chunks"));
  assertEquals(
    (await wire.response()).body,
    sizes.map((size, i) => "abcde"[i]!.repeat(size)).join(""),
  );
});

Deno.test("a client that does not read stops the response's stream", async () => {
  let pulled = 0;
  await using own = await inMemory(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          if (++pulled > 1000) controller.close();
          else controller.enqueue(new Uint8Array(10_000));
        },
      }),
    )
  );
  using wire = await own.dial();
  await wire.write(get());
  let before = -1;
  while (before !== pulled) {
    before = pulled;
    await turn(20);
  }
  assertGreater(before, 0);
  assertLess(before, 40);
  assertEquals((await wire.response()).body.length, 10_000_000);
});

Deno.test("the stream of a response is cancelled when the client goes away", async () => {
  for (const moment of ["writing", "waiting"]) {
    const cancelled = Promise.withResolvers<unknown>();
    await using own = await inMemory(() =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(new Uint8Array(10_000));
            if (moment === "waiting") await new Promise(() => {});
          },
          cancel: (reason) => cancelled.resolve(reason),
        }),
      )
    );
    using wire = await own.dial();
    await wire.write(get());
    await wire.until("\r\n\r\n");
    wire.connection.abort();
    assertInstanceOf(await cancelled.promise, ConnectionError, moment);
    await until(() => own.server.connections.size === 0, "closed");
    const [event] = answers(own);
    assertInstanceOf(event?.error, ConnectionError);
    assertEquals(own.server.stats.failed, 1);
  }
});

Deno.test("over TCP a client that closes in the midst of a download has its stream cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using own = await onTcp(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
        cancel: (reason) => cancelled.resolve(reason),
      }),
    )
  );
  using wire = await own.dial();
  await wire.write(get());
  await wire.until("\r\n\r\n");
  wire.connection.close();
  assertInstanceOf(await cancelled.promise, ConnectionError);
});

Deno.test("a client that takes nothing is aborted after sendTimeoutMs", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using own = await inMemory(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
        cancel: (reason) => cancelled.resolve(reason),
      }),
    ), { sendTimeoutMs: 50 });
  using wire = await own.dial();
  await wire.write(get());
  const error = await cancelled.promise;
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.deadline, "send");
});

Deno.test("a handler that fails before the body is a 500 that tells nothing of it", async () => {
  const failing: Record<string, HttpHandler> = {
    throws: () => {
      throw new Error("the secret");
    },
    rejects: () => Promise.reject(new Error("the secret")),
    nothing: () => Promise.reject(undefined),
    none: () => undefined as unknown as Response,
    text: () => "text" as unknown as Response,
    error: () => Response.error(),
    used: async () => {
      const response = new Response("x");
      await response.text();
      return response;
    },
    locked: () => {
      const response = new Response("x");
      response.body!.getReader();
      return response;
    },
    stream: () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.error(new Error("the secret")),
        }),
      ),
    chunk: () =>
      new Response(
        ReadableStream.from(["text"]) as unknown as ReadableStream<
          Uint8Array<ArrayBuffer>
        >,
      ),
  };
  for (const [name, handler] of Object.entries(failing)) {
    await using own = await inMemory(handler);
    using wire = await own.dial();
    await wire.write(get());
    const { body, lines, status } = await wire.response();
    assertEquals([status, valueOf(lines, "connection")], [500, "close"], name);
    assertEquals(body, "The server failed to answer this request\n");
    assertEquals(await wire.all(), "");
    await until(() => answers(own).length === 1, "told");
    assertEquals(answers(own)[0]!.status, 500);
    assertInstanceOf(answers(own)[0]!.error, Error, name);
  }
});

Deno.test("a failure in the midst of a body cuts the connection, after what came before", async () => {
  for (const version of ["1.1", "1.0"]) {
    await using own = await inMemory(() => {
      let count = 0;
      return new Response(
        new ReadableStream({
          async pull(controller) {
            await turn();
            if (++count > 2) controller.error(new Error("broken"));
            else controller.enqueue(utf8("part"));
          },
        }),
      );
    });
    using wire = await own.dial();
    await wire.write(get().replace("1.1", version));
    const answer = await wire.all();
    assertStringIncludes(answer, "200 OK");
    assertEquals(answer.match(/part/g)?.length, 2);
    assert(!answer.includes("0\r\n\r\n"));
    await until(() => own.server.connections.size === 0, "closed");
    assertEquals(answers(own)[0]!.status, 200);
    assertEquals(String(answers(own)[0]!.error), "Error: broken");
    assertEquals(own.server.stats.failed, 1);
  }
});

Deno.test("a failing handler is reported on the console when nobody listens to events", async () => {
  const lines: unknown[][] = [];
  const heard = globalThis.console;
  const { error } = heard;
  heard.error = (...line) => lines.push(line);
  try {
    await using own = await inMemory(() => {
      throw new RangeError("mine");
    }, { onEvent: undefined as never });
    using wire = await own.dial();
    await wire.write(get());
    assertEquals((await wire.response()).status, 500);
    await wire.all();
    using other = await own.dial();
    await other.write("nonsense\r\n\r\n");
    assertEquals((await other.response()).status, 400);
    await other.all();
  } finally {
    heard.error = error;
  }
  assertEquals(lines.length, 1);
  assertInstanceOf(lines[0]![1], RangeError);
});

Deno.test("how the body is delimited is the connection's to say, and Connection: close is kept", async () => {
  await using own = await inMemory(() =>
    new Response("x", {
      headers: { "transfer-encoding": "gzip", connection: "close" },
    })
  );
  using wire = await own.dial();
  await wire.write(get());
  const { body, lines } = await wire.response();
  assertEquals(body, "x");
  assertEquals(valueOf(lines, "transfer-encoding"), undefined);
  assertEquals(lines.filter((line) => /^connection/.test(line)), [
    "connection: close",
  ]);
  assertEquals(await standing(wire.all()), "resolved");
});
