import {
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConnectionError, type ProtocolError } from "../../../lib/errors.ts";
import { connect } from "../../../lib/session/messages/connect.ts";
import type { ConnectionEvent } from "../../../lib/session/messages/connection_event.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import type { MessageOptions } from "../../../lib/session/messages/settings.ts";
import { serve } from "../../../lib/session/serving/serve.ts";
import type { ServerEvent } from "../../../lib/session/serving/server_event.ts";
import type { ServeOptions } from "../../../lib/session/serving/server_options.ts";
import {
  memoryListener,
  memoryPair,
} from "../../../lib/transport/memory/mod.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { all, Recorded, talk, turn, until, utf8 } from "../harness.ts";

const TEXT = { framing: "length:4", encoding: "text" } as const;

Deno.test("a program that never awaits send() to a peer that never reads ends that connection with overrun", async () => {
  using pair = talk({ maxBufferedBytes: 1_000_000 }, { bufferBytes: 100 });
  let most = 0;
  for (let i = 0; i < 10_000 && !pair.client.signal.aborted; i++) {
    void pair.client.send("x".repeat(996));
    most = Math.max(most, pair.client.bytesWaiting);
  }
  assertLess(most, 1_000_000 + 1000);
  const error = pair.client.signal.reason;
  assertInstanceOf(error, ConnectionError);
  assertEquals([error.code, error.option], ["overrun", "maxBufferedBytes"]);
  assertStrictEquals(
    await assertRejects(() => pair.client.receive()),
    error,
  );
  await turn(3);
});

Deno.test("sendAll() and awaited send() never overrun, whatever the sizes", async () => {
  using pair = talk(
    { maxBufferedBytes: 1, highWaterMarkBytes: 1, encoding: "bytes" },
    { bufferBytes: 100 },
  );
  const messages = [0, 10, 5000, 200_000, 1].map((size) =>
    new Uint8Array(size)
  );
  const sent = (async () => {
    await pair.client.sendAll(messages);
    await pair.client.sendAll(new Set(messages));
    for (const message of messages) await pair.client.send(message);
    await pair.client.closeWrite();
  })();
  const received = await all(pair.server);
  assertEquals(
    received.map(({ length }) => length),
    [...messages, ...messages, ...messages].map(({ length }) => length),
  );
  await sent;
});

Deno.test("trySend() queues nothing at the high-water mark, and goes on when the peer has read", async () => {
  using pair = talk({ highWaterMarkBytes: 100 }, { bufferBytes: 50 });
  const accepted = [];
  for (let i = 0; i < 30; i++) {
    if (pair.client.trySend(`${i}`.padStart(16))) accepted.push(i);
  }
  assertEquals(accepted, [0, 1, 2, 3, 4]);
  assertEquals(pair.client.bytesWaiting, 100);
  assertEquals(pair.client.stats.messagesOut, 5);
  for (const i of accepted) {
    assertEquals(Number(await pair.server.receive()), i);
  }
  assertEquals(pair.client.trySend("again"), true);
  assertEquals(await pair.server.receive(), "again");
});

Deno.test("maxSentMessageBytes is the bound for sending, maxMessageBytes for receiving", async () => {
  using pair = talk({ maxMessageBytes: 10, maxSentMessageBytes: 20 });
  await assertRejects(() => pair.client.send("x".repeat(21)), RangeError);
  await pair.client.send("x".repeat(20));
  const error = await assertRejects(() => pair.server.receive());
  assertEquals((error as ProtocolError).code, "too_large");
  assertThrows(() => talk({ maxSentMessageBytes: 0 }), RangeError);
});

Deno.test("a floating send() of a message that is too large does not end the program, and is an event at both ends", async () => {
  const events: ServerEvent<string>[] = [];
  const own: ConnectionEvent<string>[] = [];
  const listener = memoryListener();
  const options = { ...TEXT, maxMessageBytes: 10 };
  await using _server = await serve(
    listener,
    { ...options, onEvent: (event) => events.push(event) },
    async (connection) => {
      for await (const message of connection) {
        // A relay that adds something to a message of exactly the limit.
        void connection.send(`from a peer: ${message}`);
        void connection.sendAll(["short", `again: ${message}`]);
      }
    },
  );
  await using client = await connect(listener, {
    ...options,
    onEvent: (event) => own.push(event),
  });
  void client.send("x".repeat(11));
  await client.send("x".repeat(10));
  assertEquals(await client.receive(), "short");
  await until(() => own.length + events.length === 4, "reported");
  const unsent = [...events.slice(1), ...own].filter((event) =>
    event.type === "unsent"
  );
  assertEquals(unsent.length, 3);
  for (const { error } of unsent) assertInstanceOf(error, RangeError);
});

Deno.test("a floating closeWrite(), close() or send() over a lost link is reported once", async () => {
  const reported: unknown[] = [];
  const [near, far] = memoryPair({ bufferBytes: 10 });
  const listener = { connect: () => Promise.resolve(near) };
  const client = await connect(listener, {
    ...TEXT,
    onEvent: ({ error }) => reported.push(error),
  });
  void client.sendAll(["x".repeat(100_000), "y", "z"]);
  void client.closeWrite();
  void client.close();
  await turn(2);
  far.abort();
  await until(() => reported.length > 0, "reported");
  await turn(3);
  assertEquals(reported.length, 1);
  assertInstanceOf(reported[0], ConnectionError);
});

Deno.test("badFrames: skip goes on behind bad frames and bad content, reports and counts them", async () => {
  const events: ConnectionEvent<unknown>[] = [];
  const [near, far] = memoryPair();
  await using client = await connect({ connect: () => Promise.resolve(near) }, {
    framing: "line",
    encoding: "json",
    maxMessageBytes: 10,
    badFrames: "skip",
    onEvent: (event) => events.push(event),
  });
  await far.write(utf8('[1]\n{"bad\n12345678901234\n[2]\n'));
  assertEquals(await client.receive(), [1]);
  assertEquals(await client.receive(), [2]);
  assertEquals(events.map(({ type }) => type), ["bad_frame", "bad_frame"]);
  assertEquals(client.stats.badFrames, 2);
  assertEquals(client.stats.messagesIn, 2);
  assertThrows(
    () => new MessageConnection(far, { badFrames: "drop" as "skip" }),
    TypeError,
  );
  far.close();
});

/** What a program sees of a stream, in order, if each read brings so many bytes. */
async function seen(
  encoding: "bytes" | "text" | "json",
  step: number,
  how: "batches" | "receive",
): Promise<string[]> {
  const order: string[] = [];
  const [near, far] = memoryPair();
  await using client = await connect(
    { connect: () => Promise.resolve(near) },
    {
      framing: "line",
      encoding: encoding as "json",
      maxMessageBytes: 5,
      badFrames: "skip",
      onEvent: (event) => {
        if (event.type !== "bad_frame") return;
        order.push(`bad ${event.error.details.messageNumber}`);
      },
    },
  );
  const show = (message: unknown) =>
    order.push(
      String(
        message instanceof Uint8Array
          ? new TextDecoder().decode(message)
          : message,
      ),
    );
  const stream = utf8("1\n2\n1234567\n3\n7654321\n12345678\n4\n{x\n5\n7777777");
  const sending = (async () => {
    for (let i = 0; i < stream.length; i += step) {
      await far.write(stream.slice(i, i + step));
      await turn(2);
    }
    await far.closeWrite();
  })();
  if (how === "batches") {
    for await (const batch of client.batches()) batch.forEach(show);
  } else {
    for await (const message of client) show(message);
  }
  await sending;
  assertEquals(
    client.stats.badFrames,
    order.filter((what) => what.startsWith("bad")).length,
  );
  far.close();
  return order;
}

for (const encoding of ["bytes", "text", "json"] as const) {
  Deno.test(`a bad frame among ${encoding} is told between the messages around it, at every cut`, async () => {
    const order = await seen(encoding, 1, "receive");
    assertEquals(order.slice(0, 5), ["1", "2", "bad 3", "3", "bad 5"]);
    for (const how of ["batches", "receive"] as const) {
      for (const step of [1, 2, 5, 13, 1000]) {
        assertEquals(await seen(encoding, step, how), order, `${how} ${step}`);
      }
    }
  });
}

Deno.test("useFraming() cuts what has arrived and what comes by the new framing, in both directions", async () => {
  using pair = talk({ framing: "line" });
  await pair.client.sendAll(["HELLO", "length:4 from here"]);
  pair.client.useFraming("length:4");
  await pair.client.send("two\nlines");
  assertEquals(await pair.server.receive(), "HELLO");
  assertEquals(await pair.server.receive(), "length:4 from here");
  pair.server.useFraming("length:4");
  assertEquals(await pair.server.receive(), "two\nlines");
  await pair.server.send("back\n");
  assertEquals(await pair.client.receive(), "back\n");
  assertThrows(() => pair.client.useFraming("lines"), TypeError);
  assertEquals(pair.server.stats.messagesIn, 3);
});

Deno.test("useFraming() loses nothing, wherever the network has cut the change", async () => {
  const stream = utf8("HELLO\n\0\x05two\n!\0\x01aline\n");
  const everyByte = Array.from(stream.keys()).slice(1);
  const ways = [[], everyByte, ...everyByte.map((at) => [at])];
  for (const cuts of ways) {
    const [near, far] = memoryPair();
    await using connection = new MessageConnection(near, { encoding: "text" });
    await Promise.all([
      (async () => {
        for (const [i, from] of [0, ...cuts].entries()) {
          await far.write(stream.slice(from, cuts[i] ?? stream.length));
        }
        await far.closeWrite();
      })(),
      (async () => {
        assertEquals(await connection.receive(), "HELLO");
        connection.useFraming("length:2");
        assertEquals(await connection.receive(), "two\n!");
        assertEquals(await connection.receive(), "a");
        connection.useFraming("line");
        assertEquals(await connection.receive(), "line");
        assertEquals(await connection.receive(), undefined);
      })(),
    ]);
    far.close();
  }
});

Deno.test("endedBy tells the peer's end from this side's", async () => {
  using pair = talk();
  assertEquals(pair.client.endedBy, undefined);
  await pair.server.closeWrite();
  assertEquals(await pair.client.receive(), undefined);
  assertEquals(pair.client.endedBy, "peer");
  const closed = pair.server.close();
  assertEquals(pair.server.endedBy, "self");
  pair.client.abort();
  assertEquals(pair.client.endedBy, "peer");
  await closed;
});

Deno.test("wrap puts something between the connection and its messages, at both ends", async () => {
  const wrappers: Recorded[] = [];
  const wrap = (connection: Connection) => {
    const recorded = new Recorded(connection);
    wrappers.push(recorded);
    return recorded;
  };
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { ...TEXT, wrap: (connection) => Promise.resolve(wrap(connection)) },
    async (connection) => {
      for await (const message of connection) await connection.send(message);
    },
  );
  await using client = await connect(server.address, { ...TEXT, wrap });
  await client.send("hello");
  assertEquals(await client.receive(), "hello");
  assertEquals(wrappers.map(({ writes }) => writes), [[9], [9]]);
});

Deno.test("a wrap that fails closes the connection; a client is thrown its error and a server reports it", async () => {
  const failure = new Error("no wrapping today");
  const events: ServerEvent[] = [];
  const wrap = () => {
    throw failure;
  };
  await using server = await serve("tcp://127.0.0.1:0", {
    wrap,
    onEvent: (event) => events.push(event),
  }, () => {});
  await using client = await connect(server.address);
  assertEquals(await client.receive(), undefined);
  assertEquals(events.map(({ type }) => type), ["handshake_failed"]);
  assertStrictEquals(
    await assertRejects(() => connect(server.address, { wrap })),
    failure,
  );
});

Deno.test("options that are written outside of a call give the type of a message to serve(), connect() and MessageConnection", async () => {
  const served: ServeOptions<"json"> = {
    encoding: "json",
    onEvent: (event) => void (event.type === "opened" && event.connection),
  };
  const options: MessageOptions<"json"> = { encoding: "json" };
  await using server = await serve(
    "tcp://127.0.0.1:0",
    served,
    async (connection) => {
      for await (const message of connection) await connection.send([message]);
    },
  );
  await using client = await connect(server.address, options);
  await client.send({ a: 1 });
  assertEquals(await client.receive(), [{ a: 1 }]);

  const [near, far] = memoryPair();
  await using left = new MessageConnection(near, options);
  await using right = new MessageConnection(far, { encoding: "json" });
  await left.send({ b: 2 });
  const message = await right.receive();
  assertEquals(message, { b: 2 });
  // @ts-expect-error A bigint is not JSON.
  await assertRejects(() => left.send(1n), TypeError);
  await assertRejects(() => left.send(() => {}), TypeError);
  await left.closeWrite();
  await right.closeWrite();
});

Deno.test("serve() without options frames lines of bytes", async () => {
  const listener = memoryListener();
  await using _server = await serve(listener, async (connection) => {
    for await (const message of connection) await connection.send(message);
  });
  const wire = await listener.connect();
  await wire.write(utf8("one\n"));
  const into = new Uint8Array(10);
  assertEquals(await wire.read(into), 4);
  wire.close();
});
