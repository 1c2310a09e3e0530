import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../../lib/errors.ts";
import {
  type DatagramEvent,
  DatagramSettings,
} from "../../../lib/session/datagrams/datagram_options.ts";
import { bindUdp } from "../../../lib/session/datagrams/bind_udp.ts";

import { EncodedSocket } from "../../../lib/session/datagrams/encoded_socket.ts";
import { DatagramSocket } from "../../../lib/session/datagrams/datagram_socket.ts";
import { Address, parseAddress } from "../../../lib/transport/address.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { standing } from "../harness.ts";
import {
  peer,
  ScriptedEndpoint,
  settled,
} from "../../support/scripted_endpoint.ts";
import { inSubprocess } from "../../support/subprocess.ts";

const TEXT = { encoding: "text" } as const;
const ANY = "udp://127.0.0.1:0";
// On a busy machine a resend would be answered twice.
const PATIENT = { attempts: 1, timeoutMs: 20_000 } as const;

for (
  const [encoding, messages] of [
    ["bytes", [[Uint8Array.of(0, 255), 2], [new Uint8Array(0), 0]]],
    ["text", [["tacos 🌮", 10], ["", 0], ["\uFEFFbom", 6]]],
    ["json", [[{ a: [1, null] }, 14], ["", 2], [0, 1]]],
  ] as const
) {
  Deno.test(`DatagramSocket brings ${encoding} as they were, empty ones too, with their sender and size`, async () => {
    await using a = bindUdp(ANY, { encoding });
    await using b = bindUdp(ANY, { encoding });
    for (const [message, size] of messages) {
      await a.send(message as never, b.address);
      const { value } = await b[Symbol.asyncIterator]().next();
      assertEquals(value.message, message);
      assertEquals(value.bytes, size);
      assertEquals(String(value.from), String(a.address));
    }
  });
}

for (const size of [64, 2_048, 2_049, 65_507]) {
  Deno.test(`DatagramSocket leaves a message of ${size} bytes alone when the next ones arrive`, async () => {
    const endpoint = new ScriptedEndpoint();
    await using socket = new DatagramSocket(endpoint);
    const messages = Array.from(
      { length: 20 },
      (_, i) => new Uint8Array(size).fill(i),
    );
    for (const message of messages) endpoint.arrive(message, peer(1));
    const received: Uint8Array[] = [];
    for await (const { message } of socket) {
      received.push(message);
      if (received.length === messages.length) break;
    }
    assertEquals(received, messages);
  });
}

Deno.test("DatagramSocket reads nothing that nobody waits for, and one datagram at a time", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  await socket.send("out", peer(1));
  await settled();
  assertEquals(endpoint.receives, 0);

  const waiting = [socket.receive(), socket.receive(), socket.receive()];
  await settled();
  assertEquals(endpoint.pending, 1);
  for (const text of ["a", "b", "c", "d"]) endpoint.arrive(text, peer(1));
  const texts = (await Promise.all(waiting)).map((one) => one?.message);
  assertEquals(texts, ["a", "b", "c"]);
  await settled();
  assertEquals(endpoint.receives, 3);
});

Deno.test("DatagramSocket goes on after a loop was left, and shares datagrams between two loops", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  for (const text of ["a", "b"]) endpoint.arrive(text, peer(1));
  for await (const { message } of socket) {
    assertEquals(message, "a");
    break;
  }
  const [one, two] = [socket, socket].map((s) => s[Symbol.asyncIterator]());
  const both = Promise.all([one!.next(), two!.next()]);
  endpoint.arrive("c", peer(1));
  const values = (await both).map(({ value }) => value.message);
  assertEquals(values, ["b", "c"]);
});

Deno.test("DatagramSocket refuses a datagram that is not of its encoding, counts and reports it, and goes on", async () => {
  const events: DatagramEvent[] = [];
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, {
    ...TEXT,
    onEvent: (event) => events.push(event),
  });
  endpoint.arrive(Uint8Array.of(0xff, 0xfe), peer(7));
  endpoint.arrive("fine", peer(8));

  assertEquals((await socket.receive())?.message, "fine");
  assertEquals(socket.stats.refused, 1);
  assertEquals(socket.stats.datagramsIn, 2);
  assertEquals(socket.stats.bytesIn, 6);
  const [event] = events;
  assert(event?.type === "refused");
  assertEquals([String(event.from), event.bytes], ["udp://192.0.2.1:7", 2]);
  assertInstanceOf(event.error, ProtocolError);
  assertEquals(event.error.code, "malformed");
  assertEquals(
    event.error.message,
    "Cannot decode the datagram of 2 bytes (ff fe) from udp://192.0.2.1:7: its bytes are not valid UTF-8",
  );
});

Deno.test("DatagramSocket refuses a datagram one byte above maxMessageBytes and takes one at it", async () => {
  const events: DatagramEvent[] = [];
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket(endpoint, {
    maxMessageBytes: 3,
    onEvent: (event) => events.push(event),
  });
  endpoint.arrive("four", peer(7));
  endpoint.arrive("thr", peer(7));

  assertEquals((await socket.receive())?.bytes, 3);
  assert(events[0]?.type === "refused");
  const { code, message } = events[0].error as ProtocolError;
  assertEquals(code, "too_large");
  assertEquals(
    message,
    "Cannot decode the datagram of 4 bytes (66 6f 75 72) from udp://192.0.2.1:7: the limit is 3 bytes (maxMessageBytes)",
  );
});

Deno.test("DatagramSocket lives on when an encoding of one's own throws something of its own", async () => {
  const endpoint = new ScriptedEndpoint();
  const strict = {
    name: "strict",
    decoder: () => ({
      decode(bytes: Uint8Array): number {
        if (bytes.length !== 1) throw new RangeError("one byte each");
        return bytes[0]!;
      },
      end() {},
    }),
    encode: (value: number) => Uint8Array.of(value),
  };
  await using socket = new DatagramSocket<number>(endpoint, {
    encoding: strict,
  });
  endpoint.arrive("xx", peer(1));
  endpoint.arrive("x", peer(1));
  assertEquals((await socket.receive())?.message, 120);
  assertEquals(socket.stats.refused, 1);
});

for (
  const [hostname, limit] of [["127.0.0.1", 65_507], ["::1", 65_527]] as const
) {
  Deno.test(`DatagramSocket.send() to ${hostname} takes ${limit} bytes and refuses one more with both numbers, unsent`, async () => {
    await using a = bindUdp(new Address("udp", hostname, 0));
    await using b = bindUdp(new Address("udp", hostname, 0));
    const error = await assertRejects(
      () => a.send(new Uint8Array(limit + 1), b.address),
      RangeError,
    );
    assert(
      error.message.includes(`${limit + 1} bytes`) &&
        error.message.includes(`${limit} bytes`),
      error.message,
    );
    assertEquals(a.stats.datagramsOut, 0);

    const sent = new Uint8Array(limit).fill(7);
    await a.send(sent, b.address);
    assertEquals((await b.receive())?.message, sent);
  });
}

Deno.test("DatagramSocket.send() refuses what the encoding, the limit or the address does not take, and stays usable", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, {
    ...TEXT,
    maxMessageBytes: 3,
  });
  await assertRejects(
    () => socket.send("four", peer(1)),
    RangeError,
    "Cannot send message of 4 bytes: the limit is 3 bytes (maxMessageBytes)",
  );
  await assertRejects(() => socket.send(4 as never, peer(1)), TypeError);
  await assertRejects(
    () => socket.send("x", "tcp://192.0.2.1:1"),
    TypeError,
    'Cannot send to tcp://192.0.2.1:1: datagrams need an address such as "udp://127.0.0.1:9001"',
  );
  assertEquals(endpoint.sent, []);
  await socket.send("x", "192.0.2.1:1");
  assertEquals(endpoint.sent.length, 1);
});

Deno.test("DatagramSocket.send() that fails and is not awaited ends no program, is counted and given to onEvent, whatever it fails by", async () => {
  const events: DatagramEvent[] = [];
  const endpoint = new ScriptedEndpoint();
  const socket = new DatagramSocket<string>(endpoint, {
    ...TEXT,
    maxMessageBytes: 3,
    onEvent: (event) => events.push(event),
  });
  endpoint.onSend = () => Promise.reject(new Error("the network is down"));
  void socket.send("too long", peer(1));
  void socket.send(4 as never, peer(2));
  void socket.send("x", "tcp://192.0.2.1:3");
  void socket.send("x", "not an address");
  void socket.send("x", peer(5));
  // What is looked at, if only a little later, is the caller's to tell.
  const looked = socket.send("x", peer(7));
  await assertRejects(() => socket.send("x", peer(8)));
  assertEquals(
    await looked.catch((error) => error.message),
    "the network is down",
  );
  await socket.close();
  void socket.send("x", peer(6));
  await settled();

  const told = events.map((event) => {
    assert(event.type === "unsent");
    return [String(event.to), (event.error as Error).name];
  });
  // In the order in which they fail: the network is the slowest.
  assertEquals(told.sort(), [
    ["not an address", "TypeError"],
    ["tcp://192.0.2.1:3", "TypeError"],
    ["udp://192.0.2.1:1", "RangeError"],
    ["udp://192.0.2.1:2", "TypeError"],
    ["udp://192.0.2.1:5", "Error"],
    ["udp://192.0.2.1:6", "ClosedError"],
  ]);
  assertEquals(socket.stats.unsent, 6);
  assertEquals(endpoint.sent.length, 3);
});

Deno.test("DatagramSocket.send() that fails and is not awaited ends no program without onEvent either", async () => {
  const unsent = await inSubprocess(async (lib: string) => {
    const { bindUdp } = await import(`${lib}/session/datagrams/bind_udp.ts`);
    const socket = bindUdp("udp://127.0.0.1:0", { maxMessageBytes: 9 });
    void socket.send(new Uint8Array(10), socket.address);
    void socket.send(new Uint8Array(1), "tcp://127.0.0.1:1");
    await socket.close();
    void socket.send(new Uint8Array(1), socket.address);
    for (let turn = 0; turn < 1_000 && socket.stats.unsent < 3; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    return socket.stats.unsent;
  });
  assertEquals(unsent, 3);
});

Deno.test("DatagramSocket.send() that fails says why, and the next one is sent", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  const down = new ConnectionError("unreachable", {
    reason: "the network is down",
  });
  endpoint.onSend = () => Promise.reject(down);
  void socket.send("lost", peer(1));
  await settled();
  assertStrictEquals(
    await socket.send("lost too", peer(1)).catch((error) => error),
    down,
  );
  endpoint.onSend = () => {};
  await socket.send("fine", peer(1));
  assertEquals(socket.stats.datagramsOut, 1);
  assertEquals(socket.stats.bytesOut, 4);
});

Deno.test("DatagramSocket.receive() that gave up by time or signal loses nothing", async () => {
  const time = new ManualTime();
  const endpoint = new ScriptedEndpoint(time);
  const settings = new DatagramSettings<string, string>(TEXT, time);
  await using socket = new EncodedSocket(endpoint, settings);
  const given = assertRejects(
    () => socket.receive({ timeoutMs: 5 }),
    TimeoutError,
  );
  await time.advance(4);
  assertEquals(await standing(given), "pending");
  await time.advance(1);
  const late = await given;
  assertEquals(late.deadline, "receive");
  assertEquals(
    late.message,
    "Cannot receive on udp://0.0.0.0:9001: no datagram within 5 ms (timeoutMs)",
  );
  const controller = new AbortController();
  const pending = socket.receive({ signal: controller.signal });
  const reason = { any: "thing" };
  controller.abort(reason);
  assertStrictEquals(await pending.catch((error) => error), reason);

  endpoint.arrive("kept", peer(1));
  await settled();
  assertEquals((await socket.receive())?.message, "kept");
});

Deno.test("DatagramSocket.receive() with timeoutMs 0 gives what has arrived, also from the system's queue, and waits for nothing", async () => {
  await using client = bindUdp(ANY, TEXT);
  for (let i = 0; i < 20; i++) {
    await using socket = bindUdp(ANY, TEXT);
    const nothing = await assertRejects(
      () => socket.receive({ timeoutMs: 0 }),
      TimeoutError,
      "no datagram within 0 ms",
    );
    assertEquals([nothing.deadline, nothing.timeoutMs], ["receive", 0]);
    // Over loopback it is in the queue when the send has returned.
    for (const text of ["a", "b"]) await client.send(text, socket.address);
    const got = [
      await socket.receive({ timeoutMs: 0 }),
      await socket.receive({ timeoutMs: 0 }),
    ];
    assertEquals(got.map((one) => one?.message), ["a", "b"]);
    await assertRejects(() => socket.receive({ timeoutMs: 0 }), TimeoutError);
    // The call that gave up has taken nothing with it.
    await client.send("c", socket.address);
    assertEquals((await socket.receive())?.message, "c");
  }
});

Deno.test("DatagramSocket.receive() refuses a time that is none, and ends with its signal whatever its time", async () => {
  await using socket = new DatagramSocket<string>(new ScriptedEndpoint(), TEXT);
  for (const timeoutMs of [-1, NaN]) {
    await assertRejects(() => socket.receive({ timeoutMs }), RangeError);
  }
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  for (const timeoutMs of [0, 5, Infinity]) {
    const caught = socket.receive({ signal, timeoutMs }).catch((e) => e);
    assertStrictEquals(await caught, reason);
  }
});

Deno.test("DatagramSocket.receive() whose time ends as a datagram comes leaves it to the next call", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  for (let i = 0; i < 50; i++) {
    const first = socket.receive({ timeoutMs: 1 }).catch(() => undefined);
    // In the same turn as the timer of the call, which was set before.
    await new Promise((resolve) => setTimeout(resolve, 1));
    endpoint.arrive(`${i}`, peer(1));
    const got = await first ?? await socket.receive();
    assertEquals(got?.message, `${i}`);
  }
});

Deno.test("DatagramSocket.receive() tells a failure of the system and works again after it", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  endpoint.break(new ConnectionError("exhausted", { reason: "out of memory" }));
  await assertRejects(() => socket.receive(), ConnectionError, "out of memory");
  endpoint.arrive("fine", peer(1));
  assertEquals((await socket.receive())?.message, "fine");
});

Deno.test("DatagramSocket.receive() passes over a reset that another datagram of ours caused", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  endpoint.break(new ConnectionError("reset", { reason: "as Windows tells" }));
  endpoint.break(
    new ConnectionError("refused", { reason: "as others may tell" }),
  );
  endpoint.arrive("fine", peer(1));
  assertEquals((await socket.receive())?.message, "fine");
});

Deno.test("DatagramSocket.close() ends loops and receives, refuses sends and requests, and may be called at any time", async () => {
  const socket = bindUdp(ANY, TEXT);
  const { address, signal } = socket;
  const loop = (async () => {
    for await (const _datagram of socket) assert(false);
  })();
  const pending = socket.receive();
  const request = assertRejects(
    () => socket.request("x", address),
    ClosedError,
    `${address}: this side closed the socket`,
  );
  // The request is answered by its own question unless the socket closes first.
  const closed = socket.close();
  await Promise.all([closed, socket.close(), loop, request]);
  assertEquals(await pending, undefined);
  assertEquals(await socket.receive(), undefined);
  await assertRejects(() => socket.send("x", address), ClosedError);
  await assertRejects(() => socket.request("x", address), ClosedError);
  await assertRejects(() => socket.joinMulticast("224.0.0.1"), ClosedError);
  assert(signal.aborted);
  assertInstanceOf(signal.reason, ClosedError);
  socket.abort();
  await socket[Symbol.asyncDispose]();
});

Deno.test("DatagramSocket.close() waits until the system has taken what is being sent", async () => {
  const endpoint = new ScriptedEndpoint();
  const socket = new DatagramSocket<string>(endpoint, TEXT);
  const { promise, resolve } = Promise.withResolvers<void>();
  endpoint.onSend = () => promise;
  const sent = socket.send("slow", peer(1));
  const closed = socket.close();
  await settled();
  assertEquals(endpoint.closes, 0);
  resolve();
  await Promise.all([sent, closed]);
  assertEquals(endpoint.closes, 1);
});

Deno.test("DatagramSocket.abort() gives its reason to whoever waits and to whoever comes later", async () => {
  const socket = new DatagramSocket<string>(new ScriptedEndpoint(), TEXT);
  const reason = new Error("no more of this");
  const caught = (promise: Promise<unknown>) =>
    promise.then(() => "nothing was thrown", (error) => error);
  const calls = [
    caught(socket.receive()),
    caught(socket[Symbol.asyncIterator]().next()),
    caught(socket.request("x", peer(1))),
  ];
  await settled();
  socket.abort(reason);
  calls.push(
    caught(socket.receive()),
    caught(socket.send("x", peer(1))),
    caught(socket.request("x", peer(1))),
  );
  for (const error of await Promise.all(calls)) {
    assertStrictEquals(error, reason);
  }
  assertStrictEquals(socket.signal.reason, reason);
  await socket.close();
});

Deno.test("DatagramSocket.drain() aborts the signal and ends loops, while sending and requests go on", async () => {
  const endpoint = new ScriptedEndpoint();
  await using socket = new DatagramSocket<string>(endpoint, TEXT);
  const pending = socket.receive();
  const reason = new Error("the end");
  socket.drain(reason);
  assertEquals(await pending, undefined);
  assertStrictEquals(socket.signal.reason, reason);
  endpoint.onSend = ({ to }) => endpoint.arrive("answer", to);
  assertEquals(await socket.request("x", peer(1)), "answer");
});

Deno.test("bindUdp() takes the short forms for UDP and refuses other transports", async () => {
  await using socket = bindUdp("0", TEXT);
  assertEquals(socket.address.transport, "udp");
  assertEquals(socket.address.hostname, "127.0.0.1");
  for (const address of ["tcp://127.0.0.1:1", "unix:/tmp/x", "tls://h:1"]) {
    assertThrows(
      () => bindUdp(address),
      TypeError,
      `Cannot bind ${address}: datagrams need an address such as "udp://127.0.0.1:9001"`,
    );
  }
});

Deno.test("bindUdp() refuses options out of range before it binds", () => {
  for (
    const options of [
      { maxMessageBytes: 0 },
      { maxQueuedBytes: -1 },
      { maxQueuedDatagrams: 1.5 },
    ]
  ) assertThrows(() => bindUdp(ANY, options), RangeError);
  assertThrows(
    () => bindUdp(ANY, { encoding: "utf16" as "text" }),
    TypeError,
    'encoding of "utf16"',
  );
});

Deno.test("bindUdp() on :0 talks to IPv4 and IPv6 peers and shows each as what it is", async () => {
  const seen = await inSubprocess(async (lib: string) => {
    const { bindUdp } = await import(`${lib}/session/datagrams/bind_udp.ts`);
    const options = { encoding: "text" };
    const server = bindUdp(":0", options);
    const { port } = server.address;
    const seen = [];
    for (const hostname of ["127.0.0.1", "[::1]"]) {
      const client = bindUdp(`udp://${hostname}:0`, options);
      const answer = client.request("hello", `udp://${hostname}:${port}`);
      const { message, from } = await server.receive();
      await server.send(`${message} ${from.hostname}`, from);
      seen.push(await answer);
      // And the other way round, to the address of every interface.
      const back = server.request("and you?", client.address);
      const asked = await client.receive();
      await client.send(asked.message.toUpperCase(), server.address);
      seen.push(await back);
      await client.close();
    }
    await server.close();
    return seen;
  });
  assertEquals(seen, [
    "hello 127.0.0.1",
    "AND YOU?",
    "hello ::1",
    "AND YOU?",
  ]);
});

Deno.test("DatagramSocket gives two senders two addresses, also when they take turns", async () => {
  await using server = bindUdp(ANY, TEXT);
  await using a = bindUdp(ANY, TEXT);
  await using b = bindUdp(ANY, TEXT);
  const ports: number[] = [];
  for (const client of [a, b, a, a, b]) {
    await client.send("x", server.address);
    ports.push((await server.receive())!.from.port);
  }
  const [first, second] = [a.address.port, b.address.port];
  assertNotStrictEquals(first, second);
  assertEquals(ports, [first, second, first, first, second]);
});

Deno.test("DatagramSocket counts datagrams and bytes in both directions", async () => {
  await using a = bindUdp(ANY);
  await using b = bindUdp(ANY);
  for (const size of [10, 0, 500]) {
    await a.send(new Uint8Array(size), b.address);
  }
  for (let i = 0; i < 3; i++) await b.receive();
  const none = { dropped: 0, refused: 0, resent: 0, unsent: 0 };
  // Depends on the system and on the permissions, and has its own test.
  const { droppedBySystem: _a, ...sender } = a.stats;
  const { droppedBySystem: _b, ...receiver } = b.stats;
  assertEquals(sender, {
    ...{ bytesIn: 0, bytesOut: 510, datagramsIn: 0, datagramsOut: 3 },
    ...none,
  });
  assertEquals(receiver, {
    ...{ bytesIn: 510, bytesOut: 0, datagramsIn: 3, datagramsOut: 0 },
    ...none,
  });
});

for (const [version, host] of [["4", "127.0.0.1"], ["6", "::1"]] as const) {
  Deno.test(`DatagramSocket exchanges datagrams with Node's dgram over IPv${version}`, async () => {
    const source = `
      const socket = require("dgram").createSocket("udp${version}");
      socket.on("message", (message, { address, port }) => {
        if (message.length === 1) return socket.close();
        socket.send(message.reverse(), port, address);
      });
      socket.bind(0, "${host}", () => console.log(socket.address().port));`;
    const child = new Deno.Command("node", {
      args: ["-e", source],
      stdout: "piped",
    }).spawn();
    const output = child.stdout.getReader();
    const { value } = await output.read();
    const port = Number(new TextDecoder().decode(value));
    const node = new Address("udp", host, port);

    await using socket = bindUdp(new Address("udp", host, 0));
    for (const size of [0, 2, 1_472, 9_000, 65_507]) {
      const sent = Uint8Array.from({ length: size }, (_, i) => i);
      const answer = await socket.request(sent, node, PATIENT);
      assertEquals(answer, sent.toReversed());
    }
    await socket.send(Uint8Array.of(1), node);
    await output.cancel();
    assertEquals((await child.status).code, 0);
  });
}

Deno.test("parseAddress() of a socket's address leads back to the socket", async () => {
  await using socket = bindUdp(ANY, TEXT);
  assertEquals(parseAddress(String(socket.address)), socket.address);
});
