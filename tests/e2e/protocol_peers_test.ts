/**
 * Names of protocols against the real servers, each started on this machine's
 * loopback where it is installed.
 *
 * @module
 */

import { connect, type MessageConnection } from "@parley/parley";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1, latin1 } from "../support/chunkings.ts";

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

for (const { program, framing, args, ready, talk } of PEERS) {
  Deno.test({
    name: `${framing} talks with ${program}`,
    // Skipped on a machine that does not have it.
    ignore: !await isInstalled(program),
    async fn() {
      const port = freePort();
      // Through the shell, the only program besides Deno and Node that tests run.
      const child = new Deno.Command("sh", {
        args: ["-c", 'exec "$0" "$@"', program, ...args(port)],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      try {
        await until(ready, child);
        await talk(() => opened(port, framing));
      } finally {
        child.kill("SIGKILL");
        await child.status;
      }
    },
  });
}

async function opened(port: number, framing: string): Promise<Talk> {
  const connection: MessageConnection<Uint8Array> = await connect(
    `tcp://127.0.0.1:${port}`,
    { framing, encoding: "bytes" },
  );
  return {
    send: (message) => connection.send(latin1(message)),
    async receive() {
      const message = await connection.receive({ timeoutMs: 10_000 });
      assert(message !== undefined, "the server has closed the connection");
      return fromLatin1(message);
    },
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
    },
  };
}

/** Waits for a line of a server, then drains what else it writes. */
async function until(ready: RegExp, child: Deno.ChildProcess): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  await new Promise<void>((resolve, reject) => {
    const drain = async (stream: ReadableStream<Uint8Array>) => {
      for await (const chunk of stream) {
        text += decoder.decode(chunk, { stream: true });
        if (ready.test(text)) resolve();
      }
    };
    Promise.all([drain(child.stdout), drain(child.stderr)])
      .then(() => reject(new Error(`it has ended: ${text}`)), reject);
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function isInstalled(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
  }).output();
  return success;
}
