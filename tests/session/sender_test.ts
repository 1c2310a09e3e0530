import { assertEquals, assertRejects } from "@std/assert";
import { over, talk } from "./harness.ts";

Deno.test("send() of a message above maxMessageBytes is a RangeError, sends nothing and leaves the connection usable", async () => {
  using pair = talk({ maxMessageBytes: 10 });
  await assertRejects(() => pair.client.send("12345678901"), RangeError);
  assertEquals(pair.client.stats.messagesOut, 0);
  // Asking for an answer is what flushes.
  const answer = pair.client.receive();
  await pair.server.send("still here");
  assertEquals(await answer, "still here");
  await pair.client.send("1234567890");
  assertEquals(await pair.server.receive(), "1234567890");
});

Deno.test("send() of an empty message in framing raw writes nothing and breaks nothing", async () => {
  using pair = talk({ framing: "raw" });
  await pair.client.send("");
  const answer = pair.client.receive();
  await pair.server.send("a");
  assertEquals(await answer, "a");
  await pair.client.send("b");
  assertEquals(await pair.server.receive(), "b");
});
