import { assertEquals, assertRejects } from "@std/assert";
import { ClosedError } from "../../lib/errors.ts";
import { talk } from "./harness.ts";

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

Deno.test("send() in framing close finishes sending and receiving goes on", async () => {
  using pair = talk({ framing: "close" });
  await pair.client.send("everything");
  assertEquals(await pair.server.receive(), "everything");
  await pair.server.send("understood");
  assertEquals(await pair.client.receive(), "understood");
  for (const end of [pair.client, pair.server]) {
    assertEquals(await end.receive(), undefined);
    await assertRejects(() => end.send("more"), ClosedError);
    await assertRejects(() => end.sendAll(["more"]), ClosedError);
  }
});

Deno.test("sendAll() in framing close finishes sending after the first message and refuses a second", async () => {
  for (const messages of [["one"], ["one", "two"]]) {
    using pair = talk({ framing: "close" });
    const sent = pair.client.sendAll(messages);
    if (messages.length > 1) await assertRejects(() => sent, ClosedError);
    else await sent;
    assertEquals(await pair.server.receive(), "one");
    assertEquals(await pair.server.receive(), undefined);
  }
});

Deno.test("send() in framing close finishes sending an empty message and a large one too", async () => {
  for (const size of [0, 1, 500_000]) {
    using pair = talk({ framing: "close" });
    const sent = pair.client.send("x".repeat(size));
    assertEquals((await pair.server.receive())?.length, size);
    assertEquals(await pair.server.receive(), undefined);
    await sent;
  }
});

Deno.test("sendAll() of nothing in framing close finishes nothing", async () => {
  using pair = talk({ framing: "close" });
  await pair.client.sendAll([]);
  await pair.client.send("one");
  assertEquals(await pair.server.receive(), "one");
});
