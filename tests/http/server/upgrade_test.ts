/**
 * Another protocol on a connection that began with HTTP.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { HttpClient } from "@parley/parley/http";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { answers, get, inMemory, onTcp, post, valueOf } from "./harness.ts";

const ASKS = ["Connection: keep-alive, Upgrade", "Upgrade: chat, echo"];

/** Sends back what comes, in parentheses, until the client finishes. */
const echo: HttpHandler = (_request, info) =>
  info.upgrade("echo", async (connection) => {
    const into = new Uint8Array(100);
    for (;;) {
      const count = await connection.read(into);
      if (count === null) return;
      const text = new TextDecoder().decode(into.subarray(0, count));
      await connection.write(new TextEncoder().encode(`(${text})`));
    }
  }, { "x-a": "b" });

Deno.test("info.upgrade() answers 101 and hands the connection over with what came behind the request", async () => {
  await using own = await inMemory(echo);
  using wire = await own.dial();
  await wire.write(`${get("/", ...ASKS)}left over`);
  const { lines, status } = await wire.response(false);
  assertEquals(status, 101);
  assertEquals(valueOf(lines, "upgrade"), "echo");
  assertEquals(valueOf(lines, "connection"), "upgrade");
  assertEquals(valueOf(lines, "x-a"), "b");
  assertEquals(await wire.until(")"), "(left over)");
  await wire.write("GET / HTTP/1.1\r\n");
  assertEquals(await wire.until(")"), "(GET / HTTP/1.1\r\n)");
  await wire.connection.closeWrite();
  assertEquals(await wire.all(), "");
  assertEquals(answers(own).map(({ status }) => status), [101]);
});

Deno.test("info.upgrade() gives the same bytes wherever the network cuts them", async () => {
  const request = `${get("/", ...ASKS)}abcdef`;
  for (let at = 1; at < request.length; at++) {
    await using own = await inMemory((_request, info) =>
      info.upgrade("echo", async (connection) => {
        let text = "";
        const into = new Uint8Array(2);
        for (let count; (count = await connection.read(into)) !== null;) {
          text += new TextDecoder().decode(into.subarray(0, count));
        }
        await connection.write(new TextEncoder().encode(`[${text}]`));
      })
    );
    using wire = await own.dial();
    await wire.write(request.slice(0, at));
    await wire.write(request.slice(at));
    await wire.connection.closeWrite();
    assertStringIncludes(await wire.all(), "\r\n\r\n[abcdef]");
  }
});

Deno.test("info.upgrade() after a body switches behind it", async () => {
  await using own = await inMemory(async (request, info) => {
    const body = await request.text();
    return info.upgrade("echo", async (connection) => {
      await connection.write(new TextEncoder().encode(`<${body}>`));
    });
  });
  using wire = await own.dial();
  await wire.write(post("hello", ...ASKS));
  assertEquals((await wire.response(false)).status, 101);
  assertEquals(await wire.all(), "<hello>");
});

Deno.test("info.upgrade() throws for a protocol that was not asked for", async () => {
  let thrown: unknown;
  await using own = await inMemory((_request, info) => {
    try {
      return info.upgrade("other", () => {});
    } catch (error) {
      thrown = error;
      return new Response("no", { status: 426 });
    }
  });
  using wire = await own.dial();
  await wire.write(get("/", ...ASKS));
  assertEquals((await wire.response()).status, 426);
  assertStringIncludes(String(thrown), "the client did not ask for it");
});

Deno.test("a taker that throws aborts the connection, and the server goes on", async () => {
  await using own = await inMemory((_request, info) =>
    info.upgrade("echo", () => {
      throw new Error("mine");
    })
  );
  using wire = await own.dial();
  await wire.write(get("/", ...ASKS));
  assertEquals((await wire.response(false)).status, 101);
  assertEquals(await wire.all(), "");
  using again = await own.dial();
  await again.write(get("/", ...ASKS));
  assertEquals((await again.response(false)).status, 101);
});

Deno.test("shutdown() ends a connection that was taken over", async () => {
  await using own = await inMemory(echo);
  using wire = await own.dial();
  await wire.write(get("/", ...ASKS));
  await wire.response(false);
  const report = await own.server.shutdown({ graceMs: 5000 });
  assertEquals([report.finished, report.cut.length], [1, 0]);
  assertEquals(await wire.all(), "");
});

Deno.test("HttpClient.upgrade() gives the connection, or the response of a server that declines", async () => {
  await using own = await onTcp((request, info) =>
    new URL(request.url).pathname === "/no"
      ? new Response("declined", { status: 426 })
      : echo(request, info)
  );
  const url = `http://127.0.0.1:${own.server.address.port}`;
  await using client = new HttpClient();
  const agreed = await client.upgrade(`${url}/yes`, "echo");
  assertEquals(agreed.response.status, 101);
  assertEquals(agreed.response.headers.get("upgrade"), "echo");
  const { connection } = agreed;
  await connection!.write(new TextEncoder().encode("hello"));
  const into = new Uint8Array(100);
  const count = await connection!.read(into);
  assertEquals(new TextDecoder().decode(into.subarray(0, count!)), "(hello)");
  await connection!.closeWrite();
  assertEquals(await connection!.read(into), null);
  connection!.close();

  const declined = await client.upgrade(`${url}/no`, "echo");
  assertEquals(declined.connection, undefined);
  assertEquals(declined.response.status, 426);
  assertEquals(await declined.response.text(), "declined");
});
