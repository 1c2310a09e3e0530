import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  describeError,
  ProtocolError,
  type TimeoutError,
} from "../../../lib/errors.ts";
import { connect } from "../../../lib/session/messages/connect.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import {
  serve,
  type ServeAddress,
  startMessageServer,
} from "../../../lib/session/serving/serve.ts";
import { SYSTEM_TIME, type Time } from "../../../lib/time/time.ts";
import { ManualTime } from "../../support/manual_time.ts";
import type { Handler, Server } from "../../../lib/session/serving/server.ts";
import type {
  ServeOptions,
  ServerEvent,
} from "../../../lib/session/serving/server_options.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import {
  type MemoryConnectOptions,
  type MemoryListener,
  memoryListener,
} from "../../../lib/transport/memory/mod.ts";
import { connectTcp, listenTcp } from "../../../lib/transport/tcp/mod.ts";
import { freePort } from "../../support/ports.ts";
import { all, framed, standing, turn, until } from "../harness.ts";

const TEXT = { framing: "length:4", encoding: "text" } as const;
const LOOPBACK = "tcp://127.0.0.1:0";

const echo: Handler<string> = async (connection) => {
  for await (const message of connection) await connection.send(message);
};

Deno.test("serve() gives each connection to the handler and closes it when that returns", async () => {
  await using server = await serve(LOOPBACK, TEXT, echo);
  const clients = await Promise.all(
    [1, 2, 3].map(() => connect(server.address, TEXT)),
  );
  for (const [i, client] of clients.entries()) await client.send(`${i}`);
  for (const [i, client] of clients.entries()) {
    assertEquals(await client.receive(), `${i}`);
    await client.closeWrite();
    assertEquals(await client.receive(), undefined);
    await client.close();
  }
  await until(() => server.connections.size === 0, "closed");
});

Deno.test("serve() writes what a handler sent without awaiting before it closes", async () => {
  await using server = await serve(LOOPBACK, TEXT, (connection) => {
    for (let i = 0; i < 100; i++) void connection.send(`${i}`.repeat(1000));
  });
  const client = await connect(server.address, TEXT);
  const messages = await all(client);
  assertEquals(messages.length, 100);
  assertEquals(messages.at(-1), "99".repeat(1000));
  await client.close();
});

Deno.test("serve() listens on several addresses and on a listener, and tells where", async () => {
  await using own = memory();
  await using server = await serve(
    [LOOPBACK, own.listener, "tcp://127.0.0.1:0"],
    TEXT,
    echo,
  );
  assertEquals(server.addresses.map(({ transport }) => transport), [
    "tcp",
    "memory",
    "tcp",
  ]);
  assertStrictEquals(server.address, server.addresses[0]);
  assert(new Set(server.addresses.map(String)).size === 3);
  const clients = [
    await connect(server.addresses[0]!, TEXT),
    await own.connect(),
    await connect(server.addresses[2]!, TEXT),
  ];
  for (const client of clients) {
    await client.send("hello");
    assertEquals(await client.receive(), "hello");
    await client.close();
  }
});

Deno.test("serve() listens on no address if one of them fails, wherever it stands", async () => {
  const taken = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const port = freePort();
  for (const bad of [0, 1, 2]) {
    const own = memoryListener();
    const where: ServeAddress[] = [`tcp://127.0.0.1:${port}`, own];
    where.splice(bad, 0, taken.address);
    const error = await assertRejects(
      () => serve(where, TEXT, echo),
      ConnectionError,
    );
    assertEquals([error.code, error.address], [
      "address_in_use",
      String(taken.address),
    ]);
    await assertRejects(
      () => connectTcp({ hostname: "127.0.0.1", port }),
      ConnectionError,
    );
    await assertRejects(() => own.connect(), ConnectionError);
  }
  taken.close();
});

Deno.test("serve() refuses bad options and addresses before it listens", async () => {
  const listener = memoryListener();
  const bad = (
    options: object,
    where: ServeAddress | ServeAddress[] = listener,
  ) => serve(where, options as ServeOptions, () => {});
  for (
    const [options, text] of [
      [{ maxConnections: 0 }, "maxConnections of 0"],
      [{ maxConnections: 1.5 }, "maxConnections"],
      [{ maxConnectionsPerPeer: -1 }, "maxConnectionsPerPeer"],
      [{ idleTimeoutMs: 0 }, "idleTimeoutMs"],
    ] as const
  ) {
    await assertRejects(() => bad(options), RangeError, text);
  }
  await assertRejects(() => bad({ framing: "lenght:4" }), TypeError, "lenght");
  await assertRejects(() => bad({ whenFull: "panic" }), TypeError, "panic");
  await assertRejects(
    () => serve(listener, {}, undefined as unknown as Handler),
    TypeError,
    "handler",
  );
  await assertRejects(() => bad({}, []), TypeError, "no address");
  await assertRejects(
    () => bad({}, [LOOPBACK, "tcp://127.0.0.1:70000"]),
    RangeError,
    "65535",
  );
  const reason = new Error("never mind");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await bad({ signal }).catch((error) => error), reason);
  // It is still the caller's, and open.
  (await listener.connect()).close();
  (await listener.accept()).close();
  listener.close();
});

Deno.test("a handler that throws ends its own connection and no other", async () => {
  const events: ServerEvent<string>[] = [];
  const failure = new Error("handler failed");
  await using own = memory();
  await using server = await own.serve({
    onEvent: (event) => events.push(event),
  }, async (connection) => {
    for await (const message of connection) {
      if (message === "throw") throw failure;
      await connection.send(message);
    }
  });
  const [bad, good] = [await own.connect(), await own.connect()];
  await bad.send("throw");
  await assertRejects(() => bad.receive(), ConnectionError);
  await good.send("still served");
  assertEquals(await good.receive(), "still served");
  const closed = events.filter((event) => event.type === "closed");
  assertEquals(closed.length, 1);
  assertStrictEquals(closed[0]!.error, failure);
  assertEquals(server.stats.failed, 1);
  assertEquals(server.connections.size, 1);
});

Deno.test("a handler that throws at once, without being async, or throws nothing ends its connection too", async () => {
  const errors: unknown[] = [];
  await using own = memory();
  await using server = await own.serve(
    { onEvent: (event) => event.type === "closed" && errors.push(event.error) },
    () => {
      throw server.stats.accepted === 1 ? new Error("at once") : undefined;
    },
  );
  for (const expected of ["at once", "threw nothing"]) {
    const client = await own.connect();
    await assertRejects(() => client.receive(), ConnectionError);
    await until(() => server.connections.size === 0, "closed");
    assertInstanceOf(errors.at(-1), Error);
    assertStringIncludes((errors.at(-1) as Error).message, expected);
  }
});

Deno.test("serve() reports on the console, where no onEvent is given, a handler's own failure and which peer broke the framing, and not a lost link", async () => {
  const lines: unknown[][] = [];
  const heard = globalThis.console;
  const { error } = heard;
  heard.error = (...line) => lines.push(line);
  let failed = 0;
  try {
    await using own = memory();
    await using server = await own.serve({}, async (connection) => {
      const message = await connection.receive();
      if (message === "mine") throw new RangeError("my own");
    });
    for (const message of ["mine", "reset", "malformed"]) {
      if (message === "mine") await (await own.connect()).send(message);
      else {
        const raw = await own.dial();
        if (message === "reset") raw.abort();
        else await raw.write(Uint8Array.of(255, 255, 255, 255));
      }
      failed++;
      await until(
        () => server.stats.failed === failed && server.connections.size === 0,
        "failed",
      );
    }
  } finally {
    heard.error = error;
  }
  assertEquals(lines.length, 2);
  assertInstanceOf(lines[0]![1], RangeError);
  assertEquals(lines[1]!.length, 1);
  const line = String(lines[1]![0]);
  assertMatch(line, /^memory:client-3 broke the framing: Cannot /);
  assertStringIncludes(line, "4294967295");
});

Deno.test("a peer that breaks the framing or resets ends its own connection only, and the event says why", async () => {
  const errors: unknown[] = [];
  await using own = memory();
  await using server = await own.serve(
    {
      maxMessageBytes: 1000,
      onEvent: (event) => event.type === "closed" && errors.push(event.error),
    },
    echo,
  );
  const good = await own.connect();
  const huge = await own.dial();
  await huge.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  await until(() => errors.length === 1, "refused");
  assertInstanceOf(errors[0], ProtocolError);
  assertEquals([
    errors[0].code,
    errors[0].details.declaredBytes,
    errors[0].details.limitBytes,
  ], ["too_large", 4294967295, 1000]);
  const reset = await own.dial();
  await reset.write(framed("hello").subarray(0, 6));
  reset.abort();
  await until(() => errors.length === 2, "reset");
  assertInstanceOf(errors[1], ConnectionError);
  const cut = await own.dial();
  await cut.write(framed("hello").subarray(0, 6));
  cut.close();
  await until(() => errors.length === 3, "cut");
  assertInstanceOf(errors[2], ProtocolError);
  assertEquals(errors[2].code, "truncated");
  await good.send("still served");
  assertEquals(await good.receive(), "still served");
  assertEquals([server.stats.failed, server.stats.accepted], [3, 4]);
});

Deno.test("events tell of a connection opened and closed, with its stats and how long it was open", async () => {
  const events: ServerEvent<string>[] = [];
  await using own = memory();
  await using server = await own.serve({
    onEvent: (event) => events.push(event),
  }, echo);
  const client = await own.connect();
  await client.send("hello");
  await client.receive();
  await client.close();
  await until(() => events.length === 2, "told");
  const [opened, closed] = events;
  assert(opened?.type === "opened" && closed?.type === "closed");
  assertStrictEquals(opened.connection, closed.connection);
  assertEquals(closed.error, undefined);
  assertEquals(closed.stats, {
    badFrames: 0,
    bytesIn: 9,
    bytesOut: 9,
    bytesWaiting: 0,
    messagesIn: 1,
    messagesOut: 1,
  });
  assertGreaterOrEqual(closed.durationMs, 0);
  assertEquals(server.connections.size, 0);
});

Deno.test("server stats add up over connections that are open and over", async () => {
  await using own = memory();
  await using server = await own.serve({
    maxConnections: 20,
    whenFull: "refuse",
    onEvent: () => {},
  }, echo);
  let bytes = 0;
  let messages = 0;
  for (let i = 1; i <= 20; i++) {
    const client = await own.connect();
    for (let n = 0; n < i; n++) {
      await client.send("x".repeat(n));
      assertEquals((await client.receive())?.length, n);
      bytes += 4 + n;
      messages++;
    }
    if (i % 2 === 0) await client.close();
    if (i % 3 === 0) client.abort();
  }
  await until(() => server.connections.size <= 7, "some are over");
  const { stats } = server;
  assertEquals([
    stats.bytesIn,
    stats.bytesOut,
    stats.messagesIn,
    stats.messagesOut,
  ], [bytes, bytes, messages, messages]);
  assertEquals([stats.accepted, stats.refused], [20, 0]);
  assertEquals(stats.failed, 3);
});

Deno.test("maxConnections makes one too many wait, and serves it when another ends", async () => {
  await using server = await serve(
    LOOPBACK,
    { ...TEXT, maxConnections: 2 },
    echo,
  );
  const clients = await Promise.all(
    [1, 2, 3].map(() => connect(server.address, TEXT)),
  );
  const answers = clients.map(async (client) => {
    await client.send("hello");
    return await client.receive();
  });
  assertEquals(await Promise.race(answers), "hello");
  await turn(5);
  assertEquals(server.connections.size, 2);
  assertEquals(server.stats.refused, 0);
  const served = await Promise.race(
    answers.map((answer, i) => answer.then(() => i)),
  );
  await clients[served]!.close();
  for (const answer of answers) assertEquals(await answer, "hello");
  for (const client of clients) await client.close();
});

Deno.test("maxConnections holds for all addresses together, and nobody is refused where one too many is to wait", async () => {
  for (const maxConnections of [1, 2]) {
    const owns = [memory("one"), memory("two"), memory("three")];
    const events: string[] = [];
    let most = 0;
    const server = await serve(
      owns.map(({ listener }) => listener),
      { ...TEXT, maxConnections, onEvent: ({ type }) => events.push(type) },
      async (connection) => {
        most = Math.max(most, server.connections.size);
        await echo(connection);
      },
    );
    const talks = Array.from({ length: 12 }, async (_, i) => {
      const client = await owns[i % 3]!.connect();
      await client.send("hello");
      assertEquals(await client.receive(), "hello");
      await client.close();
    });
    await Promise.all(talks);
    assertEquals(most, maxConnections);
    assertEquals(server.stats, {
      ...server.stats,
      accepted: 12,
      refused: 0,
      failed: 0,
    });
    await server.shutdown();
    assertEquals(events.filter((type) => type === "refused"), []);
    for (const own of owns) await own[Symbol.asyncDispose]();
  }
});

Deno.test("shutdown() ends though several listeners wait for a free connection, and drops who waited", async () => {
  const owns = [memory("one"), memory("two"), memory("three")];
  const server = await serve(owns.map(({ listener }) => listener), {
    ...TEXT,
    maxConnections: 1,
  }, echo);
  const clients = await Promise.all(owns.map((own) => own.connect()));
  for (const client of clients) await client.send("hello");
  await until(() => server.stats.messagesOut === 1, "answered");
  await turn(3);
  const ended = server.shutdown();
  const outcomes = await Promise.all(
    clients.map((client) => all(client).catch((error) => error)),
  );
  assertEquals(outcomes.filter(Array.isArray), [["hello"]]);
  for (const client of clients) client.abort();
  assertEquals((await ended).cut, []);
  assertEquals(server.stats.accepted, 1);
  for (const own of owns) await own[Symbol.asyncDispose]();
});

Deno.test("whenFull: refuse closes one too many at once and tells which limit it was", async () => {
  const refused: ServerEvent<string>[] = [];
  await using own = memory();
  await using server = await own.serve({
    maxConnections: 1,
    whenFull: "refuse",
    onEvent: (event) => event.type === "refused" && refused.push(event),
  }, echo);
  const first = await own.connect();
  await until(() => server.stats.accepted === 1, "accepted");
  const second = await own.connect({ from: "second" });
  assertEquals(await second.receive(), undefined);
  assert(refused[0]?.type === "refused");
  assertEquals(String(refused[0].remoteAddress), "memory:second");
  assertEquals(
    describeError(refused[0].error),
    "1 of 1 connections are in use (maxConnections)",
  );
  await first.close();
  await until(() => server.connections.size === 0, "closed");
  const third = await own.connect();
  await third.send("hello");
  assertEquals(await third.receive(), "hello");
  assertEquals([server.stats.accepted, server.stats.refused], [2, 1]);
});

Deno.test("maxConnectionsPerPeer refuses one too many from one address and nobody else", async () => {
  const reasons: string[] = [];
  await using own = memory();
  await using server = await own.serve({
    maxConnectionsPerPeer: 2,
    onEvent: (event) =>
      event.type === "refused" && reasons.push(describeError(event.error)),
  }, echo);
  const connected = async (from: string) => {
    const client = await own.connect({ from });
    await client.send("hello").catch(() => {});
    return { client, answer: await client.receive().catch(() => undefined) };
  };
  const first = await connected("alice");
  assertEquals([first.answer, (await connected("alice")).answer], [
    "hello",
    "hello",
  ]);
  assertEquals((await connected("alice")).answer, undefined);
  assertEquals((await connected("bob")).answer, "hello");
  assertEquals(reasons, [
    "2 of 2 connections from alice are in use (maxConnectionsPerPeer)",
  ]);
  await first.client.close();
  await until(() => server.connections.size === 2, "closed");
  assertEquals((await connected("alice")).answer, "hello");
});

Deno.test("the accept loop survives exhaustion: it pauses, tells once, resumes and tells once", async () => {
  const events: string[] = [];
  const time = new ManualTime();
  await using own = memory();
  const options: ServeOptions<"text"> = {
    onEvent: (event) => {
      if (event.type !== "paused" && event.type !== "resumed") return;
      assertStrictEquals(event.address, own.listener.address);
      if (event.type === "paused") {
        assertInstanceOf(event.error, ConnectionError);
      }
      events.push(event.type);
    },
  };
  await using server = await own.serve(options, echo, time);
  for (let round = 1; round <= 2; round++) {
    for (let i = 0; i < 2; i++) {
      own.listener.failAccept(
        new ConnectionError("exhausted", { reason: "too many open files" }),
      );
    }
    const client = await own.connect();
    await client.send("hello");
    const answer = client.receive();
    // 100 ms, then 200 ms.
    await time.advance(100 + 199);
    assertEquals([await standing(answer), events.at(-1)], [
      "pending",
      "paused",
    ]);
    await time.advance(1);
    assertEquals(await answer, "hello");
    assertEquals(events, Array(round).fill(["paused", "resumed"]).flat());
  }
  assertEquals(server.stats.accepted, 2);
});

Deno.test("the accept loop survives any error and passes over a peer that was gone before it was accepted", async () => {
  const events: string[] = [];
  const time = new ManualTime();
  await using own = memory();
  const onEvent = ({ type }: { type: string }) => void events.push(type);
  await using _server = await own.serve({ onEvent }, echo, time);
  for (let i = 0; i < 3; i++) {
    own.listener.failAccept(
      new ConnectionError("reset", { reason: "aborted" }),
    );
  }
  // The clock stands still, so a pause would not end.
  await (await own.connect()).close();
  await until(() => events.includes("closed"), "closed");
  assertEquals(events, ["opened", "closed"]);
  own.listener.failAccept(new TypeError("something else"));
  await until(() => events.includes("paused"), "paused");
  await time.advance(100);
  await (await own.connect()).close();
  await until(() => events.length === 6, "resumed");
  assertEquals(events.slice(2), ["paused", "resumed", "opened", "closed"]);
});

Deno.test("shutdown() ends a pause of the accept loop at once, and tells of no further one", async () => {
  const events: string[] = [];
  const own = memory();
  const server = await own.serve(
    { onEvent: ({ type }) => events.push(type) },
    echo,
    // The clock stands still, so the pause does not end by itself.
    new ManualTime(),
  );
  own.listener.failAccept(
    new ConnectionError("exhausted", { reason: "too many open files" }),
  );
  await until(() => events.length === 1, "paused");
  await server.shutdown();
  assertEquals(events, ["paused"]);
  await own[Symbol.asyncDispose]();
});

Deno.test("shutdown() answers the messages already received, ends idle receives, and reports all as finished", async () => {
  const own = memory();
  const reasons: unknown[] = [];
  const server = await own.serve({}, async (connection) => {
    for await (const message of connection) {
      await turn(3);
      await connection.send(message);
    }
    reasons.push(connection.signal.reason);
  });
  const [idle, busy] = [await own.connect(), await own.connect()];
  const asked = Array.from({ length: 10 }, (_, i) => `${i}`);
  await busy.sendAll(asked);
  await until(() => server.stats.messagesOut === 3, "begun");
  const shutting = server.shutdown();
  const answered = await all(busy);
  assertEquals(answered, asked);
  assertEquals(await all(idle), []);
  await Promise.all([idle.close(), busy.close()]);
  assertEquals(await shutting, { finished: 2, cut: [] });
  assertEquals(await server.finished, { finished: 2, cut: [] });
  assertEquals(server.connections.size, 0);
  assertEquals(reasons.length, 2);
  for (const reason of reasons) {
    assertInstanceOf(reason, ClosedError);
    assertEquals(reason.message, "the server is shutting down");
  }
  await own[Symbol.asyncDispose]();
});

Deno.test("shutdown() comes to an end under traffic, and every question that was answered was asked", async () => {
  const server = await serve(LOOPBACK, TEXT, echo);
  const clients = Array.from({ length: 10 }, async () => {
    const client = await connect(server.address, TEXT);
    let answered = 0;
    for (;; answered++) {
      // The answer may cross with the end of the conversation.
      await client.send(`${answered}`).catch(() => {});
      const answer = await client.receive();
      if (answer === undefined) break;
      assertEquals(answer, `${answered}`);
    }
    await client.close().catch(() => {});
    return answered;
  });
  await until(() => server.stats.messagesIn > 1000, "busy");
  // A peer that kept it open would be cut at the end of the grace.
  const report = await server.shutdown({ graceMs: 60_000 });
  assertEquals(report, { finished: 10, cut: [] });
  const answered = await Promise.all(clients);
  assertEquals(
    answered.reduce((sum, count) => sum + count),
    server.stats.messagesOut,
  );
});

Deno.test("shutdown() accepts nobody any more", async () => {
  const server = await serve(LOOPBACK, TEXT, echo);
  await server.shutdown();
  await assertRejects(() => connect(server.address), ConnectionError);
});

Deno.test("shutdown() cuts a handler that ignores the end after graceMs, and reports what was not sent", async () => {
  const own = memory();
  const time = new ManualTime();
  const never = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  const handler: Handler<string> = async (connection) => {
    if (await connection.receive() === "stay") {
      void connection.send("x".repeat(100_000));
      await never.promise;
      reasons.push(
        connection.signal.reason,
        await connection.receive().catch((error) => error),
      );
    }
  };
  const server = await own.serve({ onEvent: () => {} }, handler, time);
  const [stays, leaves] = [
    await own.connect({ from: "stays", bufferBytes: 10 }),
    await own.connect(),
  ];
  await stays.send("stay");
  await leaves.send("leave");
  assertEquals(await leaves.receive(), undefined);
  await leaves.close();
  await until(() => server.connections.size === 1, "left");
  const stopped = server.shutdown({ graceMs: 100 });
  await time.advance(99);
  assertEquals(await standing(stopped), "pending");
  await time.advance(1);
  const report = await stopped;
  assertEquals(report.finished, 0);
  assertEquals(
    report.cut.map((
      { remoteAddress, unsentBytes },
    ) => [String(remoteAddress), unsentBytes]),
    [["memory:stays", 100_004 - 10]],
  );
  await assertRejects(() => stays.receive(), ConnectionError);
  never.resolve();
  await until(() => server.connections.size === 0, "over");
  assertInstanceOf(reasons[0], ClosedError);
  assertInstanceOf(reasons[1], ClosedError);
  assertStringIncludes(reasons[1].message, "100 ms");
  await own[Symbol.asyncDispose]();
});

Deno.test("shutdown({ graceMs: 0 }) cuts at once, and a graceMs that is none is refused and shuts nothing down", async () => {
  const own = memory();
  const server = await own.serve({ onEvent: () => {} }, echo);
  const client = await own.connect();
  await until(() => server.connections.size === 1, "accepted");
  for (const graceMs of [-1, NaN]) {
    await assertRejects(
      async () => await server.shutdown({ graceMs }),
      RangeError,
      "graceMs",
    );
  }
  await client.send("still served");
  assertEquals(await client.receive(), "still served");
  const report = await server.shutdown({ graceMs: 0 });
  assertEquals(report.cut.length, 1);
  await own[Symbol.asyncDispose]();
});

Deno.test("shutdown() called again waits for the first, and so does disposal", async () => {
  const own = memory();
  const gate = Promise.withResolvers<void>();
  const server = await serve(own.listener, TEXT, () => gate.promise);
  const client = await own.connect();
  await until(() => server.connections.size === 1, "accepted");
  const calls = [
    server.shutdown(),
    server.shutdown({ graceMs: 1 }),
    server.finished,
  ];
  const disposed = Promise.resolve(server[Symbol.asyncDispose]());
  assertEquals(await standing(disposed), "pending");
  gate.resolve();
  assertEquals(await client.receive(), undefined);
  await client.close();
  const [first, second, third] = await Promise.all(calls);
  assertEquals(first, { finished: 1, cut: [] });
  assertStrictEquals(first, second);
  assertStrictEquals(first, third);
  await disposed;
  assertStrictEquals(await server.shutdown(), first);
  await own[Symbol.asyncDispose]();
});

Deno.test("the signal option shuts the server down, and is let go when it has shut down otherwise", async () => {
  const controller = new AbortController();
  const own = memory();
  const server = await own.serve({ signal: controller.signal }, echo);
  const client = await own.connect();
  controller.abort();
  assertEquals(await client.receive(), undefined);
  await client.close();
  assertEquals(await server.finished, { finished: 1, cut: [] });
  await own[Symbol.asyncDispose]();

  const { signal } = new AbortController();
  const listeners: unknown[] = [];
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    ...args: Parameters<typeof add>
  ) => (listeners.push(args[1]), add(...args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listeners.splice(listeners.indexOf(args[1]), 1), remove(...args));
  const other = memory();
  const another = await other.serve({ signal }, echo);
  assertEquals(listeners.length, 1);
  await another.shutdown();
  assertEquals(listeners.length, 0);
  await other[Symbol.asyncDispose]();
});

Deno.test("a handler may shut its own server down", async () => {
  const own = memory();
  const server = await own.serve({}, async (connection) => {
    await connection.receive();
    void server.shutdown();
    await connection.send("good bye");
  });
  const client = await own.connect();
  await client.send("shut down");
  assertEquals(await client.receive(), "good bye");
  assertEquals(await client.receive(), undefined);
  await client.close();
  assertEquals(await server.finished, { finished: 1, cut: [] });
  await own[Symbol.asyncDispose]();
});

Deno.test("a connection that is accepted while the server shuts down is served or dropped, never left", async () => {
  for (let hops = 0; hops < 12; hops++) {
    const own = memory();
    const server = await own.serve({}, echo);
    const client = await own.connect();
    for (let i = 0; i < hops; i++) await Promise.resolve();
    const shutting = server.shutdown();
    const outcome = await client.receive().catch((error) => error);
    if (outcome !== undefined) assertInstanceOf(outcome, ConnectionError);
    await client.close();
    assertEquals((await shutting).cut, []);
    await own[Symbol.asyncDispose]();
  }
});

Deno.test("slow, silent and unreading peers do not hold up the others", async () => {
  // The clock stands still, so no deadline ends the others.
  await using server = await startMessageServer(
    LOOPBACK,
    { ...TEXT, onEvent: () => {} },
    echo,
    new ManualTime(),
  );
  const silent = await connectTcp(server.address);
  const slow = await connectTcp(server.address);
  await slow.write(framed("slow").subarray(0, 2));
  const unreading = await connect(server.address, TEXT);
  const flooding = unreading.sendAll((function* () {
    for (;;) yield "x".repeat(50_000);
  })()).catch(() => {});
  await until(
    () =>
      [...server.connections].some(({ stats }) => stats.bytesWaiting > 65_536),
    "stopped",
  );
  const client = await connect(server.address, TEXT);
  for (let i = 0; i < 100; i++) {
    await client.send(`${i}`);
    assertEquals(await client.receive(), `${i}`);
  }
  for (const { stats } of server.connections) {
    assertLess(stats.bytesWaiting, 200_000);
  }
  await client.close();
  unreading.abort();
  await flooding;
  silent.close();
  slow.close();
});

Deno.test("deadlines of a server end the peers that miss them and the server goes on", async () => {
  const errors: unknown[] = [];
  const time = new ManualTime();
  await using own = memory();
  await using _server = await own.serve(
    {
      idleTimeoutMs: 200,
      messageTimeoutMs: 100,
      sendTimeoutMs: 100,
      onEvent: (event) =>
        event.type === "closed" && event.error !== undefined &&
        errors.push(event.error),
    },
    echo,
    time,
  );
  const _silent = await own.dial();
  const slow = await own.dial();
  await slow.write(framed("slow").subarray(0, 5));
  const unreading = await own.dial({ bufferBytes: 100 });
  const talking = await own.connect();
  const flood = framed("x".repeat(1000));
  for (let at = 0; at < flood.length;) {
    at += await unreading.write(flood.subarray(at));
  }
  for (let i = 0; i < 8; i++) {
    await talking.send(`${i}`);
    assertEquals(await talking.receive(), `${i}`);
    await time.advance(50);
  }
  assertEquals(
    errors.map((error) => (error as TimeoutError).deadline).toSorted(),
    ["idle", "message", "send"],
  );
  assertStringIncludes(String(errors), "memory:client-");
});

Deno.test("2,000 connections at once are all served", async () => {
  const count = 2000;
  await using server = await serve(LOOPBACK, TEXT, echo);
  const clients: MessageConnection<string>[] = [];
  for (let at = 0; at < count; at += 100) {
    clients.push(
      ...await Promise.all(
        Array.from({ length: 100 }, () => connect(server.address, TEXT)),
      ),
    );
  }
  await until(() => server.connections.size === count, "all accepted");
  await Promise.all(clients.map((client, i) => client.send(`${i}`)));
  assertEquals(
    await Promise.all(clients.map((client) => client.receive())),
    clients.map((_, i) => `${i}`),
  );
  await Promise.all(clients.map((client) => client.close()));
  await until(() => server.connections.size === 0, "all closed");
  assertEquals(server.stats, {
    ...server.stats,
    accepted: count,
    failed: 0,
    refused: 0,
    messagesIn: count,
    messagesOut: count,
  });
});

/** A listener in memory whose clients are aborted along with it. */
function memory(name = "server"): AsyncDisposable & {
  readonly listener: MemoryListener;
  dial(options?: MemoryConnectOptions): Promise<Connection>;
  connect(options?: MemoryConnectOptions): Promise<MessageConnection<string>>;
  serve(
    options: ServeOptions<"text">,
    handler: Handler<string>,
    time?: Time,
  ): Promise<Server<string>>;
} {
  const listener = memoryListener({ name });
  const clients: Connection[] = [];
  return {
    listener,
    async dial(options = {}) {
      const client = await listener.connect(options);
      clients.push(client);
      return client;
    },
    async connect(options = {}) {
      return new MessageConnection<string>(await this.dial(options), TEXT);
    },
    async serve(options, handler, time = SYSTEM_TIME) {
      const server = await startMessageServer(
        listener,
        { ...TEXT, ...options },
        handler,
        time,
      );
      // Disposed of first, so that shutting down does not wait for the clients.
      const dispose = server[Symbol.asyncDispose].bind(server);
      server[Symbol.asyncDispose] = () => {
        for (const client of clients) client.abort();
        return dispose();
      };
      return server;
    },
    [Symbol.asyncDispose]() {
      for (const client of clients) client.abort();
      listener.close();
      return Promise.resolve();
    },
  };
}

Deno.test("what a handler sent arrives before its failure ends the connection, however the bytes are cut", async () => {
  const failures = {
    "the peer's": new Uint8Array([0xff, 10]),
    "the handler's own": new TextEncoder().encode("throw\n"),
  };
  for (const [whose, last] of Object.entries(failures)) {
    const bytes = Uint8Array.of(...new TextEncoder().encode("a\nb\n"), ...last);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const listener = memoryListener();
      await using _ = await serve(
        listener,
        { encoding: "text", onEvent() {} },
        async (connection) => {
          for await (const text of connection) {
            if (text === "throw") throw new Error("handler failed");
            void connection.send(`${text}!`);
          }
        },
      );
      const peer = await listener.connect();
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        if (piece.length > 0) await peer.write(piece);
      }
      await peer.closeWrite();
      let text = "";
      try {
        const into = new Uint8Array(100);
        for (let n; (n = await peer.read(into)) !== null;) {
          text += new TextDecoder().decode(into.subarray(0, n));
        }
      } catch (error) {
        assertInstanceOf(error, ConnectionError);
      }
      peer.close();
      assertEquals(text, "a!\nb!\n", `${whose} failure, cut at ${cut}`);
    }
  }
});

Deno.test("shutdown() counts a connection as finished whose handler is done and whose peer has everything", async () => {
  await using own = memory();
  const server = await own.serve({}, async (connection) => {
    await connection.send("bye");
  });
  const client = await own.connect();
  assertEquals(await client.receive(), "bye");
  // It lingers for a second, in case the peer still sends.
  assertEquals(server.connections.size, 1);
  assertEquals(await server.shutdown({ graceMs: 50 }), {
    finished: 1,
    cut: [],
  });
});
