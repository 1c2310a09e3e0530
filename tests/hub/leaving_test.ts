/**
 * Members that end: that they leave at once, and what they still get.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { getEventListeners } from "node:events";
import { ClosedError } from "../../lib/errors.ts";
import { localBackbone, serveHub } from "../../lib/hub/mod.ts";
import { connectTcp } from "../../lib/transport/tcp/mod.ts";
import { until } from "../session/harness.ts";
import { ObservedHub, received } from "../support/hub_events.ts";

Deno.test("serveHub() lets a member that has finished sending listen", async () => {
  await using observed = await ObservedHub.serve();
  const [ann, ben] = await observed.members(2);
  await ann!.send("my last words");
  await ann!.closeWrite();
  assertEquals(await received(ben!, 1), ["my last words"]);

  await ben!.send("still there?");

  assertEquals(await received(ann!, 1), ["still there?"]);
  assertEquals(observed.of("finished").length, 1);
  assertEquals(observed.of("left"), []);
});

for (const how of ["ends", "resets"] as const) {
  Deno.test(`serveHub() tells at once, where nothing is said, that a program ${how} its connection`, async () => {
    await using observed = await ObservedHub.serve({
      notices: "text",
      allowHalfOpen: false,
    });
    const { address } = observed.hub;
    const ann = await connectTcp(address.toString(), { resettable: true });
    await observed.until("joined", 1);
    const ben = await observed.connect();
    await observed.until("joined", 2);
    await received(ben, 1);

    if (how === "resets") ann.abort();
    else ann.close();

    assertEquals(await received(ben, 1), [
      how === "resets"
        ? "* guest-1 left lobby: the connection was lost"
        : "* guest-1 left lobby",
    ]);
    assertEquals(observed.hub.members.map(({ id }) => id), [2]);
  });
}

Deno.test("serveHub() gives a member that only ever finished sending its history, then the end", async () => {
  await using observed = await ObservedHub.serve({
    history: 2,
    allowHalfOpen: false,
  });
  const [ann] = await observed.members(1);
  await ann!.sendAll(["one", "two"]);
  await until(
    () => observed.hub.rooms[0]?.messages === 2,
    "both were passed on",
  );
  const ben = await observed.connect();

  await ben.closeWrite();

  assertEquals(await received(ben, 3), ["one", "two"]);
  assertEquals(observed.of("left").map(({ why }) => why), ["left"]);
});

Deno.test("serveHub() gives nothing new to a member that has finished sending and reads slowly", async () => {
  await using observed = await ObservedHub.serve({
    queueBytes: 8 << 20,
    allowHalfOpen: false,
  });
  const [ann, ben] = await observed.members(2);
  const large = "x".repeat(1_000_000);
  for (let sent = 0; sent < 7; sent++) await ben!.send(large);
  await until(
    () => observed.hub.rooms[0]?.messages === 7,
    "all were passed on",
  );
  await ann!.closeWrite();
  await observed.until("left", 1);
  assertEquals(observed.hub.rooms[0]?.members, 1);

  await ben!.send("after its end");
  await until(() => observed.hub.rooms[0]?.messages === 8, "it was passed on");

  // The eighth would be the one that was said after its end.
  const got = await received(ann!, 8);
  assertEquals(got.map(({ length }) => length), Array(7).fill(1_000_000));
});

Deno.test("serveHub() leaves nothing on a signal that outlives the hub", async () => {
  const { signal } = new AbortController();
  const hub = await serveHub("tcp://127.0.0.1:0", { signal });
  assertEquals(getEventListeners(signal, "abort").length, 1);

  await hub.shutdown();

  assertEquals(getEventListeners(signal, "abort").length, 0);
});

Deno.test("serveHub() shuts down in time while a member waits for a room that the backbone does not open", async () => {
  const local = localBackbone();
  const entering = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  await using observed = await ObservedHub.serve({
    backbone: {
      async open(hub, signal) {
        const link = await local.open(hub, signal);
        return {
          ...{ delivery: link.delivery, maxMessageBytes: Infinity },
          close(graceMs) {
            closed.reject(new ClosedError({ reason: "the link was closed" }));
            return link.close(graceMs);
          },
          enter() {
            entering.resolve();
            return closed.promise;
          },
        };
      },
    },
  });
  const ann = await observed.connect();
  await entering.promise;

  const report = await observed.hub.shutdown({ graceMs: 200 });

  assertEquals(report.unpublished, 0);
  assertEquals(await received(ann, 1), []);
  await until(() => observed.hub.members.length === 0, "the member is gone");
});
