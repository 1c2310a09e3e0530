import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import { bindUdp } from "../../../lib/session/datagrams/bind_udp.ts";
import type { DatagramServerEvent } from "../../../lib/session/datagrams/datagram_server.ts";
import {
  serveDatagrams,
  startDatagramServer,
} from "../../../lib/session/datagrams/serve_datagrams.ts";
import { SYSTEM_TIME, type Time } from "../../../lib/time/time.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { standing } from "../harness.ts";
import {
  peer,
  ScriptedEndpoint,
  settled,
} from "../../support/scripted_endpoint.ts";

const TEXT = { encoding: "text" } as const;
const ANY = "udp://127.0.0.1:0";

Deno.test("serveDatagrams() answers every client, over IPv4 and IPv6", async () => {
  for (const address of [ANY, "udp://[::1]:0"]) {
    await using server = await serveDatagrams(
      address,
      TEXT,
      (message, from, socket) => socket.send(message.toUpperCase(), from),
    );
    const clients = Array.from({ length: 5 }, () => bindUdp(address, TEXT));
    const answers = await Promise.all(
      clients.map((client, i) => client.request(`tacos ${i}`, server.address)),
    );
    assertEquals(answers, [0, 1, 2, 3, 4].map((i) => `TACOS ${i}`));
    assertEquals(server.stats.datagramsIn, 5);
    assertEquals(server.stats.datagramsOut, 5);
    for (const client of clients) await client.close();
  }
});

Deno.test("serveDatagrams() takes a handler without options, for bytes", async () => {
  await using server = await serveDatagrams(
    ANY,
    (message, from, socket) => socket.send(message.toReversed(), from),
  );
  await using client = bindUdp(ANY);
  const reply = await client.request(Uint8Array.of(1, 2), server.address);
  assertEquals(reply, Uint8Array.of(2, 1));
});

Deno.test("serveDatagrams() goes on when a handler leaves a send that fails to itself, and tells onEvent", async () => {
  const events: DatagramServerEvent[] = [];
  const { endpoint, serve } = scripted();
  const down = new ConnectionError("unreachable", {
    reason: "the network is down",
  });
  endpoint.onSend = () => Promise.reject(down);
  await using server = await serve(
    { onEvent: (event) => events.push(event) },
    (message, from, socket) => void socket.send(message, from),
  );
  endpoint.arrive("x", peer(1));
  endpoint.arrive("y", peer(2));
  await settled();
  assertEquals(events, [
    { type: "unsent", to: peer(1), error: down },
    { type: "unsent", to: peer(2), error: down },
  ]);
  assertEquals(server.stats.unsent, 2);
  assertEquals(server.stats.failed, 0);
});

Deno.test("serveDatagrams() takes an empty datagram for a message", async () => {
  await using server = await serveDatagrams(
    ANY,
    TEXT,
    (message, from, socket) => socket.send(`got ${message.length}`, from),
  );
  await using client = bindUdp(ANY, TEXT);
  assertEquals(await client.request("", server.address), "got 0");
});

Deno.test("serveDatagrams() loses the datagram whose handler throws and goes on with the others", async () => {
  const events: DatagramServerEvent[] = [];
  const { endpoint, serve } = scripted();
  await using server = await serve(
    { onEvent: (event) => events.push(event) },
    (message) => {
      if (message === "sync") throw new Error("at once");
      return message === "async"
        ? Promise.reject(new Error("later"))
        : Promise.resolve();
    },
  );
  for (const text of ["sync", "async", "fine"]) endpoint.arrive(text, peer(1));
  await settled();
  assertEquals(server.stats.failed, 2);
  assertEquals(server.stats.datagramsIn, 3);
  const failures = events.map((event) =>
    event.type === "failed" ? (event.error as Error).message : event.type
  );
  assertEquals(failures, ["at once", "later"]);
});

Deno.test("serveDatagrams() passes over a datagram that is no message", async () => {
  const events: DatagramServerEvent[] = [];
  const seen: string[] = [];
  const { endpoint, serve } = scripted();
  await using server = await serve(
    { onEvent: (event) => events.push(event) },
    (message) => void seen.push(message),
  );
  endpoint.arrive(Uint8Array.of(0xff), peer(1));
  endpoint.arrive("fine", peer(1));
  await settled();
  assertEquals(seen, ["fine"]);
  assertEquals(events.map(({ type }) => type), ["refused"]);
  assertEquals(server.stats.refused, 1);
});

Deno.test("serveDatagrams() begins no more handlers than maxHandlers and leaves the rest to the system", async () => {
  const { endpoint, serve } = scripted();
  const gates: (() => void)[] = [];
  const seen: string[] = [];
  await using server = await serve({ maxHandlers: 2 }, (message) => {
    seen.push(message);
    return new Promise<void>((resolve) => gates.push(resolve));
  });
  for (const text of ["a", "b", "c", "d"]) endpoint.arrive(text, peer(1));
  await settled();
  assertEquals(seen, ["a", "b"]);
  assertEquals(server.stats.handling, 2);
  assertEquals(endpoint.receives, 2);
  gates.shift()!();
  await settled();
  assertEquals(seen, ["a", "b", "c"]);
  while (gates.length > 0) {
    gates.shift()!();
    await settled();
  }
  assertEquals(seen, ["a", "b", "c", "d"]);
  assertEquals(server.stats.dropped, 0);
});

Deno.test("serveDatagrams() with whenFull drop drops, counts and reports one datagram more than maxHandlers", async () => {
  const events: DatagramServerEvent[] = [];
  const { endpoint, serve } = scripted();
  const gate = Promise.withResolvers<void>();
  await using server = await serve({
    maxHandlers: 1,
    onEvent: (event) => events.push(event),
    whenFull: "drop",
  }, () => gate.promise);
  for (const text of ["a", "bcd"]) endpoint.arrive(text, peer(1));
  await settled();
  assertEquals(server.stats.dropped, 1);
  assertEquals(events, [{
    type: "dropped",
    from: peer(1),
    bytes: 3,
    reason: "1 of 1 handlers are busy",
    option: "maxHandlers",
  }]);
  gate.resolve();
});

Deno.test("serveDatagrams() tells when the system fails, goes on by itself, and tells that too", async () => {
  const events: string[] = [];
  const time = new ManualTime();
  const { endpoint, serve } = scripted(time);
  const seen = Promise.withResolvers<string>();
  await using _server = await serve(
    { onEvent: ({ type }) => events.push(type) },
    (message) => seen.resolve(message),
  );
  endpoint.break(new ConnectionError("exhausted", { reason: "out of memory" }));
  endpoint.arrive("fine", peer(1));
  await time.advance(99);
  assertEquals(await standing(seen.promise), "pending");
  await time.advance(1);
  assertEquals(await seen.promise, "fine");
  assertEquals(events, ["paused", "resumed"]);
});

Deno.test("DatagramServer.shutdown() during a pause does not wait for its end", async () => {
  const { endpoint, serve } = scripted();
  const server = await serve({ onEvent: () => {} }, () => {});
  endpoint.break(new ConnectionError("exhausted", { reason: "out of memory" }));
  await settled();
  assertEquals(await server.shutdown(), { finished: 0, cut: [] });
});

Deno.test("DatagramServer.shutdown() lets handlers finish and answer, takes no more datagrams and reports", async () => {
  const begun = Promise.withResolvers<void>();
  const seen: string[] = [];
  const server = await serveDatagrams(
    ANY,
    TEXT,
    async (message, from, socket) => {
      seen.push(message);
      begun.resolve();
      await new Promise((resolve) =>
        socket.signal.addEventListener("abort", resolve)
      );
      await socket.send("answered in the end", from);
    },
  );
  await using client = bindUdp(ANY, TEXT);
  const answer = client.request("hello", server.address, {
    attempts: 1,
    timeoutMs: 20_000,
  });
  await begun.promise;
  const stopped = server.shutdown();
  await client.send("too late", server.address);
  assertEquals(await answer, "answered in the end");
  const report = await stopped;
  assertEquals(report, { finished: 1, cut: [] });
  assertStrictEquals(await server.shutdown({ graceMs: 1 }), report);
  assertStrictEquals(await server.finished, report);
  assertEquals(seen, ["hello"]);
  // The port is free again.
  await bindUdp(server.address).close();
});

Deno.test("DatagramServer.shutdown() cuts handlers after graceMs, names their peers, and their sends fail", async () => {
  const time = new ManualTime();
  const { endpoint, serve } = scripted(time);
  const gate = Promise.withResolvers<void>();
  const late = Promise.withResolvers<unknown>();
  const server = await serve({ onEvent: () => {} }, async (_, from, socket) => {
    await gate.promise;
    late.resolve(await socket.send("late", from).catch((error) => error));
  });
  endpoint.arrive("x", peer(7));
  await settled();
  const stopped = server.shutdown({ graceMs: 5 });
  await time.advance(4);
  assertEquals(await standing(stopped), "pending");
  await time.advance(1);
  assertEquals(await stopped, {
    finished: 0,
    cut: [{ remoteAddress: peer(7), unsentBytes: 0 }],
  });
  gate.resolve();
  const error = await late.promise;
  assert(error instanceof ClosedError);
  assertEquals(
    error.message,
    "udp://0.0.0.0:9001: the server shut down, and 5 ms were over (graceMs)",
  );
  assertEquals(endpoint.sent, []);
});

Deno.test("DatagramServer shuts down by its signal, by dispose, and when a handler closes the socket", async () => {
  const controller = new AbortController();
  const bySignal = await scripted().serve(
    { signal: controller.signal },
    () => {},
  );
  controller.abort();
  assertEquals(await bySignal.finished, { finished: 0, cut: [] });

  const byDispose = await scripted().serve({}, () => {});
  await byDispose[Symbol.asyncDispose]();
  assertEquals(await byDispose.finished, { finished: 0, cut: [] });

  const { endpoint, serve } = scripted();
  const byHandler = await serve({}, (_message, _from, socket) => {
    void socket.close();
  });
  endpoint.arrive("x", peer(1));
  assertEquals(await byHandler.finished, { finished: 0, cut: [] });
  assertEquals(endpoint.closes, 1);
});

Deno.test("serveDatagrams() rejects bad options, a bad address and an aborted signal before it binds", async () => {
  const handler = () => {};
  for (const maxHandlers of [0, -1, 1.5, NaN]) {
    await assertRejects(
      () => serveDatagrams(ANY, { maxHandlers }, handler),
      RangeError,
      `Cannot use maxHandlers of ${maxHandlers}`,
    );
  }
  await assertRejects(
    () => serveDatagrams(ANY, { whenFull: "block" as "drop" }, handler),
    TypeError,
    'Cannot use whenFull of "block": it must be "wait" or "drop"',
  );
  await assertRejects(
    () => serveDatagrams("tcp://127.0.0.1:1", {}, handler),
    TypeError,
  );
  const reason = new Error("not now");
  const signal = AbortSignal.abort(reason);
  await assertRejects(
    () => serveDatagrams(ANY, { signal }, handler),
    Error,
    "not now",
  );
  await using taken = bindUdp(ANY);
  const error = await assertRejects(
    () => serveDatagrams(taken.address, {}, handler),
    ConnectionError,
  );
  assertEquals(error.code, "address_in_use");
});

Deno.test("serveDatagrams() lets a handler ask other peers over the same socket", async () => {
  await using backend = await serveDatagrams(
    ANY,
    TEXT,
    (message, from, socket) => socket.send(message.toUpperCase(), from),
  );
  await using proxy = await serveDatagrams(
    ANY,
    TEXT,
    async (message, from, socket) => {
      await socket.send(await socket.request(message, backend.address), from);
    },
  );
  await using client = bindUdp(ANY, TEXT);
  assertEquals(await client.request("relayed", proxy.address), "RELAYED");
});

function scripted(time: Time = SYSTEM_TIME) {
  const endpoint = new ScriptedEndpoint();
  const serve = (
    options: Omit<
      Parameters<typeof serveDatagrams<"text">>[1],
      "encoding"
    >,
    handler: Parameters<typeof serveDatagrams<"text">>[2],
  ) => startDatagramServer(endpoint, { ...options, ...TEXT }, handler, time);
  return { endpoint, serve };
}
