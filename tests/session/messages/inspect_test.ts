import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MessageConnection } from "../../../mod.ts";
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
