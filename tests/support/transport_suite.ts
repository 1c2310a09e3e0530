/**
 * The contract of `lib/transport/connection.ts` as an executable suite, run for
 * every transport. The sanitizers of ops and resources belong to it: each case
 * ends with both ends closed, and nothing may be left over.
 *
 * @module
 */

// The entry points load it; tests that import a file of lib do not.
import "../../lib/framing/parse.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../lib/errors.ts";
import type { Connection } from "../../lib/transport/connection.ts";

/** A transport under test. */
export interface TransportUnderTest {
  /** How its tests are called, such as `"TCP over [::1]"`. */
  readonly name: string;
  /** Connects two ends. */
  make(): Promise<[Connection, Connection]>;
  /** Connects an end to a peer that can be told to reset the connection. */
  makeResettable(): Promise<ResettablePeer>;
  /** Cases that cannot hold for this transport, each with the reason. */
  readonly skip?: { readonly [claim: string]: string };
}

/** One end, and a peer that sends `last words` and resets the connection. */
export interface ResettablePeer {
  /** The end under test. */
  readonly connection: Connection;
  /** Sends bytes. */
  send(bytes: Uint8Array): Promise<void>;
  /** Resets. */
  reset(): void;
}

type Pair = readonly [near: Connection, far: Connection];

const MiB = 1024 * 1024;
const HELLO = new TextEncoder().encode("hello");
// No system buffers as much for a connection that nobody reads.
const MOST_BUFFERED_BYTES = 32 * MiB;
// Taking a write for blocked that is only slow makes a case weaker, not wrong.
const BLOCKED_AFTER_MS = 100;

const WITH_PAIR: Record<string, (pair: Pair) => Promise<void>> = {
  "carries bytes there and back": async ([near, far]) => {
    assertEquals(await near.write(HELLO), 5);
    assertEquals(await readExactly(far, 5), HELLO);
    await writeAll(far, HELLO.subarray(1));
    assertEquals(await readExactly(near, 4), HELLO.subarray(1));
  },

  "reads into the given array from its start and no further than it read":
    async ([near, far]) => {
      await writeAll(near, HELLO);
      const into = new Uint8Array(20).fill(0xff);
      let count = 0;
      while (count < 5) {
        const read = await far.read(into.subarray(3 + count, 15));
        assert(read !== null && read >= 1, `read ${read}`);
        count += read;
      }
      const expected = new Uint8Array(20).fill(0xff);
      expected.set(HELLO, 3);
      assertEquals(into, expected);
    },

  "gives no more than the array holds and keeps the rest": async (
    [near, far],
  ) => {
    await writeAll(near, HELLO);
    for (const byte of HELLO) {
      const into = new Uint8Array(1);
      assertEquals(await far.read(into), 1);
      assertEquals(into[0], byte);
    }
  },

  "stops a writer whose peer does not read, and then loses nothing": async (
    [near, far],
  ) => {
    const { written, pending } = await writeUntilBlocked(near);
    assertLess(written, MOST_BUFFERED_BYTES);
    const total = written + 8 * MiB;
    await Promise.all([
      (async () => {
        const taken = await pending;
        await writeAll(near, pattern(written + taken, total));
        await near.closeWrite();
      })(),
      expectPattern(far, total),
    ]);
  },

  "carries 1 MiB in both directions at once": async ([near, far]) => {
    const send = async (from: Connection) => {
      await writeAll(from, pattern(0, MiB));
      await from.closeWrite();
    };
    await Promise.all([
      send(near),
      send(far),
      expectPattern(near, MiB),
      expectPattern(far, MiB),
    ]);
  },

  "goes on reading after it has finished sending": async ([near, far]) => {
    await far.closeWrite();
    await writeAll(near, HELLO);
    assertEquals(await readExactly(far, 5), HELLO);
    await near.closeWrite();
    for (const end of [near, far]) assertEquals(await read(end), null);
  },

  "goes on writing after the peer has finished sending": async (
    [near, far],
  ) => {
    await near.closeWrite();
    assertEquals(await read(far), null);
    await writeAll(far, HELLO);
    await far.closeWrite();
    assertEquals(await readExactly(near, 5), HELLO);
    assertEquals(await read(near), null);
  },

  "reads what was written before the end, then null every time": async (
    [near, far],
  ) => {
    await writeAll(near, HELLO);
    await near.closeWrite();
    assertEquals(await readExactly(far, 5), HELLO);
    for (let i = 0; i < 3; i++) assertEquals(await read(far), null);
  },

  "finishes sending any number of times": async ([near, far]) => {
    await near.closeWrite();
    await near.closeWrite();
    assertEquals(await read(far), null);
    await near.closeWrite();
  },

  "rejects a write after finishing with ClosedError": async ([near]) => {
    await near.closeWrite();
    const error = await assertRejects(() => near.write(HELLO), ClosedError);
    assertEquals(
      error.message,
      `Cannot write to ${near.remoteAddress}: this side has finished sending`,
    );
  },

  "delivers what was written before close, then the end": async (
    [near, far],
  ) => {
    await writeAll(near, HELLO);
    near.close();
    assertEquals(await readExactly(far, 5), HELLO);
    for (let i = 0; i < 3; i++) assertEquals(await read(far), null);
  },

  "rejects a pending read with ClosedError on close, and the peer reads the end":
    async ([near, far]) => {
      const pending = assertRejects(() => read(near), ClosedError);
      near.close();
      await pending;
      assertEquals(await read(far), null);
    },

  "rejects a pending read with ClosedError on abort, and the peer's read ends":
    async ([near, far]) => {
      const pending = assertRejects(() => read(near), ClosedError);
      const theirs = read(far).catch((error) => error);
      near.abort();
      await pending;
      const outcome = await theirs;
      if (outcome !== null) assertInstanceOf(outcome, ConnectionError);
    },

  "rejects a pending write and the finish behind it with ClosedError on close":
    async ([near]) => {
      const { pending } = await writeUntilBlocked(near);
      const rejected = [
        assertRejects(() => pending, ClosedError),
        assertRejects(() => near.closeWrite(), ClosedError),
      ];
      near.close();
      await Promise.all(rejected);
    },

  "closes any number of times, also after abort and in mid-read": async (
    [near, far],
  ) => {
    const pending = assertRejects(() => read(near), ClosedError);
    near.close();
    near.close();
    near.abort();
    far.abort();
    far.abort();
    far.close();
    await pending;
  },

  "rejects everything after its own close with ClosedError that names the peer":
    async ([near]) => {
      await near.closeWrite();
      near.close();
      for (
        const [action, call] of [
          ["read from", () => read(near)],
          ["write to", () => near.write(HELLO)],
          ["finish sending to", () => near.closeWrite()],
        ] as const
      ) {
        const error = await assertRejects(call, ClosedError);
        assertEquals(
          error.message,
          `Cannot ${action} ${near.remoteAddress}: it was closed by this side`,
        );
      }
    },

  "rejects everything after its own abort with ClosedError": async ([near]) => {
    near.abort();
    await assertRejects(() => read(near), ClosedError);
    await assertRejects(() => near.write(HELLO), ClosedError);
    await assertRejects(() => near.closeWrite(), ClosedError);
  },

  "fails a write to a peer that has closed with ConnectionError that names it":
    async ([near, far]) => {
      far.close();
      const first = await writeUntilFailed(near);
      for (const error of [first, await writeUntilFailed(near)]) {
        assertEquals(error.code, "reset");
        assertEquals(error.address, String(near.remoteAddress));
        assertEquals(
          error.message,
          `Cannot write to ${near.remoteAddress}: the peer has closed the connection`,
        );
      }
    },

  "reads a peer's last words and its clean end also after a write has failed":
    async ([near, far]) => {
      await writeAll(far, HELLO);
      far.close();
      await writeUntilFailed(near);
      assertEquals(await readExactly(near, 5), HELLO);
      assertEquals(await read(near), null);
      assertEquals(await read(near), null);
    },

  "fails a write that waits when the peer closes without reading": async (
    [near, far],
  ) => {
    const { pending } = await writeUntilBlocked(near);
    far.close();
    // What waits may still be taken; the next one cannot be.
    const error = await pending.then(() => writeUntilFailed(near), (e) => e);
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.code, "reset");
  },

  "shows the peer an abort as a reset, never as a clean end": async (
    [near, far],
  ) => {
    await writeAll(near, HELLO);
    near.abort();
    assertEquals(await readExactly(far, 5), HELLO);
    for (let i = 0; i < 2; i++) {
      const error = await assertRejects(() => read(far), ConnectionError);
      assertEquals(error.code, "reset");
    }
  },

  "closes from both sides at once with both reads pending": async (
    [near, far],
  ) => {
    const first = assertRejects(() => read(near), ClosedError);
    // Closed too, but the news of the other end's closing may be faster.
    const second = read(far).catch((error) => error);
    near.close();
    far.close();
    await first;
    const outcome = await second;
    if (outcome !== null) assertInstanceOf(outcome, ClosedError);
  },

  "finishes from both sides at once with both reads pending": async (pair) => {
    const reads = pair.map(read);
    await Promise.all(pair.map((end) => end.closeWrite()));
    assertEquals(await Promise.all(reads), [null, null]);
  },

  "calls each end by the name the other knows it by, also after close": (
    [near, far],
  ) => {
    const names = [near, far].map((end) => String(end.localAddress));
    near.close();
    assertEquals([far, near].map((end) => String(end.remoteAddress)), names);
    assertEquals(String(near.localAddress), names[0]);
    return Promise.resolve();
  },

  "leaves nothing behind when both ends close with bytes unread": async (
    [near, far],
  ) => {
    await writeAll(near, pattern(0, 1000));
    await writeAll(far, pattern(0, 1000));
    near.close();
    far.close();
  },
};

const WITH_RESET: Record<string, (peer: ResettablePeer) => Promise<void>> = {
  "rejects a pending read when the peer resets, and every read after it":
    async ({ connection, reset }) => {
      const pending = read(connection).catch((error) => error);
      reset();
      expectReset(await pending, connection, "read from");
      for (let i = 0; i < 3; i++) {
        const error = await assertRejects(() => read(connection));
        expectReset(error, connection, "read from");
      }
    },

  "reads what arrived before a reset, and then the reset": async (peer) => {
    await peer.send(HELLO);
    peer.reset();
    assertEquals(await readExactly(peer.connection, 5), HELLO);
    for (let i = 0; i < 3; i++) {
      const error = await assertRejects(() => read(peer.connection));
      expectReset(error, peer.connection, "read from");
    }
  },

  "never reads a clean end after a write was told of the reset": async (
    { connection, reset },
  ) => {
    reset();
    const first = await writeUntilFailed(connection);
    expectReset(first, connection, "write to");
    const second = await assertRejects(() => read(connection));
    expectReset(second, connection, "read from");
    expectReset(await writeUntilFailed(connection), connection, "write to");
  },

  "fails a write that waits when the peer resets": async (
    { connection, reset },
  ) => {
    const { pending } = await writeUntilBlocked(connection);
    reset();
    const error = await assertRejects(() => pending, ConnectionError);
    expectReset(error, connection, "write to");
  },

  "finishes sending without an error when the link is lost already": async (
    { connection, reset },
  ) => {
    const pending = read(connection).catch((error) => error);
    reset();
    expectReset(await pending, connection, "read from");
    await connection.closeWrite();
  },

  "says that it was closed, not reset, once it was both": async (
    { connection, reset },
  ) => {
    const pending = read(connection).catch((error) => error);
    reset();
    expectReset(await pending, connection, "read from");
    connection.close();
    await assertRejects(() => read(connection), ClosedError);
    await assertRejects(() => connection.write(HELLO), ClosedError);
  },
};

/**
 * Registers the suite's tests for one transport.
 *
 * @param transport The transport.
 */
export function transportSuite(transport: TransportUnderTest): void {
  const { name, skip = {} } = transport;
  const claims = [...Object.keys(WITH_PAIR), ...Object.keys(WITH_RESET)];
  const unknown = Object.keys(skip).filter((claim) => !claims.includes(claim));
  assertEquals(unknown, [], "a skipped case is not in the suite");

  function register(claim: string, fn: () => Promise<void>): void {
    const reason = skip[claim];
    if (reason === undefined) Deno.test(`${name} ${claim}`, fn);
    else Deno.test.ignore(`${name} ${claim} (skipped: ${reason})`, fn);
  }

  for (const [claim, run] of Object.entries(WITH_PAIR)) {
    register(claim, async () => {
      const pair = await transport.make();
      try {
        await run(pair);
      } finally {
        for (const end of pair) end.close();
        for (const end of pair) await end.released;
      }
    });
  }
  for (const [claim, run] of Object.entries(WITH_RESET)) {
    register(claim, async () => {
      const peer = await transport.makeResettable();
      try {
        await run(peer);
      } finally {
        peer.connection.close();
        peer.reset();
        await peer.connection.released;
      }
    });
  }
}

function expectReset(error: unknown, from: Connection, action: string): void {
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.code, "reset");
  assertEquals(error.address, String(from.remoteAddress));
  assertStringIncludes(
    error.message,
    `Cannot ${action} ${from.remoteAddress}: the peer reset the connection`,
  );
}

/**
 * Reads once.
 *
 * @param from Where from.
 * @returns What was read, `null` at the end.
 */
export async function read(from: Connection): Promise<Uint8Array | null> {
  const into = new Uint8Array(64 * 1024);
  const count = await from.read(into);
  return count === null ? null : into.subarray(0, count);
}

/**
 * Reads until it has a number of bytes.
 *
 * @param from Where from.
 * @param bytes How many.
 * @returns The bytes.
 */
export async function readExactly(
  from: Connection,
  bytes: number,
): Promise<Uint8Array> {
  const into = new Uint8Array(bytes);
  let count = 0;
  while (count < bytes) {
    const read = await from.read(into.subarray(count));
    if (read === null) return into.subarray(0, count);
    assert(read >= 1 && read <= bytes - count, `read ${read}`);
    count += read;
  }
  return into;
}

/**
 * Writes until everything is taken.
 *
 * @param to Where to.
 * @param bytes What to.
 */
export async function writeAll(
  to: Connection,
  bytes: Uint8Array,
): Promise<void> {
  let count = 0;
  while (count < bytes.length) {
    const taken = await to.write(bytes.subarray(count));
    assert(taken >= 1 && taken <= bytes.length - count, `took ${taken}`);
    count += taken;
  }
}

async function writeUntilFailed(to: Connection): Promise<ConnectionError> {
  // The first write may be taken before the answer says that nobody is there.
  for (let i = 0; i < 1000; i++) {
    try {
      await to.write(HELLO);
    } catch (error) {
      assertInstanceOf(error, ConnectionError);
      return error;
    }
    await turn();
  }
  throw new Error("a thousand writes were taken");
}

/** Writes the pattern until a write waits, which is handed to the caller. */
async function writeUntilBlocked(
  to: Connection,
): Promise<{ written: number; pending: Promise<number> }> {
  let written = 0;
  while (written < MOST_BUFFERED_BYTES) {
    const pending = to.write(pattern(written, written + 256 * 1024));
    const patience = Promise.withResolvers<null>();
    const timer = setTimeout(() => patience.resolve(null), BLOCKED_AFTER_MS);
    const taken = await Promise.race([pending, patience.promise]);
    clearTimeout(timer);
    if (taken === null) return { written, pending };
    written += taken;
  }
  throw new Error(`${written} bytes were taken and nobody reads`);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const PERIOD = 65_521; // prime, so that a lost or doubled buffer shows
const PATTERN = new Uint8Array(PERIOD + 8 * MiB)
  .map((_, at) => (at % PERIOD) * 31 >> 3);

/** The bytes at these places of a stream that every case knows. */
function pattern(start: number, end: number): Uint8Array {
  const at = start % PERIOD;
  return PATTERN.subarray(at, at + end - start);
}

async function expectPattern(from: Connection, total: number): Promise<void> {
  let count = 0;
  for (let got = await read(from); got !== null; got = await read(from)) {
    const expected = pattern(count, count + got.length);
    const wrong = got.findIndex((byte, at) => byte !== expected[at]);
    if (wrong !== -1) throw new Error(`byte ${count + wrong} is wrong`);
    count += got.length;
  }
  assertEquals(count, total);
}
