/**
 * Framings `redis`, `mqtt` and `nats`: what connect() says to the real servers, and
 * what goes by between Redis and NATS and their own clients.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1 } from "../../support/chunkings.ts";
import { npmProgram } from "../../support/npm_program.ts";
import type { Process } from "../../support/processes.ts";
import { opened, peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

interface Peer {
  /** The program. */
  readonly program: string;
  /** The framing. */
  readonly framing: string;
  /** Its arguments, to listen on a port of the loopback and store nothing. */
  readonly args: (port: number) => string[];
  /** What it writes once it listens. */
  readonly ready: RegExp;
  /** A conversation; `open` gives another connection to the same server. */
  readonly talk: (open: () => Promise<Talk>) => Promise<void>;
}

type Talk = AsyncDisposable & {
  send(message: string): Promise<void>;
  receive(): Promise<string>;
};

const LONG = "line\r\n\0\xff".repeat(12_500);
const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map(bulk).join("")}`;

/** A string of MQTT: two bytes of length, then the text. */
const field = (text: string) => `\0${String.fromCharCode(text.length)}${text}`;

/** A control packet of MQTT, its remaining length written out by hand. */
function packet(first: number, body: string): string {
  const length: number[] = [];
  for (let rest = body.length, more = true; more; rest >>= 7) {
    more = rest > 127;
    length.push(rest % 128 + (more ? 128 : 0));
  }
  return String.fromCharCode(first, ...length) + body;
}

const PEERS: readonly Peer[] = [
  {
    program: "redis-server",
    framing: "redis",
    args: (port) => [
      ...["--port", `${port}`, "--bind", "127.0.0.1"],
      ...["--save", "", "--appendonly", "no", "--dir", "/tmp"],
    ],
    ready: /Ready to accept connections/,
    async talk(open) {
      await using redis = await open();
      const ask = async (...words: string[]) => {
        await redis.send(command(...words));
        return await redis.receive();
      };
      assertEquals(await ask("PING"), "+PONG\r\n");
      assertEquals(await ask("SET", "k", LONG), "+OK\r\n");
      assertEquals(await ask("GET", "k"), bulk(LONG));
      assertEquals(await ask("GET", "none"), "$-1\r\n");
      assertMatch(await ask("NO", "SUCH"), /^-ERR [^\r\n]+\r\n$/);
      assertEquals(await ask("RPUSH", "l", "a", "b"), ":2\r\n");
      assertEquals(
        await ask(
          "EVAL",
          "return {1, {'a', {}}, redis.call('LRANGE', 'l', 0, -1)}",
          "0",
        ),
        "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n",
      );
      // From here on version 3: maps, nulls, sets, doubles, pushes.
      assertMatch(await ask("HELLO", "3"), /^%\d+\r\n\$6\r\nserver\r\n/);
      assertEquals(await ask("GET", "none"), "_\r\n");
      assertEquals(await ask("SADD", "s", "x"), ":1\r\n");
      assertEquals(await ask("SMEMBERS", "s"), "~1\r\n$1\r\nx\r\n");
      assertEquals(await ask("ZADD", "z", "1.5", "m"), ":1\r\n");
      assertEquals(await ask("ZSCORE", "z", "m"), ",1.5\r\n");
      assertEquals(
        await ask("SUBSCRIBE", "c"),
        ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
      );
      await using other = await open();
      await other.send(command("PUBLISH", "c", LONG));
      assertEquals(await other.receive(), ":1\r\n");
      assertEquals(
        await redis.receive(),
        `>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n${bulk(LONG)}`,
      );
      // Many at once, and each reply is a message of its own.
      await other.send(command("DEL", "n"));
      assertEquals(await other.receive(), ":0\r\n");
      for (let i = 0; i < 500; i++) void other.send(command("INCR", "n"));
      for (let i = 1; i <= 500; i++) {
        assertEquals(await other.receive(), `:${i}\r\n`);
      }
    },
  },
  {
    program: "mosquitto",
    framing: "mqtt",
    args: (port) => ["-v", "-p", `${port}`],
    ready: /mosquitto version \S+ running/,
    async talk(open) {
      const hello = (clientId: string) =>
        packet(0x10, `${field("MQTT")}\x04\x02\0\x1e${field(clientId)}`);
      await using reader = await open();
      await using writer = await open();
      for (const [client, name] of [[reader, "r"], [writer, "w"]] as const) {
        await client.send(hello(name));
        assertEquals(await client.receive(), "\x20\x02\0\0");
      }
      await reader.send(packet(0x82, `\0\x07${field("t")}\0`));
      assertEquals(await reader.receive(), "\x90\x03\0\x07\0");
      for (const payload of ["", "a", "b".repeat(130), LONG]) {
        const publish = packet(0x30, field("t") + payload);
        await writer.send(publish);
        assertEquals(await reader.receive(), publish);
      }
      await writer.send("\xc0\0");
      assertEquals(await writer.receive(), "\xd0\0");
    },
  },
  {
    program: "nats-server",
    framing: "nats",
    args: (port) => ["-a", "127.0.0.1", "-p", `${port}`],
    ready: /Server is ready/,
    async talk(open) {
      await using nats = await open();
      assertMatch(await nats.receive(), /^INFO \{.*\} ?\r\n$/);
      await nats.send('CONNECT {"verbose":true,"headers":true}\r\n');
      assertEquals(await nats.receive(), "+OK\r\n");
      await nats.send("PING\r\n");
      assertEquals(await nats.receive(), "PONG\r\n");
      await nats.send("SUB greet 9\r\n");
      assertEquals(await nats.receive(), "+OK\r\n");
      for (const payload of ["", "hello", "PING\r\n", LONG]) {
        const { length } = payload;
        await nats.send(`PUB greet ${length}\r\n${payload}\r\n`);
        const given = [await nats.receive(), await nats.receive()].toSorted();
        assertEquals(given, [
          "+OK\r\n",
          `MSG greet 9 ${length}\r\n${payload}\r\n`,
        ]);
      }
      const headers = "NATS/1.0\r\nA: b\r\n\r\n";
      const sizes = `${headers.length} ${headers.length + 2}`;
      await nats.send(`HPUB greet reply ${sizes}\r\n${headers}hi\r\n`);
      const given = [await nats.receive(), await nats.receive()].toSorted();
      assertEquals(given, [
        "+OK\r\n",
        `HMSG greet 9 reply ${sizes}\r\n${headers}hi\r\n`,
      ]);
      await nats.send("UNSUB\r\n");
      assertMatch(await nats.receive(), /^-ERR '[^']+'\r\n$/);
    },
  },
];

for (const peer of PEERS) {
  const { program, framing, talk } = peer;
  await peerTest({
    name: `${framing}: connect() talks with ${program}`,
    needs: [program],
    async fn() {
      const port = freePort();
      await using _server = await started(peer, port);
      await talk(() => talkingTo(port, framing));
    },
  });
}

async function started(
  { program, args, ready }: Peer,
  port: number,
): Promise<Process> {
  const server = start(program, ...args(port));
  await Promise.any([server.line(ready), server.outputLine(ready)]);
  return server;
}

async function talkingTo(port: number, framing: string): Promise<Talk> {
  const peer = await opened(port, framing);
  return {
    send: (message) => peer.send(message),
    receive: async () => fromLatin1(await peer.receive()),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

const [REDIS, , NATS] = PEERS as [Peer, Peer, Peer];

await peerTest({
  name: "redis: redis-benchmark pipelines all kinds of commands",
  needs: ["redis-server", "redis-benchmark"],
  async fn() {
    const port = freePort();
    await using _server = await started(REDIS, port);
    await using recorder = new Recorder({ port });
    const { code, text } = await run(
      'exec redis-benchmark -h 127.0.0.1 -p "$1" -q -c 2 -n 100 -P 16 -d 100 \\' +
        "-t set,get,incr,lpush,lpop,sadd,hset,zadd,lrange_100,mset",
      `${recorder.port}`,
    );
    assertEquals(code, 0, text);
    let count = 0;
    for (const { pieces } of await recorder.over()) {
      const { client, server } = wholeConversation("redis", pieces);
      // Each command is an array of bulk strings, and has one reply.
      assert(client.every(([first]) => first === 0x2a));
      assertEquals(server.length, client.length);
      count += client.length;
    }
    assert(count > 1000, `${count} commands`);
  },
});

await peerTest({
  name: "nats: the client of npm talks with nats-server",
  needs: ["nats-server"],
  async fn() {
    const port = freePort();
    await using _server = await started(NATS, port);
    await using recorder = new Recorder({ port });
    await using client = npmProgram("nats", `${recorder.port}`);
    await client.end();
    const { code, stdout, stderr } = await client.ended();
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout), [0, 5, 300_000, 2]);
    const [recorded, ...more] = await recorder.over();
    assertEquals(more, []);
    const { client: sent, server } = wholeConversation(
      "nats",
      recorded!.pieces,
    );
    const verbs = (messages: readonly Uint8Array[]) =>
      messages.map((message) => /^[^ \r]+/.exec(fromLatin1(message))![0])
        .filter((verb) => !["PING", "PONG", "UNSUB"].includes(verb));
    assertEquals(verbs(sent).toSorted(), [
      ...["CONNECT", "HPUB", "PUB", "PUB", "PUB", "SUB"],
    ]);
    assertEquals(verbs(server), ["INFO", "MSG", "MSG", "MSG", "HMSG"]);
  },
});
