import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { streamConnection } from "../../../lib/transport/stream/mod.ts";
import {
  read,
  readExactly,
  transportSuite,
  writeAll,
} from "../../support/transport_suite.ts";

const HELLO = new TextEncoder().encode("hello");

transportSuite({
  name: "streamConnection() over identity streams",
  make: () => Promise.resolve(makePair()),
  makeResettable: () => {
    const [connection, peer] = makePair();
    return Promise.resolve({
      connection,
      send: (bytes: Uint8Array) => writeAll(peer, bytes),
      reset: () => peer.abort(),
    });
  },
});

function makePair(): [Connection, Connection] {
  // Room for some chunks, as a pipe has; without it no write is ever taken
  // before it is read.
  const room = { highWaterMark: 16 };
  const up = new TransformStream<Uint8Array, Uint8Array>({}, room, room);
  const down = new TransformStream<Uint8Array, Uint8Array>({}, room, room);
  return [
    streamConnection(
      { readable: down.readable, writable: up.writable },
      { localName: "near", name: "far" },
    ),
    streamConnection(
      { readable: up.readable, writable: down.writable },
      { localName: "far", name: "near" },
    ),
  ];
}

Deno.test("streamConnection() carries messages to a child process and back, and ends with it", async () => {
  const child = spawn(
    'while read -r line; do echo "got $line"; done; echo bye',
  );
  const connection = new MessageConnection(lineOf(child), {
    encoding: "text",
    framing: "line",
  });
  await connection.send("one");
  assertEquals(await connection.receive(), "got one");
  await connection.send("two");
  await connection.closeWrite();

  assertEquals(await connection.receive(), "got two");
  // Half-closed: the child has read its end, and still answers.
  assertEquals(await connection.receive(), "bye");
  assertEquals(await connection.receive(), undefined);
  await connection.close();
  assertEquals((await child.status).code, 0);
});

Deno.test("streamConnection() shows the peer's name in addresses", async () => {
  const child = spawn("cat");
  const connection = streamConnection({
    readable: child.stdout,
    writable: child.stdin,
  }, { name: "cat" });

  assertEquals(`${connection.remoteAddress}`, "stream:cat");
  assertEquals(`${connection.localAddress}`, "stream:local");
  connection.close();
  await connection.released;
  await child.status;
});

Deno.test("Connection.write() to a child that does not read stops, and then loses nothing", async () => {
  const child = spawn("read -r go; cat");
  const connection = lineOf(child);
  const chunk = new Uint8Array(64 * 1024).map((_, i) => i % 251);
  let written = 0;
  let taken = connection.write(chunk);
  // A pipe takes 64 KiB on Linux.
  while (await settles(taken)) {
    written += await taken;
    taken = connection.write(chunk);
    assert(written < 2 ** 22, `${written} bytes are under way`);
  }
  // What the child waits for is in the bytes already: 0x0a is one of them.
  const reading = (async () => {
    let received = 0;
    for (
      let n = await read(connection);
      n !== null;
      n = await read(connection)
    ) {
      received += n.length;
    }
    return received;
  })();
  written += await taken;
  await connection.closeWrite();

  const skipped = 11; // the line that `read` took, up to the first 0x0a
  const received = await reading;
  assert(received > written - 2 * 65_536 && received <= written - skipped);
  connection.close();
  await child.status;
});

Deno.test("Connection.write() to a child that is gone is reset, and what it sent is read first", async () => {
  const child = spawn("exec 0<&-; echo last words");
  const connection = lineOf(child);
  let error: unknown;
  while (error === undefined) {
    await connection.write(HELLO).catch((reason) => error = reason);
  }

  assertInstanceOf(error, ConnectionError);
  assertEquals(error.code, "reset");
  assertEquals(error.address, "stream:child");
  assertEquals(
    new TextDecoder().decode(await readExactly(connection, 11)),
    "last words\n",
  );
  assertEquals(await read(connection), null);
  connection.close();
  await child.status;
});

Deno.test("Connection.abort() closes both pipes of a child, also with a write pending", async () => {
  const child = spawn("sleep 60 & wait; exit 0");
  const connection = lineOf(child);
  const chunk = new Uint8Array(64 * 1024);
  let taken = connection.write(chunk);
  while (await settles(taken)) taken = connection.write(chunk);
  const reading = connection.read(new Uint8Array(1));
  const outcomes = Promise.allSettled([taken, reading]);
  connection.close();

  for (const outcome of await outcomes) {
    assert(outcome.status === "rejected");
    assertInstanceOf(outcome.reason, ClosedError);
  }
  await connection.released;
  child.kill("SIGKILL");
  await child.status;
});

Deno.test("Connection.read() rejects with the error of the stream, every time", async () => {
  const cause = new Error("the session was lost");
  const connection = streamConnection({
    readable: new ReadableStream({ start: (c) => c.error(cause) }),
    writable: new WritableStream(),
  });
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(
      () => connection.read(new Uint8Array(1)),
      ConnectionError,
    );
    assertEquals(error.code, "failed");
    assertEquals(error.cause, cause);
  }
  // The other direction is a stream of its own.
  assertEquals(await connection.write(HELLO), 5);
  connection.close();
  await connection.released;
});

Deno.test("Connection.read() passes over empty chunks and refuses what is not bytes", async () => {
  const connection = streamConnection({
    readable: ReadableStream.from([
      new Uint8Array(0),
      HELLO,
      "text" as unknown as Uint8Array,
    ]),
    writable: new WritableStream(),
  });

  assertEquals(await readExactly(connection, 5), HELLO);
  await assertRejects(
    () => connection.read(new Uint8Array(1)),
    TypeError,
    "it must give chunks of type Uint8Array, and gave one of type string",
  );
  connection.close();
  await connection.released;
});

Deno.test("Connection.write() copies, so that the caller may use its array again", async () => {
  const [near, far] = makePair();
  const bytes = Uint8Array.from(HELLO);
  await near.write(bytes);
  bytes.fill(0);

  assertEquals(await readExactly(far, 5), HELLO);
  near.close();
  far.close();
  await Promise.all([near.released, far.released]);
});

Deno.test("Connection.close() gives up on a stream that never closes", async () => {
  const connection = streamConnection({
    readable: new ReadableStream(),
    writable: new WritableStream({ close: () => new Promise(() => {}) }),
  });
  connection.close();

  assertEquals(await connection.released, undefined);
});

Deno.test("streamConnection() refuses a locked stream and leaves the other one free", () => {
  const readable = new ReadableStream<Uint8Array>();
  const writable = new WritableStream<Uint8Array>();
  const writer = writable.getWriter();

  assertThrows(() => streamConnection({ readable, writable }), TypeError);
  assertEquals(readable.locked, false);
  writer.releaseLock();
  assertThrows(
    () => streamConnection({ readable, writable }, { name: "" }),
    TypeError,
    "Cannot use an empty host name",
  );
});

function spawn(script: string): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
}

function lineOf(child: Deno.ChildProcess): Connection {
  return streamConnection(
    { readable: child.stdout, writable: child.stdin },
    { name: "child" },
  );
}

/** Whether a promise settles before a blocked pipe would be noticed. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) =>
    timer = setTimeout(() => resolve(false), 200)
  );
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
