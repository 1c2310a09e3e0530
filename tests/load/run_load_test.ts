/**
 * Runs against real servers: every transport, every kind of misbehaviour, and
 * latencies whose truth is known. The machine may be busy: what is checked are lower
 * bounds, and facts in order.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type LoadErrors,
  type LoadOptions,
  type LoadSummary,
  readLoadSummary,
  runLoad,
} from "../../lib/load/mod.ts";
import { serveHttp } from "../../lib/http/mod.ts";
import { serveDatagrams } from "../../lib/session/datagrams/mod.ts";
import {
  ConnectionError,
  type MessageConnection,
  serve,
  type Server,
} from "../../mod.ts";

const framing = "length:4";

type Handler = (peer: MessageConnection) => Promise<void>;

function serving(handler: Handler): Promise<Server> {
  return serve("tcp://127.0.0.1:0", { framing }, handler);
}

async function echo(peer: MessageConnection): Promise<void> {
  for await (const batch of peer.batches({ reuse: true })) {
    await peer.sendAll(batch);
  }
}

function load(
  server: { readonly address: unknown },
  options: Partial<LoadOptions> = {},
): Promise<LoadSummary> {
  return runLoad({
    address: `${server.address}`,
    framing,
    check: "same",
    durationMs: 100,
    warmUpMs: 0,
    ...options,
  });
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("runLoad() in a closed loop: the figures agree with each other", async () => {
  await using server = await serving(echo);
  const summary = await load(server, { connections: 3, inFlight: 5 });
  const { latency, messages, percentiles, series } = summary;
  assertEquals(summary.errors, {});
  assert(messages > 15);
  assertEquals([summary.endedBy, summary.unsent], ["duration", 0]);
  assert(summary.seconds >= 0.1);
  assertEquals(summary.rate_per_s, messages / summary.seconds);
  // The frame is 4 bytes.
  assertEquals(summary.bytes_in, messages * 68);
  assertEquals(summary.bytes_out, messages * 68);
  const sum = series.reduce((all, interval) => all + interval.messages, 0);
  assertEquals(sum, messages);
  assertEquals(percentiles.at(-1)?.latency_us, latency!.max_us);
  assertEquals(percentiles.at(-1)?.count, messages);
  assertEquals(summary.service, latency);
  assertEquals(summary.generatorLate, { p50_us: 0, p99_us: 0, max_us: 0 });
  assertEquals(readLoadSummary(JSON.stringify(summary)), summary);
});

Deno.test("runLoad() in an open loop sends exactly what is due", async () => {
  await using server = await serving(echo);
  const summary = await load(server, {
    ratePerS: 2_000,
    connections: 3,
    warmUpMs: 50,
  });
  assertEquals(summary.errors, {});
  // What a machine that stood still at the end did not send is counted too.
  assertEquals(summary.messages + summary.unsent, 200);
  assert(summary.warmUp.messages === 100 || summary.messages === 0);
  assertEquals(summary.parameters.loop, "open");
  if (summary.messages === 0) return;
  assert(summary.latency!.max_us >= summary.service!.max_us);
});

Deno.test("runLoad() ends with the count, without the warm-up", async () => {
  await using server = await serving(echo);
  for (const ratePerS of [undefined, 5_000]) {
    const { endedBy, messages } = await load(server, {
      count: 77,
      durationMs: undefined,
      inFlight: 10,
      ratePerS,
      warmUpMs: 20,
    });
    assertEquals([endedBy, messages], ["count", 77]);
  }
});

for (
  const [name, address] of [
    ["Unix sockets", "unix:"],
    ["WebSocket", "ws://127.0.0.1:0"],
  ] as const
) {
  Deno.test(`runLoad() speaks over ${name}, with messages of any size`, async () => {
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    try {
      const on = address === "unix:" ? `unix:${folder}/a.sock` : address;
      const isFramed = address === "unix:";
      await using server = await serve(on, isFramed ? { framing } : {}, echo);
      const { errors, messages } = await load(server, {
        connections: 2,
        inFlight: 3,
        size: [1, 200_000],
      });
      assertEquals(errors, {});
      assert(messages > 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("runLoad() speaks over UDP", async () => {
  await using server = await serveDatagrams(
    "udp://127.0.0.1:0",
    {},
    (message, from, socket) => socket.send(message, from),
  );
  const { errors, messages } = await load(server, {
    connections: 2,
    inFlight: 2,
    size: [6, 1_000],
  });
  assertEquals(errors, {});
  assert(messages > 0);
});

Deno.test("runLoad() gives up datagrams that are not answered", async () => {
  let count = 0;
  await using server = await serveDatagrams(
    "udp://127.0.0.1:0",
    {},
    (message, from, socket) =>
      ++count % 3 === 0 ? undefined : socket.send(message, from),
  );
  const { errors, messages } = await load(server, {
    inFlight: 4,
    timeoutMs: 20,
  });
  assert(messages > 0 && errors.timeout! > 0);
  // On a busy machine an answer may come after it was given up.
  const { extra: _extra, timeout: _timeout, ...others } = errors;
  assertEquals(others, {});
});

Deno.test("runLoad() begins each connection with a PROXY protocol header", async () => {
  const sources = new Set<string>();
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing, proxyProtocol: { trusted: ["127.0.0.1"] } as never },
    (peer) => {
      sources.add(`${peer.remoteAddress}`);
      return echo(peer as MessageConnection);
    },
  );
  const { errors, messages } = await load(server, {
    connections: 3,
    proxyProtocol: 2,
  });
  assertEquals(errors, {});
  assert(messages > 0);
  assertEquals(sources.size, 3);
});

Deno.test("runLoad() asks web servers, and checks status and body", async () => {
  let count = 0;
  await using server = await serveHttp("tcp://127.0.0.1:0", {}, (request) => {
    count++;
    switch (new URL(request.url).pathname) {
      case "/missing":
        return new Response("no", { status: 404 });
      case "/closes":
        return new Response("bye", { headers: { connection: "close" } });
      case "/changes":
        return new Response(`${count}`.padStart(9));
      default:
        return new Response(request.body ?? "hello");
    }
  });
  const at = (path: string, options: Partial<LoadOptions> = {}) =>
    runLoad({
      address: `http://127.0.0.1:${server.address.port}${path}`,
      check: "same",
      connections: 2,
      count: 20,
      warmUpMs: 0,
      ...options,
    });
  const errorsOf = async (path: string, options: Partial<LoadOptions> = {}) =>
    (await at(path, options)).errors;
  assertEquals(await errorsOf("/"), {});
  assertEquals(await errorsOf("/missing"), { status: 20 });
  // A server may close after a response: it is asked over a new connection.
  assertEquals(await errorsOf("/closes"), {});
  assertEquals(await errorsOf("/changes"), { wrong: 19 });
  assertEquals(await errorsOf("/changes", { check: "count" }), {});
  const messages = [new TextEncoder().encode("a body")];
  const { errors, parameters } = await at("/", { messages });
  assertEquals([errors, parameters.method], [{}, "POST"]);
  assertEquals(parameters.maxMessage_bytes, 6);
});

Deno.test("runLoad() counts a second response of a web server as one too many", async () => {
  const response = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw", encoding: "text" },
    async (peer) => {
      for await (const _ of peer) await peer.send(response + response);
    },
  );
  const { errors, messages } = await runLoad({
    address: `http://127.0.0.1:${server.address.port}/`,
    count: 3,
    warmUpMs: 0,
  });
  assertEquals([errors, messages], [{ extra: 3 }, 3]);
});

/** What servers do wrong, and what it is counted as. */
const WRONG: readonly [
  string,
  Handler,
  (errors: LoadErrors, summary: LoadSummary) => void,
][] = [
  ["answers something else", async (peer) => {
    for await (const message of peer) {
      await peer.send(message.map((byte) => byte === 0x61 ? 0x62 : 0x61));
    }
  }, ({ wrong, ...others }) => {
    assertEquals([wrong! > 0, others], [true, {}]);
  }],
  ["answers twice", async (peer) => {
    for await (const message of peer) await peer.sendAll([message, message]);
  }, ({ extra, ...others }) => {
    assertEquals([extra! > 0, others], [true, {}]);
  }],
  ["leaves every third out", async (peer) => {
    let count = 0;
    for await (const message of peer) {
      if (++count % 3 !== 0) await peer.send(message);
    }
  }, ({ missing, timeout: _timeout, ...others }) => {
    assertEquals([missing! > 0, others], [true, {}]);
  }],
  ["never answers", async (peer) => {
    for await (const _ of peer);
  }, ({ timeout, ...others }) => {
    assertEquals([timeout! > 0, others], [true, {}]);
  }],
  ["answers in another framing", async (peer) => {
    for await (const _ of peer) {
      peer.useFraming("raw");
      await peer.send(Uint8Array.of(0, 0, 1, 0, 0x68, 0x69));
    }
  }, ({ timeout, ...others }, { errorReasons }) => {
    assertEquals([timeout! > 0, others], [true, {}]);
    assertMatch(
      errorReasons!.timeout!,
      /^no answer within 400 ms; \d+ of its 260 bytes arrived$/,
    );
  }],
  ["closes in the middle", async (peer) => {
    let count = 0;
    for await (const message of peer) {
      if (++count === 5) return;
      await peer.send(message);
    }
  }, ({ ended = 0, reset = 0, ...others }) => {
    assertEquals([ended + reset > 0, others], [true, {}]);
  }],
  ["breaks the framing", async (peer) => {
    for await (const message of peer) {
      await peer.send(message);
      peer.useFraming("raw");
      await peer.send(new Uint8Array(8).fill(0xff));
    }
  }, ({ protocol, ...others }, { errorReasons }) => {
    assertEquals([protocol! > 0, others], [true, {}]);
    assertMatch(
      errorReasons!.protocol!,
      /its declared size of 4294967295 bytes/,
    );
  }],
];

for (const [what, handler, check] of WRONG) {
  Deno.test(`runLoad() counts, and ends, with a server that ${what}`, async () => {
    await using server = await serving(handler);
    const summary = await load(server, {
      connections: 2,
      inFlight: 4,
      // What is never answered is waited for; all else comes long before that.
      timeoutMs: what === "never answers" ? 50 : 400,
    });
    assertEquals(summary.endedBy, "duration");
    check(summary.errors, summary);
  });
}

Deno.test("runLoad() hears a second answer to its last message", async () => {
  await using server = await serving(async (peer) => {
    for await (const message of peer) {
      await peer.send(message);
      await delay(1);
      await peer.send(message);
    }
  });
  const { errors, messages } = await load(server, { check: "count", count: 1 });
  assertEquals([errors, messages], [{ extra: 1 }, 1]);
});

Deno.test("runLoad() without a check sends and awaits nothing", async () => {
  let received = 0;
  const ended = Promise.withResolvers<void>();
  await using server = await serving(async (peer) => {
    for await (const batch of peer.batches({ reuse: true })) {
      received += batch.length;
    }
    ended.resolve();
  });
  // No more than a slow server reads within the second that a close may take.
  const options = { check: "none", count: 5_000 } as const;
  const { errors, latency, messages } = await load(server, options);
  // A shutdown does not wait for what the system still holds.
  await ended.promise;
  assertEquals([errors, latency], [{}, null]);
  assertEquals(received, messages);
});

Deno.test("runLoad() without a check counts the bytes that are written at its end", async () => {
  const server = await serving(async (peer) => {
    for await (const _ of peer);
  });
  const { bytes_out, messages } = await load(server, {
    check: "none",
    count: 3,
    size: 64,
    warmUpMs: 0,
  });
  await server.shutdown();
  // With the 4 bytes of the length.
  assertEquals([messages, bytes_out], [3, 3 * 68]);
});

Deno.test("runLoad() throws what the first connection fails with", async () => {
  const server = await serving(echo);
  await server.shutdown();
  for (const workers of [1, 2]) {
    const error = await assertRejects(
      () => load(server, { connections: 2, workers }),
      ConnectionError,
      "connection refused",
    );
    assertEquals(error.code, "refused");
  }
});

Deno.test("runLoad() goes on when the server is gone, and ends with its count", async () => {
  const server = await serving(async (peer) => {
    for await (const message of peer) {
      await peer.send(message);
      void server.shutdown({ graceMs: 0 });
    }
  });
  const { endedBy, errorReasons, errors } = await load(server, {
    count: 1_000_000,
    durationMs: undefined,
    timeoutMs: 300,
  });
  assertEquals(endedBy, "unreachable");
  assert(errors.connect! > 0);
  assertMatch(errorReasons!.connect!, /connection refused/);
});

Deno.test("runLoad() that is stopped gives what was measured until then", async () => {
  await using server = await serving(echo);
  const stop = new AbortController();
  const summary = await load(server, {
    durationMs: 60_000,
    signal: stop.signal,
    onProgress: ({ messages }) => {
      if (messages > 50) stop.abort();
    },
  });
  assertEquals(summary.endedBy, "stopped");
  assert(summary.messages > 50 && summary.seconds < 60);
});

Deno.test("runLoad() that is stopped before it has a connection throws the reason", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() =>
    runLoad({ address: "tcp://127.0.0.1:1", signal })
  );
  assertEquals(error, reason);
});

Deno.test("runLoad() with workers loses nothing", async () => {
  await using server = await serving(echo);
  const { errors, messages, parameters, warmUp } = await load(server, {
    connections: 3,
    count: 500,
    durationMs: undefined,
    ratePerS: 5_000,
    warmUpMs: 20,
    workers: 2,
  });
  assertEquals([errors, messages], [{}, 500]);
  // Its parts are rounded up for themselves.
  assert(warmUp.messages >= 100 && warmUp.messages <= 102);
  assertEquals(parameters.workers, 2);
});

Deno.test("runLoad() measures a server that takes 40 ms", async () => {
  await using server = await serving(async (peer) => {
    for await (const message of peer) {
      void delay(40).then(() => peer.send(message));
    }
  });
  for (const ratePerS of [undefined, 200]) {
    const { errors, latency, service } = await load(server, {
      durationMs: 250,
      ratePerS,
    });
    assertEquals(errors, {});
    for (const figures of [latency!, service!]) {
      assert(figures.min_us >= 39_000, `${figures.min_us}`);
      assert(figures.p50_us < 400_000, `${figures.p50_us}`);
    }
  }
});

Deno.test("runLoad() tells two delays apart", async () => {
  let count = 0;
  await using server = await serving(async (peer) => {
    for await (const message of peer) {
      // One of ten takes long.
      if (++count % 10 === 0) await delay(60);
      await peer.send(message);
    }
  });
  const { latency, percentiles } = await load(server, {
    count: 100,
    durationMs: undefined,
  });
  const at = (wanted: number) =>
    percentiles.findLast(({ percentile }) => percentile <= wanted)!.latency_us;
  assert(at(95) >= 59_000, `${at(95)}`);
  assert(latency!.p50_us < 59_000, `${latency!.p50_us}`);
});

Deno.test("runLoad() hides a stall in a closed loop, and shows it in an open one", async () => {
  const STALL_MS = 400;
  let isStalled: Promise<unknown> = Promise.resolve();
  const server = await serving(async (peer) => {
    for await (const message of peer) {
      await isStalled;
      await peer.send(message);
    }
  });
  const stallSoon = () => setTimeout(() => isStalled = delay(STALL_MS), 100);
  const run = async (options: Partial<LoadOptions>) => {
    isStalled = Promise.resolve();
    stallSoon();
    return await load(server, { durationMs: 600, ...options });
  };
  const closed = await run({});
  // The one message of the stall is in it, and only that one.
  assert(closed.latency!.max_us >= 0.9 * STALL_MS * 1_000);
  assert(closed.latency!.p90_us < 0.5 * STALL_MS * 1_000);
  // One message waits at a time, and all others that were due with it.
  const open = await run({ ratePerS: 500, inFlight: 1 });
  assertEquals(open.errors, {});
  assert(open.latency!.p90_us >= 0.5 * STALL_MS * 1_000);
  assert(open.service!.p90_us < open.latency!.p90_us);
  await server.shutdown({ graceMs: 0 });
});
