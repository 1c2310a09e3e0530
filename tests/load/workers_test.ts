/**
 * The threads of a run: what they are told, and what they tell.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { serveOrders } from "../../lib/load/workers/run_worker.ts";
import type { News, Order } from "../../lib/load/workers/worker_message.ts";
import {
  type LoadThread,
  type LoadWorkerScope,
  runLoad,
} from "../../lib/load/mod.ts";
import { planOf } from "../../lib/load/planning/plan.ts";
import { serve } from "../../mod.ts";

function echoing() {
  return serve("tcp://127.0.0.1:0", {}, async (peer) => {
    for await (const message of peer) await peer.send(message);
  });
}

Deno.test("a thread that is stopped while it closes its connections still tells how it ended", async () => {
  await using server = await echoing();
  const plan = planOf({
    address: String(server.address),
    count: 1,
    warmUpMs: 0,
  });
  const told: string[] = [];
  const closed = Promise.withResolvers<void>();
  const order = (data: Order) =>
    scope.onmessage!({ data } as MessageEvent<Order>);
  const scope: LoadWorkerScope = {
    onmessage: null,
    close: () => closed.resolve(),
    postMessage(message) {
      const news = message as News;
      told.push(news.is);
      if (news.is === "opened") order({ do: "begin", startMs: Date.now() });
      // The last interval: nothing is sent any more.
      if (news.is === "interval") queueMicrotask(() => order({ do: "stop" }));
    },
  };
  serveOrders(scope);
  order({ do: "open", plan });
  await closed.promise;
  assertEquals(told.filter((is) => is !== "total"), [
    "ready",
    "opened",
    "interval",
    "over",
  ]);
});

Deno.test("runLoad() stops the other threads if one of them dies", async () => {
  await using server = await echoing();
  const orders: string[][] = [[], []];
  const startWorker = (): LoadThread => {
    const own = orders[started++]!;
    const isFirst = started === 1;
    const thread: LoadThread = {
      onerror: null,
      onmessage: null,
      postMessage(message) {
        const order = message as Order;
        own.push(order.do);
        if (order.do === "open") news(thread, { is: "opened" });
        if (order.do !== "begin" || !isFirst) return;
        const error = new ErrorEvent("error", { message: "it has died" });
        queueMicrotask(() => thread.onerror!(error));
      },
    };
    news(thread, { is: "ready" });
    return thread;
  };
  let started = 0;
  await assertRejects(
    () =>
      runLoad({
        address: String(server.address),
        connections: 2,
        startWorker,
        workers: 2,
      }),
    Error,
    "it has died",
  );
  assertEquals(orders[1], ["open", "begin", "stop"]);
});

Deno.test("runLoad() goes on if one of its threads has no connection at first", async () => {
  const orders: string[][] = [[], []];
  let started = 0;
  const startWorker = (): LoadThread => {
    const own = orders[started++]!;
    const isFirst = started === 1;
    const thread: LoadThread = {
      onerror: null,
      onmessage: null,
      postMessage(message) {
        const order = message as Order;
        own.push(order.do);
        if (order.do === "open") {
          news(
            thread,
            isFirst
              ? { is: "failed", failure: { parts: { reason: "it is full" } } }
              : { is: "opened" },
          );
        }
        if (order.do !== "begin") return;
        const end = {
          endedBy: "count" as const,
          unsent: 0,
          warmUp: { messages: 0, errors: {} },
          reasons: {},
        };
        news(thread, { is: "over", end });
      },
    };
    news(thread, { is: "ready" });
    return thread;
  };
  const { endedBy } = await runLoad({
    address: "tcp://127.0.0.1:1",
    connections: 2,
    startWorker,
    workers: 2,
  });
  assertEquals(endedBy, "count");
  assertEquals(orders, [["open", "begin"], ["open", "begin"]]);
});

Deno.test("a thread without a connection goes on trying once it begins", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const told: string[] = [];
  const closed = Promise.withResolvers<void>();
  const order = (data: Order) =>
    scope.onmessage!({ data } as MessageEvent<Order>);
  let server: Awaited<ReturnType<typeof serve>> | undefined;
  const scope: LoadWorkerScope = {
    onmessage: null,
    close: () => closed.resolve(),
    async postMessage(message) {
      const news = message as News;
      told.push(news.is);
      if (news.is !== "failed") return;
      server = await serve(`tcp://127.0.0.1:${port}`, {}, async (peer) => {
        for await (const message of peer) await peer.send(message);
      });
      order({ do: "begin", startMs: Date.now() });
    },
  };
  serveOrders(scope);
  const plan = planOf({
    address: `tcp://127.0.0.1:${port}`,
    count: 1,
    warmUpMs: 0,
  });
  order({ do: "open", plan });
  await closed.promise;
  await server!.shutdown();
  assertEquals(told.filter((is) => is !== "total"), [
    "ready",
    "failed",
    "interval",
    "over",
  ]);
});

function news(thread: LoadThread, data: News): void {
  queueMicrotask(() => thread.onmessage!({ data } as MessageEvent));
}
