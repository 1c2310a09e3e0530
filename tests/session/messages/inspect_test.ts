import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bindUdp, serveDatagrams } from "@parley/parley/udp";
import { serveHttp } from "@parley/parley/http";
import { MessageConnection, serve } from "../../../mod.ts";
import { memoryPair } from "../../../lib/testing/mod.ts";

Deno.test("console.log shows a connection's ends and traffic, not how it is made", async () => {
  const [left, right] = memoryPair();
  await using a = new MessageConnection(left, { framing: "length:4" });
  await using b = new MessageConnection(right, { framing: "length:4" });
  await a.send(Uint8Array.of(1, 2, 3));
  assertEquals(await b.receive(), Uint8Array.of(1, 2, 3));

  const text = Deno.inspect(a);
  assert(text.startsWith("MessageConnection {"), text);
  assertStringIncludes(text, `remoteAddress: "${a.remoteAddress}"`);
  assertStringIncludes(text, `localAddress: "${a.localAddress}"`);
  assertStringIncludes(text, 'framing: "length:4"');
  assertStringIncludes(text, "messagesOut: 1");
  assertEquals(text.includes("settings"), false, text);
  assert(text.split("\n").length <= 16, text);
  // Inside an event or a list it is the same.
  assertStringIncludes(Deno.inspect({ connection: a }), "MessageConnection {");
});

Deno.test("console.log and String show where a server or a socket is, not how it is made", async () => {
  const handler = () => {};
  await using messages = await serve("tcp://127.0.0.1:0", handler);
  await using datagrams = await serveDatagrams("udp://127.0.0.1:0", handler);
  await using socket = bindUdp("udp://127.0.0.1:0");
  await using http = await serveHttp(
    "tcp://127.0.0.1:0",
    {},
    () => new Response(),
  );
  for (
    const [name, shown] of [
      ["Server", messages],
      ["DatagramServer", datagrams],
      ["DatagramSocket", socket],
      ["HttpServer", http],
    ] as const
  ) {
    assertEquals(`${shown}`, `${name} on ${shown.address}`);
    const text = Deno.inspect(shown);
    assert(text.startsWith(`${name} {`), text);
    assertStringIncludes(text, `"${shown.address}"`);
    assertStringIncludes(text, "bytesIn: 0");
    assert(text.split("\n").length <= 18, text);
  }
});
