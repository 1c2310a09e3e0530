/**
 * What the types of the public API infer, as a user writes it. Most of it is
 * checked by the compiler: when an inference breaks, `deno check` fails here.
 *
 * @module
 */

import {
  connect,
  type ConnectOptions,
  type Handler,
  MessageConnection,
  type MessageOptions,
  serve,
  type ServeOptions,
  type Server,
} from "@parley/parley";
import { json, type JsonInput, type JsonValue } from "@parley/parley/encoding";
import type { Framing } from "@parley/parley/framing";
import { decodeFrames, encodeFrames } from "@parley/parley/stream";
import { memoryListener, memoryPair } from "@parley/parley/testing";
import {
  bindUdp,
  type DatagramEndpoint,
  DatagramSocket,
  serveDatagrams,
} from "@parley/parley/udp";
import { assertEquals } from "@std/assert";

/** Whether two types are the same, and not only assignable. */
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends
  (<X>() => X extends B ? 1 : 2) ? true : false;

/** Fails to compile unless the two types are the same. */
function same<A, B>(_: Same<A, B>): void {}

/** The type of the messages that come, of anything that can be iterated. */
type Received<C> = C extends AsyncIterable<infer T> ? T : never;

/** The type of the messages that can be sent. */
type Sent<C> = C extends { send(message: infer S, ...rest: never): unknown } ? S
  : never;

// An interface has no index signature, and optional properties may be undefined:
// JsonValue takes neither.
interface Ask {
  readonly id: number;
  readonly text: string;
  readonly urgent?: boolean;
}
interface Say {
  readonly id: number;
  readonly said: string;
}

function checkSay(value: unknown): Say {
  const { id, said } = value as Partial<Say>;
  if (typeof id === "number" && typeof said === "string") return { id, said };
  throw new TypeError("it has no id or nothing said");
}

const MEMORY = memoryListener();

Deno.test("connect() and serve() take the type of a message from the encoding, by name, object or type of your own", async () => {
  const handler: Handler = async (peer) => {
    for await (const message of peer) await peer.send(message);
  };
  await using server = await serve(memoryListener(), handler);
  same<typeof server, Server<Uint8Array>>(true);

  const asBytes = () => connect(MEMORY);
  const asText = () => connect(MEMORY, { encoding: "text" });
  const asJson = () => connect(MEMORY, { encoding: "json" });
  const asSay = () => connect(MEMORY, { encoding: json<Say, Ask>(checkSay) });
  const asOne = () => connect(MEMORY, { encoding: json<Say>() });
  same<Received<Awaited<ReturnType<typeof asBytes>>>, Uint8Array>(true);
  same<Sent<Awaited<ReturnType<typeof asBytes>>>, Uint8Array>(true);
  same<Received<Awaited<ReturnType<typeof asText>>>, string>(true);
  same<Sent<Awaited<ReturnType<typeof asText>>>, string>(true);
  same<Received<Awaited<ReturnType<typeof asJson>>>, JsonValue>(true);
  same<Sent<Awaited<ReturnType<typeof asJson>>>, JsonInput>(true);
  same<Received<Awaited<ReturnType<typeof asSay>>>, Say>(true);
  same<Sent<Awaited<ReturnType<typeof asSay>>>, Ask>(true);
  same<Received<Awaited<ReturnType<typeof asOne>>>, Say>(true);
  same<Sent<Awaited<ReturnType<typeof asOne>>>, Say>(true);
});

Deno.test("options that are written outside of the call keep the type of a message", async () => {
  const serving: ServeOptions<"json"> = { encoding: "json", framing: "line" };
  const connecting: ConnectOptions<"json"> = { encoding: "json" };
  const talking: MessageOptions<"json"> = { encoding: "json" };
  const shared = { encoding: "json", framing: "line" } as const;
  const listener = memoryListener();

  await using _server = await serve(listener, serving, async (peer) => {
    same<typeof peer, MessageConnection<JsonValue, JsonInput>>(true);
    for await (const message of peer) await peer.send({ got: message });
  });
  for (const options of [connecting, talking, shared]) {
    await using client = await connect(listener, options);
    same<typeof client, MessageConnection<JsonValue, JsonInput>>(true);
    const ask: Ask = { id: 1, text: "now?" };
    await client.send(ask);
    assertEquals(await client.receive(), { got: { id: 1, text: "now?" } });
  }
});

Deno.test("a type for each direction reaches handler, events, trySend() and sendAll()", async () => {
  const asks = json<Ask, Say>();
  const says = json<Say, Ask>(checkSay);
  const listener = memoryListener();
  await using server = await serve(
    listener,
    {
      encoding: asks,
      onEvent: (event) => {
        if (event.type !== "opened") return;
        same<Received<typeof event.connection>, Ask>(true);
        same<Sent<typeof event.connection>, Say>(true);
      },
    },
    async (peer) => {
      for await (const { id, text, urgent } of peer) {
        same<typeof urgent, boolean | undefined>(true);
        if (!peer.trySend({ id, said: text })) return;
        // @ts-expect-error The server says, and does not ask.
        ((message: Ask) => peer.send(message));
      }
    },
  );
  await using client = await connect(listener, { encoding: says });
  await client.sendAll([{ id: 1, text: "a" }, { id: 2, text: "b" }]);
  const first = await client.receive();
  same<typeof first, Say | undefined>(true);
  assertEquals(first, { id: 1, said: "a" });
  for (const peer of server.connections) same<Sent<typeof peer>, Say>(true);
});

Deno.test("new MessageConnection() infers as connect() does, and takes a type that is named", async () => {
  const [near, far] = memoryPair();
  await using left = new MessageConnection(near, { encoding: "json" });
  await using right = new MessageConnection(far, {
    encoding: json<Say, Ask>(checkSay),
  });
  same<typeof left, MessageConnection<JsonValue, JsonInput>>(true);
  same<typeof right, MessageConnection<Say, Ask>>(true);
  await left.send({ id: 1, said: "hello" });
  assertEquals(await right.receive(), { id: 1, said: "hello" });

  const named = () => new MessageConnection<string>(near, { encoding: "text" });
  const plain = () => new MessageConnection(near);
  same<ReturnType<typeof named>, MessageConnection<string>>(true);
  same<ReturnType<typeof plain>, MessageConnection<Uint8Array>>(true);
  await left.closeWrite();
  await right.closeWrite();
});

Deno.test("datagrams infer as connections do", () => {
  const text = () => bindUdp("0", { encoding: "text" });
  const says = () => bindUdp("0", { encoding: json<Say, Ask>(checkSay) });
  const over = (endpoint: DatagramEndpoint) =>
    new DatagramSocket(endpoint, { encoding: "json" });
  same<ReturnType<typeof text>, DatagramSocket<string>>(true);
  same<ReturnType<typeof says>, DatagramSocket<Say, Ask>>(true);
  same<ReturnType<typeof over>, DatagramSocket<JsonValue, JsonInput>>(true);

  const ask = (socket: ReturnType<typeof says>) =>
    socket.request({ id: 1, text: "?" }, "udp://127.0.0.1:9", {
      accepts: ({ id }) => id === 1,
    });
  same<Awaited<ReturnType<typeof ask>>, Say>(true);

  const serving = () =>
    serveDatagrams(
      "0",
      { encoding: json<Ask, Say>() },
      (asked, from, socket) =>
        socket.send({ id: asked.id, said: asked.text }, from),
    );
  same<Awaited<ReturnType<typeof serving>>["socket"], DatagramSocket<Ask, Say>>(
    true,
  );
});

Deno.test("streams infer from the encoding", () => {
  const says = decodeFrames("line", { encoding: json<Say>(checkSay) });
  const asks = encodeFrames("line", { encoding: json<Say, Ask>() });
  same<typeof says.readable, ReadableStream<Say>>(true);
  same<typeof asks.writable, WritableStream<Ask>>(true);
});

Deno.test("what is no message of the encoding does not compile", () => {
  (async (connection: MessageConnection<string>) => {
    // @ts-expect-error A number is not a text.
    await connection.send(1);
    // @ts-expect-error Nor is a text an array of texts.
    await connection.sendAll([1]);
    // @ts-expect-error There is no such framing.
    const framing: Framing = { name: "mine" };
    // @ts-expect-error There is no such encoding.
    await connect("7342", { encoding: "utf16" });
    return framing;
  });
});
