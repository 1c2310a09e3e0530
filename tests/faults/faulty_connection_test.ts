import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Passage } from "../../lib/faults/passage.ts";
import { faulty } from "../../lib/faults/with_faults.ts";
import {
  type FaultEvent,
  memoryPair,
  type MemoryPairOptions,
  type StreamFaultOptions,
  withFaults,
} from "../../lib/testing/mod.ts";
import { type Connection, ConnectionError } from "../../mod.ts";
import { fork, seeded } from "../../lib/random.ts";
import { ManualTime } from "../support/manual_time.ts";
import { latin1, planOf, randomCuts } from "./support.ts";

const QUESTIONS = bytes(
  Array.from({ length: 30 }, (_, i) => `question ${i + 1}\n`).join(""),
);
const ANSWERS = bytes(
  Array.from({ length: 30 }, (_, i) => `a longer answer ${i + 1}\n`).join(""),
);

// Networks that cut and delay everything in other places.
const HOSTILE = { readBytes: "random", writeBytes: "random" } as const;
const NETWORKS: readonly MemoryPairOptions[] = [
  {},
  { toServer: { readBytes: 1 }, toClient: { writeBytes: 1 } },
  { seed: 2, toServer: HOSTILE, toClient: HOSTILE },
  {
    seed: 3,
    bufferBytes: 100,
    toServer: { ...HOSTILE, delayTurns: [0, 2] },
    toClient: { ...HOSTILE, delayTurns: [0, 2] },
  },
];

const SAME: [faults: string[], framing?: string][] = [
  [["corrupt:5%"]],
  [["split:3"]],
  [["truncate:100"]],
  [["to-server:reset-after:100"]],
  [["rate:1MiB/s"]],
  [["slow-end:1ms"]],
  [["delay:1ms,jitter=1ms"], "line"],
  [["drop:30%"], "line"],
  [["duplicate:30%"], "line"],
  [["reorder:30%,times=5"], "line"],
  [["corrupt:30%,when=/2/"], "line"],
  [["to-client:reset-after:5msg"], "line"],
  [["to-server:truncate:0,message=7"], "line"],
  [["drop:10%", "corrupt:1%", "duplicate:10%", "to-client:split:4"], "line"],
];

for (const [faults, framing] of SAME) {
  const name = faults.join(" ");
  Deno.test(`withFaults() sends the same bytes with ${name}, whatever the timing`, async () => {
    const [first, ...others] = await Promise.all(
      NETWORKS.map((network) => converse(faults, framing, network)),
    );
    assert(first!.strikes.size > 0, "nothing struck");
    // A reset in one direction ends the other wherever that is then.
    const struck = [...first!.strikes.keys()];
    const isCut = faults.some((fault) => fault.includes("reset-after"));
    for (const other of others) {
      assertEquals(other.strikes, first!.strikes);
      if (!isCut) assertEquals(other, first);
      else if (struck.includes("toServer")) {
        assertEquals(other.toServer, first!.toServer);
      } else assertEquals(other.toClient, first!.toClient);
    }
  });
}

/** What was received at each end, and what struck. */
interface Conversation {
  readonly toServer: string;
  readonly toClient: string;
  readonly strikes: ReadonlyMap<string, readonly string[]>;
}

/** Lets both ends talk at once, the server's with faults in both directions. */
async function converse(
  faults: readonly string[],
  framing: string | undefined,
  network: MemoryPairOptions,
): Promise<Conversation> {
  const [client, near] = memoryPair(network);
  const strikes = new Map<string, string[]>();
  const server = withFaults(near, faults, {
    framing,
    seed: 5,
    side: "server",
    onStrike: ({ direction, fault, message, offset }) => {
      const seen = strikes.get(direction!) ?? [];
      strikes.set(direction!, [...seen, `${fault} ${message} ${offset}`]);
    },
  });
  const [toServer, toClient] = await Promise.all([
    readAll(server),
    readAll(client),
    writeAll(client, QUESTIONS, network.seed),
    writeAll(server, ANSWERS, network.seed),
  ]);
  for (const end of [client, server]) end.close();
  await server.released;
  return { toServer, toClient, strikes };
}

Deno.test("withFaults() delays each chunk, and keeps the order and the end", async () => {
  const { far, near, time } = pair(["delay:200ms"]);
  const seen: [number, string][] = [];
  const reading = (async () => {
    for (let text; (text = await readSome(far)) !== null;) {
      seen.push([time.now(), text]);
    }
    seen.push([time.now(), "end"]);
  })();
  await near.write(bytes("a"));
  await time.advance(50);
  await near.write(bytes("b"));
  await near.closeWrite();
  await time.advance(149);
  assertEquals(seen, []);
  await time.advance(1_000);
  assertEquals(seen, [[200, "a"], [250, "b"], [250, "end"]]);
  await reading;
  close(near, far);
});

Deno.test("withFaults() delays what is read as long as what is written", async () => {
  const { far, near, time } = pair(["delay:200ms"]);
  const reading = readSome(near);
  await time.advance(0);
  await far.write(bytes("a"));
  await time.advance(199);
  assertEquals(await settled(reading), undefined);
  await time.advance(1);
  assertEquals(await reading, "a");
  close(near, far);
});

Deno.test("withFaults() sends at the rate, evenly", async () => {
  const { far, near, time } = pair(["rate:100/s"]);
  const times: number[] = [];
  const reading = (async () => {
    for (let text; (text = await readSome(far)) !== null;) {
      for (const _ of text) times.push(time.now());
    }
  })();
  await near.write(new Uint8Array(100));
  await near.closeWrite();
  await time.advance(2_000);
  await reading;
  assertEquals(times.length, 100);
  // A twentieth of a second's bytes at once, the first of them at once.
  assertEquals(times.slice(0, 6), [0, 0, 0, 0, 0, 50]);
  assertEquals(times.at(-1), 950);
  close(near, far);
});

Deno.test("withFaults() holds a bounded amount, then the writer waits", async () => {
  const { far, near, time } = pair(["delay:1h"]);
  const chunk = new Uint8Array(64 * 1024);
  let taken = 0;
  for (;;) {
    const count = await settled(near.write(chunk));
    if (count === undefined) break;
    taken += count;
    assertLess(taken, 2 * 1024 * 1024);
  }
  assertGreater(taken, 512 * 1024);
  close(near, far);
  await time.advance(0);
});

Deno.test("withFaults() holds few steps of split:1", async () => {
  const { far, near } = pair(["delay:1h", "split:1"]);
  const chunk = new Uint8Array(64 * 1024);
  assertEquals(await settled(near.write(chunk)), chunk.length);
  assertEquals(await settled(near.write(chunk)), undefined);
  close(near, far);
});

Deno.test("close() lets what is delayed go out, abort() does not", async () => {
  const { far, near, time } = pair(["delay:200ms"]);
  await near.write(bytes("last words"));
  near.close();
  await assertRejects(() => near.write(bytes("x")));
  const reading = readAll(far);
  await time.advance(200);
  await near.released;
  assertEquals(await reading, "last words");
  far.close();

  const cut = pair(["delay:200ms"]);
  await cut.near.write(bytes("last words"));
  cut.near.abort();
  await cut.time.advance(200);
  await assertRejects(() => readAll(cut.far), ConnectionError);
  cut.far.close();
});

Deno.test("slow-end holds back the end alone", async () => {
  const { far, near, time } = pair(["slow-end:1s"]);
  await near.write(bytes("all"));
  await near.closeWrite();
  await time.advance(0);
  assertEquals(await readSome(far), "all");
  const end = readSome(far);
  await time.advance(999);
  assertEquals(await settled(end), undefined);
  await time.advance(1);
  assertEquals(await end, null);
  close(near, far);
});

Deno.test("stall-after passes nothing more, not even the end, for 5 minutes", async () => {
  const { far, near, strikes, time } = pair(["to-server:stall-after:3"]);
  await near.write(bytes("hello"));
  await near.closeWrite();
  await time.advance(0);
  assertEquals(await readSome(far), "hel");
  const more = readSome(far);
  await time.advance(299_999);
  assertEquals(await settled(more), undefined);
  // The other direction goes on.
  await far.write(bytes("answer"));
  assertEquals(await readSome(near), "answer");
  await time.advance(1);
  assertEquals(await more, null);
  assertEquals(strikes.map(({ offset }) => offset), [3]);
  close(near, far);
});

Deno.test("stall-after still tells of a lost link", async () => {
  const { far, near, time } = pair(["to-client:stall-after:0"]);
  const reading = readSome(near);
  await time.advance(0);
  far.abort();
  const error = await assertRejects(() => reading, ConnectionError);
  assertEquals([error.code, error.option], ["reset", undefined]);
  near.close();
});

for (
  const [name, faults, read] of [
    ["delayed bytes", ["delay:1s", "stall-after:4"], 1],
    ["bytes that are not read yet", ["stall-after:4"], 0],
  ] as const
) {
  Deno.test(`stall-after tells of a link that is lost behind ${name}`, async () => {
    const time = new ManualTime();
    const [near, far] = memoryPair();
    const faulted = faulty(near, faults, {}, time);
    const early = read === 1 ? faulted.read(new Uint8Array(9)) : undefined;
    await far.write(bytes("abcdef"));
    if (early === undefined) await faulted.write(bytes("begins"));
    await time.advance(0);
    far.abort();
    await time.advance(1_000);
    const into = new Uint8Array(9);
    assertEquals(await (early ?? faulted.read(into)), 4);
    await assertRejects(() => faulted.read(into), ConnectionError);
    faulted.close();
    assertEquals(time.pending, 0);
  });
}

Deno.test("a faulty connection whose link is lost fails in every further read", async () => {
  const [near, far] = memoryPair();
  const faulted = withFaults(near, ["to-client:delay:1ms"]);
  const into = new Uint8Array(9);
  const first = faulted.read(into);
  far.abort();
  const error = await assertRejects(() => first, ConnectionError);
  assertEquals(
    await assertRejects(() => faulted.read(into), ConnectionError),
    error,
  );
  faulted.close();
});

Deno.test("Passage gives nothing to a caller that comes after it was closed", async () => {
  const passage = new Passage(planOf(["delay:1s"]), { onStrike() {} });
  passage.close();
  assertEquals(await passage.take(), undefined);
});

Deno.test("reset-after resets both directions, and its error says so", async () => {
  const { far, near, strikes, time } = pair(["to-server:reset-after:3"]);
  const reading = readSome(near).catch((error) => error);
  await near.write(bytes("hello"));
  await time.advance(0);
  assertEquals(await readSome(far), "hel");
  await assertRejects(() => readSome(far), ConnectionError, "reset");
  const error = await reading;
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.option, "faults");
  assertEquals(error.reason, "the fault reset-after:3 reset the connection");
  assertEquals(await assertRejects(() => near.write(bytes("x"))), error);
  // Memory can be reset.
  assertEquals(strikes.map(({ insteadOfReset }) => insteadOfReset), [
    undefined,
  ]);
  close(near, far);
});

Deno.test("reset-after says that a connection was ended where it cannot be reset", async () => {
  const [inner, far] = memoryPair();
  const strikes: FaultEvent[] = [];
  const near = withFaults(withoutReset(inner), ["to-client:reset-after:0"], {
    onStrike: (strike) => strikes.push(strike),
  });
  await assertRejects(() => readSome(near), ConnectionError);
  assertEquals(strikes.map(({ insteadOfReset }) => insteadOfReset), ["end"]);
  far.close();
});

Deno.test("refuse closes at once, on the connections it is for", async () => {
  for (const [connection, isRefused] of [[1, false], [2, true]] as const) {
    const [inner, far] = memoryPair();
    const strikes: FaultEvent[] = [];
    const near = withFaults(inner, ["refuse,connection=2-3"], {
      connection,
      onStrike: (strike) => strikes.push(strike),
    });
    if (isRefused) {
      assertEquals(await readSome(far), null);
      await assertRejects(() => readSome(near), ConnectionError, "refuse");
      assertEquals(strikes, [{
        fault: "refuse,connection=2-3",
        name: "refuse",
        connection: 2,
      }]);
    } else assertEquals([near, strikes], [inner, []]);
    close(near, far);
  }
});

Deno.test("reorder sends a message that no other follows after 100 ms", async () => {
  const { far, near, time } = pair(["reorder:100%"], { framing: "line" });
  await near.write(bytes("a\n"));
  const reading = readSome(far);
  await time.advance(99);
  assertEquals(await settled(reading), undefined);
  await time.advance(1);
  assertEquals(await reading, "a\n");
  close(near, far);
});

Deno.test("withFaults() refuses what cannot strike before it touches the connection", () => {
  const [near, far] = memoryPair();
  for (
    const [fault, reason] of [
      [
        "drop:1%",
        "drop strikes whole messages, and without a framing a stream has none",
      ],
      [
        "delay:1s,message=2",
        "message= counts messages, and without a framing a stream has none",
      ],
      [
        "corrupt:1%,when=/x/",
        "when= looks at messages, and without a framing a stream has none",
      ],
      [
        "truncate:3msg",
        "truncate:3msg counts messages, and without a framing a stream has none",
      ],
    ] as const
  ) {
    const error = assertThrows(() => withFaults(near, [fault]), TypeError);
    assertEquals(error.message, `Cannot use the fault "${fault}": ${reason}`);
  }
  assertThrows(() => withFaults(near, [], { seed: -1 }), RangeError);
  assertThrows(() => withFaults(near, [], { connection: 0 }), RangeError);
  close(near, far);
});

function pair(
  faults: readonly string[],
  options: StreamFaultOptions = {},
): {
  readonly far: Connection;
  readonly near: Connection;
  readonly strikes: FaultEvent[];
  readonly time: ManualTime;
} {
  const [inner, far] = memoryPair({ bufferBytes: 4 * 1024 * 1024 });
  const strikes: FaultEvent[] = [];
  const time = new ManualTime();
  const onStrike = (strike: FaultEvent) => strikes.push(strike);
  const near = faulty(inner, faults, { ...options, onStrike }, time);
  return { far, near, strikes, time };
}

/** As a socket of the runtime. */
function withoutReset(inner: Connection): Connection {
  return {
    localAddress: inner.localAddress,
    remoteAddress: inner.remoteAddress,
    read: (into) => inner.read(into),
    write: (bytes) => inner.write(bytes),
    closeWrite: () => inner.closeWrite(),
    close: () => inner.close(),
    abort: () => inner.close(),
  };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function close(...ends: Connection[]): void {
  for (const end of ends) end.abort();
}

async function readSome(from: Connection): Promise<string | null> {
  const into = new Uint8Array(100_000);
  const count = await from.read(into);
  return count === null ? null : latin1(into.subarray(0, count));
}

/** All until the end, or a reset. */
async function readAll(from: Connection): Promise<string> {
  let all = "";
  try {
    for (let text; (text = await readSome(from)) !== null;) all += text;
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    if (all === "") throw error;
  }
  return all;
}

async function writeAll(
  to: Connection,
  all: Uint8Array,
  seed = 1,
): Promise<void> {
  try {
    for (const piece of randomCuts(all, fork(seeded(seed)), 50)) {
      for (let rest = piece; rest.length > 0;) {
        rest = rest.subarray(await to.write(rest));
      }
    }
    await to.closeWrite();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
}

/** What a promise has resolved to by now; `undefined` if it is pending. */
async function settled<T>(promise: Promise<T>): Promise<T | undefined> {
  promise.catch(() => {});
  return await Promise.race([
    promise,
    new Promise<undefined>((resolve) =>
      setTimeout(() => resolve(undefined), 5)
    ),
  ]);
}
