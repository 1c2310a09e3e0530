/**
 * Framings by the names of protocols against clients on npm, which get their
 * answers from `serve()`: no server of these protocols is on npm or in Debian.
 *
 * @module
 */

import { type MessageConnection, serve } from "@parley/parley";
import { assert, assertEquals } from "@std/assert";
import { deserialize, type Document, serialize } from "bson";
import { portOf } from "../../support/protocol_peers.ts";
import { type Recorded, Recorder } from "../../support/recorder.ts";
import { joined, wholePackets } from "../../support/whole_packets.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { npmProgram } from "../../support/npm_program.ts";

/** Answers a message; several may be needed. */
type Answer = (message: Uint8Array) => (Uint8Array | string)[];

/** Lets a client talk with a server of this library. */
async function conversation(
  framing: string,
  program: string,
  answering: () => Answer,
  isAt: (port: number) => void = () => {},
): Promise<{ connections: readonly Recorded[]; lines: string[] }> {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing },
    async (connection: MessageConnection<Uint8Array>) => {
      const answer = answering();
      for await (const message of connection) {
        for (const bytes of answer(message)) {
          await connection.send(
            typeof bytes === "string" ? latin1(bytes) : bytes,
          );
        }
      }
    },
  );
  await using recorder = new Recorder({ port: portOf(server) });
  isAt(recorder.port);
  await using client = npmProgram(program, `${recorder.port}`);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  const connections = await recorder.over();
  return { connections, lines: stdout.trimEnd().split("\n") };
}

/** Numbers of two, four and eight bytes, big-endian. */
const int16 = (n: number) => String.fromCharCode(n >> 8 & 255, n & 255);
const int32 = (n: number) => int16(n >> 16) + int16(n);
const int64 = (n: number) => int32(Math.floor(n / 2 ** 32)) + int32(n);
/** A string of Kafka, of ASCII. */
const string = (text: string) => int16(text.length) + text;
const view = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

const PRODUCE = 0;
const METADATA = 3;
const API_VERSIONS = 18;

Deno.test("kafka: KafkaJS's own requests are whole, and it reads the answers of serve()", async () => {
  let port = 0;
  const metadata = () =>
    // One broker; one topic with one partition, which it leads.
    int32(1) + int32(1) + string("127.0.0.1") + int32(port) + int32(1) +
    int16(0) + string("topic") + int32(1) +
    int16(0) + int32(0) + int32(1) + (int32(1) + int32(1)).repeat(2);
  const produced = int32(1) + string("topic") + int32(1) + int32(0) + int16(0) +
    int64(42) + int64(-1) + int32(0);
  const apis: [key: number, from: number, to: number][] = [
    [PRODUCE, 3, 3],
    [METADATA, 0, 0],
    [API_VERSIONS, 0, 0],
  ];
  const versions = int16(0) + int32(apis.length) +
    apis.flat().map(int16).join("");
  const answer: Answer = (request) => {
    const key = view(request).getInt16(0);
    const id = int32(view(request).getInt32(4));
    if (key === API_VERSIONS) return [id + versions];
    return [id + (key === METADATA ? metadata() : produced)];
  };
  const { connections, lines } = await conversation(
    "kafka",
    "kafka",
    () => answer,
    (at) => port = at,
  );
  assertEquals(JSON.parse(lines[0]!), ["topic"]);
  const sent = lines.slice(1).map((line) => JSON.parse(line));
  assertEquals(sent.map(({ baseOffset }) => baseOffset), ["42", "42", "42"]);
  const requests = connections.flatMap(({ client }) =>
    wholePackets("kafka", client)
  );
  const answers = connections.flatMap(({ server }) =>
    wholePackets("kafka", server)
  );
  assertEquals(
    answers.map((bytes) => view(bytes).getInt32(0)),
    requests.map((bytes) => view(bytes).getInt32(4)),
  );
  const produces = requests.filter((bytes) => view(bytes).getInt16(0) === 0);
  assertEquals(produces.length, 3);
  assert(produces.at(-1)!.length > 300_000);
  for (const request of requests) {
    const size = view(request).getInt16(8);
    const name = new TextDecoder().decode(request.subarray(10, 10 + size));
    assertEquals(name, "grüße");
  }
});

const OP_MSG = 2013;

/** The documents of an OP_MSG, which must have no byte more. */
function documents(message: Uint8Array): Document[] {
  const header = view(message);
  assertEquals(header.getInt32(12, true), OP_MSG);
  const found: Document[] = [];
  let at = 20;
  const document = () => {
    const size = header.getInt32(at, true);
    found.push(deserialize(message.subarray(at, at + size)));
    at += size;
  };
  while (at < message.length) {
    if (message[at++] === 0) {
      document();
      continue;
    }
    const end = at + header.getInt32(at, true);
    at = message.indexOf(0, at + 4) + 1;
    while (at < end) document();
    assertEquals(at, end);
  }
  assertEquals(at, message.length);
  return found;
}

/** An OP_MSG that answers another. */
function reply(to: Uint8Array, document: Document): Uint8Array {
  const body = serialize(document);
  const header = view(new Uint8Array(21));
  header.setInt32(0, 21 + body.length, true);
  header.setInt32(8, view(to).getInt32(4, true), true);
  header.setInt32(12, OP_MSG, true);
  return joined([new Uint8Array(header.buffer), body]);
}

const HELLO = {
  isWritablePrimary: true,
  helloOk: true,
  maxBsonObjectSize: 2 ** 24,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  ok: 1,
};

Deno.test("mongodb: the driver's own messages are whole, and it reads the answers of serve()", async () => {
  const stored: Document[] = [];
  const answer: Answer = (message) => {
    const [command, ...more] = documents(message);
    if (command!.hello !== undefined) return [reply(message, HELLO)];
    if (command!.insert !== undefined) {
      const given = [...command!.documents ?? [], ...more];
      stored.push(...given);
      return [reply(message, { n: given.length, ok: 1 })];
    }
    if (command!.find === undefined) return [reply(message, { ok: 1 })];
    const cursor = { id: 0n, ns: "test.things", firstBatch: stored };
    return [reply(message, { cursor, ok: 1 })];
  };
  const { connections, lines } = await conversation(
    "mongodb",
    "mongodb",
    () => answer,
  );
  assertEquals(lines, ["100", "100 true"]);
  const commands: string[] = [];
  for (const { client, server } of connections) {
    const asked = wholePackets("mongodb", client);
    const answered = wholePackets("mongodb", server);
    commands.push(...asked.map((m) => Object.keys(documents(m)[0]!)[0]!));
    // Answers name the request; on a connection they come in its order.
    assertEquals(
      answered.map((m) => view(m).getInt32(8, true)),
      asked.map((m) => view(m).getInt32(4, true)).slice(0, answered.length),
    );
  }
  for (const command of ["hello", "insert", "find"]) {
    assert(commands.includes(command), commands.join());
  }
});

Deno.test("minecraft: a status pinger of npm talks with serve()", async () => {
  const favicon = "x".repeat(30_000);
  const status = JSON.stringify({ description: "hello", favicon });
  const varint = (n: number): string =>
    n < 128
      ? String.fromCharCode(n)
      : String.fromCharCode(n % 128 + 128) + varint(n >> 7);
  const { connections, lines } = await conversation(
    "minecraft",
    "minecraft",
    () => {
      let count = 0;
      return (message) => {
        // A handshake gets no answer; then come a request and a ping.
        count++;
        if (count === 1) return [];
        if (message[0] === 1) return [message];
        return ["\0" + varint(status.length) + status];
      };
    },
  );
  assertEquals(JSON.parse(lines[0]!), {
    ...{ description: "hello", favicon: 30_000, pinged: true },
  });
  const [{ client, server }] = connections as [Recorded];
  const asked = wholePackets("minecraft", client);
  const answered = wholePackets("minecraft", server);
  // Handshake and request have the number 0, the ping has 1 and eight bytes.
  assertEquals(asked.map(([id]) => id), [0, 0, 1]);
  assert(fromLatin1(asked[0]!).includes("127.0.0.1"));
  assertEquals(asked.slice(1).map(({ length }) => length), [1, 9]);
  assertEquals(answered.map(([id]) => id), [0, 1]);
  assertEquals(answered[1], asked[2]);
});
