import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import {
  DEFAULT_MEMORY_BUFFER_BYTES,
  type MemoryFaults,
  memoryListener,
  memoryPair,
  type MemoryPairOptions,
} from "../../../lib/transport/memory/mod.ts";
import { read, readExactly, writeAll } from "../../support/transport_suite.ts";

const TEN = Uint8Array.from({ length: 10 }, (_, at) => at);

Deno.test("memoryPair() without faults gives each write whole and each read all that waits", async () => {
  using pair = open();
  assertEquals(await pair.client.write(TEN), 10);
  assertEquals(await pair.client.write(TEN), 10);

  assertEquals(await read(pair.server), Uint8Array.of(...TEN, ...TEN));
});

Deno.test("memoryPair() names its ends memory:client and memory:server", () => {
  using pair = open();

  assertEquals(`${pair.client.localAddress}`, "memory:client");
  assertEquals(`${pair.client.remoteAddress}`, "memory:server");
});

Deno.test("readBytes: 1 gives the bytes one by one, however they were written", async () => {
  assertEquals(await sizesRead({ readBytes: 1 }, [10]), Array(10).fill(1));
  assertEquals(await sizesRead({ readBytes: 1 }, [3, 7]), Array(10).fill(1));
});

Deno.test("readBytes: 4 cuts every 4 bytes", async () => {
  assertEquals(await sizesRead({ readBytes: 4 }, [10]), [4, 4, 2]);
});

Deno.test("readBytes as a list cuts there and nowhere after", async () => {
  assertEquals(await sizesRead({ readBytes: [2, 3] }, [10]), [2, 3, 5]);
  assertEquals(await sizesRead({ readBytes: [] }, [10]), [10]);
  assertEquals(await sizesRead({ readBytes: [20] }, [10]), [10]);
});

Deno.test("readBytes cuts at places in the stream, also when a smaller array is read into", async () => {
  using pair = open({ toServer: { readBytes: [4] } });
  await pair.client.write(TEN);
  const sizes = [];
  for (const room of [3, 3, 10]) {
    sizes.push(await pair.server.read(new Uint8Array(room)));
  }

  assertEquals(sizes, [3, 1, 6]);
});

Deno.test('readBytes: "random" gives small and large pieces, the same for the same seed', async () => {
  const faults: MemoryFaults = { readBytes: "random" };
  const bytes = Array(40).fill(50_000);
  const sizes = await sizesRead(faults, bytes, { seed: 7 });

  assertEquals(sizes.reduce((sum, size) => sum + size), 2_000_000);
  assert(sizes.some((size) => size < 10), "no small piece");
  assert(sizes.some((size) => size > 10_000), "no large piece");
  assertEquals(await sizesRead(faults, bytes, { seed: 7 }), sizes);
  assertNotEquals(await sizesRead(faults, bytes, { seed: 8 }), sizes);
});

Deno.test("readBytes cuts the two directions independently of each other", async () => {
  const faults: MemoryFaults = { readBytes: "random" };
  using pair = open({ toClient: faults, toServer: faults });
  for (const end of [pair.client, pair.server]) {
    await writeAll(end, new Uint8Array(60_000));
    await end.closeWrite();
  }

  assertNotEquals(
    await sizesUntilEnd(pair.client),
    await sizesUntilEnd(pair.server),
  );
});

Deno.test("random cuts stay where they are when other faults are added", async () => {
  const alone: MemoryFaults = { readBytes: "random" };
  const more: MemoryFaults = {
    ...alone,
    delayTurns: [0, 2],
    writeBytes: "random",
  };
  const cutsOf = (sizes: number[]) => {
    let at = 0;
    return new Set(sizes.map((size) => at += size));
  };
  const expected = cutsOf(await sizesRead(alone, [50_000]));
  const cuts = cutsOf(await sizesRead(more, [50_000]));

  // Reads may be shorter for want of bytes, but none crosses an old cut.
  for (const cut of expected) assert(cuts.has(cut), `no cut at ${cut}`);
});

Deno.test("writeBytes makes a write take only what lies before the next cut", async () => {
  using pair = open({ toServer: { writeBytes: [3, 4] } });
  const taken = [];
  for (let left = TEN; left.length > 0; left = left.subarray(taken.at(-1))) {
    taken.push(await pair.client.write(left));
  }

  assertEquals(taken, [3, 4, 3]);
  assertEquals(await readExactly(pair.server, 10), TEN);
});

Deno.test("writeBytes leaves the other direction alone", async () => {
  using pair = open({ toServer: { writeBytes: 1 } });

  assertEquals(await pair.client.write(TEN), 1);
  assertEquals(await pair.server.write(TEN), 10);
});

Deno.test("delayTurns lets as many turns of the event loop go by, then delayMs begins", async () => {
  for (
    const [faults, timers] of [
      [{}, []],
      [{ delayTurns: 1 }, [0]],
      [{ delayTurns: 3 }, [0, 0, 0]],
      [{ delayMs: 5 }, [5]],
      [{ delayTurns: 2, delayMs: 5 }, [0, 0, 5]],
    ] as const
  ) {
    using pair = open({ toServer: faults });
    await pair.client.write(TEN);
    assertEquals(await timersDuring(() => read(pair.server)), [...timers]);
  }
});

Deno.test("delayMs between two bounds takes every value, the bounds included", async () => {
  using pair = open({ toServer: { delayMs: [1, 3], readBytes: 1 } });
  await pair.client.write(new Uint8Array(40));
  const timers = await timersDuring(() => readExactly(pair.server, 40));

  assertEquals([...new Set(timers)].sort(), [1, 2, 3]);
});

Deno.test("delayMs keeps what has arrived for so long", async () => {
  using pair = open({ toServer: { delayMs: 30 } });
  await pair.client.write(TEN);
  const start = performance.now();
  await read(pair.server);

  // Timers may be a little early by this clock.
  assertGreater(performance.now() - start, 25);
});

Deno.test("delayTurns gives what came meanwhile together with what was there", async () => {
  using pair = open({ toServer: { delayTurns: 1 } });
  const pending = read(pair.server);
  await pair.client.write(TEN);
  await pair.client.write(TEN);

  assertEquals((await pending)?.length, 20);
});

Deno.test("delayTurns delays the end and a reset too", async () => {
  for (const finish of ["close", "abort"] as const) {
    using pair = open({ toServer: { delayTurns: 1 } });
    let isSettled = false;
    const pending = read(pair.server).catch((error) => error)
      .finally(() => isSettled = true);
    pair.client[finish]();
    for (let i = 0; i < 10; i++) await Promise.resolve();

    assertEquals(isSettled, false);
    const outcome = await pending;
    if (finish === "close") assertEquals(outcome, null);
    else assertInstanceOf(outcome, ConnectionError);
  }
});

Deno.test("Connection.close() ends a delayed read at once and leaves no timer", async () => {
  using pair = open({ toServer: { delayMs: 60_000, delayTurns: 1 } });
  await pair.client.write(TEN);
  const pending = assertRejects(() => read(pair.server), ClosedError);
  pair.server.close();

  await pending;
});

Deno.test("a delayed read makes room for a write that waits", async () => {
  for (const faults of [{ delayMs: 1 }, { delayTurns: 2 }]) {
    using pair = open({ bufferBytes: 10, toServer: faults });
    await pair.client.write(TEN);
    const pending = pair.client.write(TEN);
    await read(pair.server);

    assertEquals(await pending, 10);
  }
});

Deno.test("endAfterBytes ends the stream there for the reader, and the writer does not notice", async () => {
  using pair = open({ toServer: { endAfterBytes: 4 } });
  await writeAll(pair.client, TEN);

  assertEquals(await readExactly(pair.server, 10), TEN.subarray(0, 4));
  assertEquals(await read(pair.server), null);
  await writeAll(pair.client, new Uint8Array(100_000));
  await pair.client.closeWrite();
  assertEquals(await read(pair.server), null);
});

Deno.test("endAfterBytes leaves the way back open", async () => {
  using pair = open({ toServer: { endAfterBytes: 0 } });

  assertEquals(await read(pair.server), null);
  await pair.server.write(TEN);
  assertEquals(await read(pair.client), TEN);
});

Deno.test("endAfterBytes tells a reader that waits", async () => {
  using pair = open({ toServer: { endAfterBytes: 10 } });
  const all = Array.fromAsync([0, 1], () => read(pair.server));
  await pair.client.write(TEN);

  assertEquals(await all, [TEN, null]);
});

Deno.test("resetAfterBytes gives the bytes before it, then fails everything at either end", async () => {
  using pair = open({ toServer: { resetAfterBytes: 4 } });
  await pair.server.write(TEN.subarray(5));
  assertEquals(await pair.client.write(TEN), 4);

  for (let i = 0; i < 2; i++) {
    await expectReset(() => pair.client.write(TEN), "write to memory:server");
    await expectReset(() => pair.server.write(TEN), "write to memory:client");
  }
  assertEquals(await readExactly(pair.server, 4), TEN.subarray(0, 4));
  assertEquals(await readExactly(pair.client, 5), TEN.subarray(5));
  for (let i = 0; i < 2; i++) {
    await expectReset(() => read(pair.server), "read from memory:client");
    await expectReset(() => read(pair.client), "read from memory:server");
  }
});

Deno.test("resetAfterBytes: 0 gives a connection that is reset from the start", async () => {
  using pair = open({ toClient: { resetAfterBytes: 0 } });

  await expectReset(() => read(pair.client), "read from memory:server");
  await expectReset(() => pair.client.write(TEN), "write to memory:server");
  await expectReset(() => read(pair.server), "read from memory:client");
});

Deno.test("resetAfterBytes reaches reads that wait at both ends", async () => {
  using pair = open({ toServer: { resetAfterBytes: 10 } });
  const pending = expectReset(
    () => read(pair.client),
    "read from memory:server",
  );
  await pair.client.write(TEN);

  await pending;
});

Deno.test("resetAfterBytes comes after an end that was scripted before it", async () => {
  using pair = open({
    toServer: { endAfterBytes: 2, resetAfterBytes: 6 },
  });
  assertEquals(await pair.client.write(TEN), 2);
  assertEquals(await readExactly(pair.server, 2), TEN.subarray(0, 2));
  assertEquals(await read(pair.server), null);

  assertEquals(await pair.client.write(TEN), 4);
  await expectReset(() => read(pair.server), "read from memory:client");
});

Deno.test("bufferBytes is 64 KiB unless given", async () => {
  using pair = open();

  assertEquals(await pair.client.write(new Uint8Array(100_000)), 65_536);
  assertEquals(DEFAULT_MEMORY_BUFFER_BYTES, 65_536);
});

Deno.test("bufferBytes stops a writer until there is room for a byte, in each direction", async () => {
  using pair = open({ bufferBytes: 8 });
  for (
    const [writer, reader] of [
      [pair.client, pair.server],
      [pair.server, pair.client],
    ] as const
  ) {
    assertEquals(await writer.write(TEN), 8);
    let isSettled = false;
    const pending = writer.write(TEN).finally(() => isSettled = true);
    for (let i = 0; i < 10; i++) await Promise.resolve();
    assertEquals(isSettled, false);

    assertEquals(await readExactly(reader, 3), TEN.subarray(0, 3));
    assertEquals(await pending, 3);
    assertEquals(
      await readExactly(reader, 8),
      Uint8Array.of(3, 4, 5, 6, 7, 0, 1, 2),
    );
  }
});

Deno.test("the bytes survive a buffer that goes round, whatever its size", async () => {
  for (let bufferBytes = 1; bufferBytes <= 12; bufferBytes++) {
    using pair = open({
      bufferBytes,
      toServer: { readBytes: 5, writeBytes: 7 },
    });
    const sent = Uint8Array.from({ length: 200 }, (_, at) => at);
    const [received] = await Promise.all([
      readExactly(pair.server, 200),
      writeAll(pair.client, sent),
    ]);
    assertEquals(received, sent);
  }
});

Deno.test("memoryPair() copies the bytes it takes, so the writer's array is free again", async () => {
  using pair = open();
  const bytes = TEN.slice();
  await pair.client.write(bytes);
  bytes.fill(0xff);

  assertEquals(await read(pair.server), TEN);
});

Deno.test("Connection.read() and write() in memory refuse an empty array", async () => {
  using pair = open();
  const why = "the array must have at least 1 byte, not 0";
  const empty = new Uint8Array(0);

  await assertRejects(
    () => pair.client.read(empty),
    TypeError,
    `Cannot read from memory:server: ${why}`,
  );
  await assertRejects(
    () => pair.client.write(empty),
    TypeError,
    `Cannot write to memory:server: ${why}`,
  );
});

Deno.test("Connection.read() and write() in memory refuse a second call while one is pending", async () => {
  using pair = open({ bufferBytes: 10 });
  const why = "an earlier call is still pending";
  const reading = read(pair.client);
  await assertRejects(
    () => read(pair.client),
    TypeError,
    `Cannot read from memory:server: ${why}`,
  );
  await pair.client.write(TEN);
  const writing = pair.client.write(TEN);
  await assertRejects(
    () => pair.client.write(TEN),
    TypeError,
    `Cannot write to memory:server: ${why}`,
  );

  // The first ones go on.
  await pair.server.write(TEN);
  assertEquals(await reading, TEN);
  await read(pair.server);
  assertEquals(await writing, 10);
});

Deno.test("memoryPair() and memoryListener() refuse options out of range and name them", () => {
  const most = 2 ** 31 - 1;
  const cases: [MemoryPairOptions, string][] = [
    [{ bufferBytes: 0 }, `bufferBytes of 0: it must be an integer from 1`],
    [{ bufferBytes: 1.5 }, `bufferBytes of 1.5: it must be an integer from 1`],
    [{ seed: NaN }, `seed of NaN: it must be an integer from 0`],
    [
      { toClient: { readBytes: 0 } },
      "readBytes of 0: it must be an integer from 1",
    ],
    [
      { toServer: { writeBytes: [1, -1] } },
      "writeBytes of -1: it must be an integer from 1",
    ],
    [
      { toServer: { delayMs: -1 } },
      "delayMs of -1: it must be an integer from 0",
    ],
    [
      { toServer: { delayMs: [9, 3] } },
      "delayMs of 3: it must be an integer from 9",
    ],
    [
      { toServer: { delayTurns: 0.5 } },
      "delayTurns of 0.5: it must be an integer from 0",
    ],
    [
      { toServer: { endAfterBytes: -1 } },
      "endAfterBytes of -1: it must be an integer from 0",
    ],
    [
      { toServer: { resetAfterBytes: NaN } },
      "resetAfterBytes of NaN: it must be an integer from 0",
    ],
  ];
  for (const [options, message] of cases) {
    for (const make of [memoryPair, memoryListener]) {
      const error = assertThrows(() => make(options), RangeError);
      assertEquals(error.message, `Cannot use ${message} to ${most}`);
    }
  }
});

Deno.test("MemoryListener.connect() does not wait until accept() gives the other end", async () => {
  const listener = memoryListener();
  const first = await listener.connect();
  const second = await listener.connect({ from: "alice" });
  await first.write(TEN);
  const accepted = [await listener.accept(), await listener.accept()];

  assertEquals(`${listener.address}`, "memory:server");
  assertEquals(`${first.remoteAddress}`, "memory:server");
  assertEquals(accepted.map((end) => `${end.remoteAddress}`), [
    "memory:client-1",
    "memory:alice",
  ]);
  assertEquals(await read(accepted[0]!), TEN);
  for (const end of [first, second, ...accepted, listener]) end.close();
});

Deno.test("MemoryListener.accept() waits for a connection", async () => {
  const listener = memoryListener({ name: "7" });
  const accepting = listener.accept();
  const client = await listener.connect();
  const server = await accepting;

  assertEquals(`${server.localAddress}`, "memory:7");
  for (const end of [client, server, listener]) end.close();
});

Deno.test("MemoryListener.accept() refuses a second call while one is pending", async () => {
  const listener = memoryListener();
  const pending = assertRejects(() => listener.accept(), ClosedError);

  await assertRejects(
    () => listener.accept(),
    TypeError,
    "Cannot accept on memory:server: an earlier call is still pending",
  );
  listener.close();
  await pending;
});

Deno.test("MemoryListener.close() ends a pending accept() and refuses what comes later", async () => {
  const listener = memoryListener();
  const pending = assertRejects(() => listener.accept(), ClosedError);
  listener.close();
  listener.close();

  const message = "Cannot accept on memory:server: it was closed by this side";
  assertEquals((await pending).message, message);
  assertEquals(
    (await assertRejects(() => listener.accept(), ClosedError)).message,
    message,
  );
  const error = await assertRejects(() => listener.connect(), ConnectionError);
  assertEquals(error.code, "refused");
  assertEquals(error.address, "memory:server");
});

Deno.test("MemoryListener.close() resets what was not accepted and leaves accepted connections alone", async () => {
  const listener = memoryListener();
  const first = await listener.connect();
  const server = await listener.accept();
  const second = await listener.connect();
  listener.close();

  await expectReset(() => read(second), "read from memory:server");
  await first.write(TEN);
  assertEquals(await read(server), TEN);
  for (const end of [first, second, server]) end.close();
});

Deno.test("MemoryListener.failAccept() fails the next accepts in order, and the listener lives on", async () => {
  const listener = memoryListener();
  const errors = [1, 2].map((n) =>
    new ConnectionError("exhausted", { reason: `too many open files, ${n}` })
  );
  const pending = listener.accept().catch((error) => error);
  const client = await listener.connect();
  const server = await pending;
  for (const error of errors) listener.failAccept(error);
  const later = await listener.connect();

  for (const error of errors) {
    assertStrictEquals(
      await listener.accept().catch((reason) => reason),
      error,
    );
  }
  const served = await listener.accept();
  const waiting = listener.accept().catch((error) => error);
  listener.failAccept(errors[0]!);
  assertStrictEquals(await waiting, errors[0]);
  for (const end of [client, server, later, served, listener]) end.close();
});

Deno.test("memoryListener() gives its faults to every connection, and connect() its own", async () => {
  const listener = memoryListener({ toServer: { writeBytes: 2 } });
  const first = await listener.connect();
  const second = await listener.connect({ toServer: { writeBytes: 3 } });

  assertEquals(await first.write(TEN), 2);
  assertEquals(await second.write(TEN), 3);
  for (const end of [first, second, listener]) end.close();
});

Deno.test("memoryListener() cuts its connections differently, and all of them by the seed", async () => {
  async function run(seed: number): Promise<number[][]> {
    const listener = memoryListener({
      seed,
      toServer: { readBytes: "random" },
    });
    const sizes = [];
    for (let i = 0; i < 2; i++) {
      const client = await listener.connect();
      const server = await listener.accept();
      await client.write(new Uint8Array(60_000));
      client.close();
      sizes.push(await sizesUntilEnd(server));
      server.close();
    }
    listener.close();
    return sizes;
  }
  const [first, second] = await run(1);

  assertNotEquals(first, second);
  assertEquals(await run(1), [first, second]);
  assertNotEquals(await run(2), [first, second]);
});

Deno.test("the same seed makes a whole conversation the same, call for call", async () => {
  const faults: MemoryFaults = {
    delayTurns: [0, 1],
    readBytes: "random",
    writeBytes: "random",
  };
  async function run(seed: number): Promise<string[]> {
    const log: string[] = [];
    using pair = open({ seed, toClient: faults, toServer: faults });
    async function send(name: string, to: Connection): Promise<void> {
      let left = new Uint8Array(100_000);
      while (left.length > 0) {
        const taken = await to.write(left);
        log.push(`${name} took ${taken}`);
        left = left.subarray(taken);
      }
      await to.closeWrite();
    }
    async function receive(name: string, from: Connection): Promise<void> {
      for (const size of await sizesUntilEnd(from)) {
        log.push(`${name} read ${size}`);
      }
    }
    await Promise.all([
      send("client", pair.client),
      send("server", pair.server),
      receive("client", pair.client),
      receive("server", pair.server),
    ]);
    return log;
  }
  const log = await run(42);

  assertGreater(log.length, 20);
  assertEquals(await run(42), log);
  assertNotEquals(await run(43), log);
});

interface OpenPair extends Disposable {
  readonly client: Connection;
  readonly server: Connection;
}

function open(options: MemoryPairOptions = {}): OpenPair {
  const [client, server] = memoryPair(options);
  return {
    client,
    server,
    [Symbol.dispose]() {
      client.close();
      server.close();
    },
  };
}

/** The timers that are set while a function runs, in milliseconds. */
async function timersDuring(fn: () => Promise<unknown>): Promise<number[]> {
  const timers: number[] = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((fn: () => void, ms: number) => {
    timers.push(ms);
    return setTimeout(fn, ms);
  }) as typeof setTimeout;
  try {
    await fn();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  return timers;
}

/** The sizes of the reads when writes of these sizes are sent to the server. */
async function sizesRead(
  toServer: MemoryFaults,
  writes: number[],
  options: MemoryPairOptions = {},
): Promise<number[]> {
  using pair = open({ bufferBytes: 2 ** 22, ...options, toServer });
  for (const size of writes) {
    await writeAll(pair.client, new Uint8Array(size));
  }
  await pair.client.closeWrite();
  return await sizesUntilEnd(pair.server);
}

async function sizesUntilEnd(from: Connection): Promise<number[]> {
  const sizes = [];
  const into = new Uint8Array(2 ** 20);
  for (
    let size = await from.read(into);
    size !== null;
    size = await from.read(into)
  ) {
    sizes.push(size);
  }
  return sizes;
}

async function expectReset(
  call: () => Promise<unknown>,
  action: string,
): Promise<void> {
  const error = await assertRejects(call, ConnectionError);
  assertEquals(error.code, "reset");
  assertEquals(
    error.message,
    `Cannot ${action}: the peer reset the connection`,
  );
}
