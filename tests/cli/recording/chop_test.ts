/**
 * `chop` finds planted faults in servers of others, and nothing in correct ones.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type Handler,
  serve,
  type ServeOptions,
  type Server,
} from "@parley/parley";
import { runClient } from "../../../cli/commands.ts";
import { Process } from "../../support/processes.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { freePort } from "../../support/ports.ts";

const SERVERS = new URL("./servers/", import.meta.url).pathname;

/** Recordings of these tests, which are gone afterwards. */
const FOLDER = await Deno.makeTempDir({ prefix: "parley-chop-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

async function isHere(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$1"', "sh", program],
    stdout: "null",
  }).output();
  return success;
}
const HAS = { python3: await isHere("python3"), node: await isHere("node") };

/** Starts a server of another language, which ends with the test. */
async function foreignServer(
  program: keyof typeof HAS,
  kind: string,
): Promise<{ readonly process: Process; readonly port: string }> {
  const file = program === "node" ? "server.cjs" : "server.py";
  const args = ["-c", 'exec "$@"', "sh", program, `${SERVERS}${file}`, kind];
  const process = new Process("sh", args);
  const [port] = await process.outputLine(/^\d+$/);
  return { process, port };
}

async function chop(
  to: string,
  ...args: string[]
): Promise<{ code: number; shown: string; told: string }> {
  const terminal = new RecordedTerminal();
  // On a busy machine an answer takes longer than the 2 s of the default.
  const patience = args.includes("--timeout") ? [] : ["--timeout", "1m"];
  const all = ["chop", to, ...args, ...patience];
  const code = await runClient(all, terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

const LENGTH = ["--frame", "length:4", "--message", "héllo"];
const LINES = ["--message", "one", "--message", "two"];

/** A server, what it is asked, and the lines that are shown. */
type Case = readonly [
  program: keyof typeof HAS,
  kind: string,
  args: readonly string[],
  shown: readonly RegExp[],
];

const CORRECT: readonly Case[] = [
  ["python3", "correct_length", LENGTH, [/^chop: 9 cuts, none changes/]],
  [
    "python3",
    "correct_length",
    [...LENGTH, "--message", "you"],
    [/^chop: 16 cuts, none changes/],
  ],
  ["python3", "correct_line", LINES, [/^chop: 7 cuts, none changes/]],
  [
    "python3",
    "correct_line",
    ["--message", "pairs", "--pairs"],
    [/^chop: 10 cuts, none changes/],
  ],
  ["node", "correctLength", LENGTH, [/^chop: 9 cuts, none changes/]],
  [
    "node",
    "endsAfterTheAnswer",
    ["--message", "hello"],
    [/^chop: 5 cuts, none changes/],
  ],
];

const FAULTY: readonly Case[] = [
  ["python3", "header_in_one_recv", LENGTH, [
    /^chop: 9 cuts, 3 change the answer$/,
    /^after bytes 1 to 3 of 10 \(inside the length\): no answer, the server/,
  ]],
  ["python3", "body_in_one_recv", LENGTH, [
    /^chop: 9 cuts, 5 change the answer$/,
    /^after bytes 5 to 9 of 10 \(inside the payload\): the answer differs at byte 1: expected "HéLLO", got "H"$/,
  ]],
  ["python3", "ends_with_delimiter", [...LINES, "--timeout", "1s"], [
    /^chop: 7 cuts, 1 changes the answer$/,
    /^after byte 4 of 8 \(between the delimiter and the payload\): the answer differs at byte 3: expected "ONE TWO", got "ONE"$/,
  ]],
  ["python3", "utf8_by_chunk", ["--message", "hé 🌮"], [
    /^chop: 8 cuts, 4 change the answer$/,
    /^after byte 2 of 9 \(inside the payload\): the answer differs at byte 1: expected "HÉ 🌮", got/,
    /^after bytes 5 to 7 of 9 \(inside the payload\): the answer differs/,
  ]],
  ["python3", "one_recv_is_one_message", ["--message", "hey"], [
    /^chop: 3 cuts, 3 change the answer$/,
    /^after bytes 1 to 2 of 4 \(inside the payload\): the answer differs at byte 1: expected "HEY", got "H"$/,
    /^after byte 3 of 4 \(between the payload and the delimiter\): one answer more: ""$/,
  ]],
  ["node", "lengthInOneChunk", [...LENGTH, "--timeout", "1s"], [
    /^chop: 9 cuts, 3 change the answer$/,
    /^after bytes 1 to 3 of 10 \(inside the length\): no answer/,
  ]],
  ["node", "textByChunk", [...LENGTH, "--timeout", "1s"], [
    /^chop: 9 cuts, 4 change the answer$/,
    /^after bytes 1 to 3 of 10 \(inside the length\): no answer/,
    /^after byte 6 of 10 \(inside the payload\): the answer differs at byte 1/,
  ]],
];

for (const [program, kind, args, shown] of [...CORRECT, ...FAULTY]) {
  const isFaulty = shown.length > 1;
  const why = HAS[program] ? "" : ` (${program} is not installed)`;
  Deno.test({
    name: `chop finds ${
      isFaulty ? "the fault" : "nothing"
    } in the server ${kind}, asked ${args.join(" ")}${why}`,
    ignore: !HAS[program],
    async fn() {
      const { port, process } = await foreignServer(program, kind);
      await using _ = process;
      // A busy machine lets a server wait for longer than the 5 ms that are usual.
      const result = await chop(port, ...args, "--pause", "150ms");
      assertEquals([result.code, result.told], [isFaulty ? 1 : 0, ""]);
      const lines = result.shown.split("\n");
      for (const [i, pattern] of shown.entries()) {
        assertMatch(lines[i]!, pattern);
      }
      // Behind them, the request with its parts.
      if (!isFaulty) assertEquals(lines.slice(1), [""]);
      else assertStringIncludes(result.shown, "\n\n00000000  ");
    },
  });
}

/** Runs a server while it is chopped. */
async function chopOurs(
  options: Pick<ServeOptions, "framing">,
  handler: Handler,
  ...args: string[]
): Promise<{ code: number; shown: string; told: string }> {
  await using server = await serve("tcp://127.0.0.1:0", options, handler);
  return await chop(String(server.address), ...args);
}

const echo: Handler = async (peer) => {
  for await (const message of peer) await peer.send(message);
};

for (const framing of ["length:2,le", "netstring", "slip", "json", "resp"]) {
  Deno.test(`chop finds nothing in our own server with ${framing}`, async () => {
    const message = framing === "resp" ? "$5\r\nhello\r\n" : '{"a":[1]}';
    const args = ["--frame", framing, "--message", message, "--pairs"];
    const { code, shown } = await chopOurs({ framing }, echo, ...args);
    assertEquals(code, 0, shown);
  });
}

Deno.test("chop --format json shows an object for each cut that changes the answer", async () => {
  const { code, shown, told } = await chopOurs(
    { framing: "raw" },
    echo,
    ...["--message", "hi", "--format", "json", "--frame-to-client", "raw"],
    ...["--timeout", "200ms"],
  );
  assertEquals([code, shown], [0, ""]);
  assertEquals(told, "chop: 2 cuts, 0 change the answer\n");
  const upper: Handler = async (peer) => {
    for await (const bytes of peer) {
      await peer.send(Uint8Array.of(0x30 + bytes.length, 10));
    }
  };
  const found = await chopOurs(
    { framing: "raw" },
    upper,
    ...["--message", "hi", "--format", "json"],
  );
  assertEquals(found.code, 1);
  assertEquals(found.shown.trim().split("\n").map((line) => JSON.parse(line)), [
    {
      cut: 1,
      part: "inside the payload",
      expected: "3",
      got: "1",
      end: 'the answer differs at byte 0: expected "3", got "1"',
    },
    {
      cut: 2,
      part: "between the payload and the delimiter",
      expected: "3",
      got: "2",
      end: 'the answer differs at byte 0: expected "3", got "2"',
    },
  ]);
});

Deno.test("chop takes the request of a recording, and waits for answers within it", async () => {
  const path = `${FOLDER}/recording`;
  // Greets, and answers the second line only after the first was answered.
  const polite: Handler = async (peer) => {
    await peer.send(new TextEncoder().encode("welcome"));
    await echo(peer);
  };
  await using server = await serve("tcp://127.0.0.1:0", polite);
  const address = String(server.address);
  const terminal = new RecordedTerminal({ input: ["one\n", "two\n"] });
  const record = ["--record", path];
  assertEquals(await runClient([address, ...record], terminal), 0);
  const { code, shown, told } = await chop(address, path);
  assertEquals([code, told], [0, ""], shown);
  assertMatch(shown, /^chop: [67] cuts, none changes the answer\n$/);
});

Deno.test("a conversation over WebSocket is recorded, played and chopped frame by frame", async () => {
  const path = `${FOLDER}/websocket`;
  await using server = await serve("ws://127.0.0.1:0/", echo);
  const address = String(server.address);
  const terminal = new RecordedTerminal();
  const args = [address, "hello", "--record", path];
  assertEquals(await runClient(args, terminal), 0, terminal.told);
  const played = new RecordedTerminal();
  const replay = ["replay", path, address, "--expect", "--cut", "bytewise"];
  assertEquals([await runClient(replay, played), played.shown], [0, ""]);
  const { code, shown, told } = await chop(address, path);
  assertEquals(code, 0, shown + told);
  // In a frame of 11 bytes, and in the one of 8 that closes after the answer.
  assertEquals(shown, "chop: 17 cuts, none changes the answer\n");
});

Deno.test("chop ends with 2 when a pattern of --ignore takes too long", async () => {
  const hostile = `${"a".repeat(60)}!`;
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { encoding: "text" },
    async (peer) => {
      for await (const _ of peer) await peer.send(hostile);
    },
  );
  const to = String(server.address);
  const slow = ["--ignore", "/^(?=a)(a+)+$/", "--message", "one"];
  const { code, told } = await chop(to, ...slow);
  assertEquals(code, 2, told);
  assertMatch(
    told,
    /^parley-client: --ignore: messages cannot be compared without .*: the search was given up after 500 ms, as .*\n$/,
  );
});

Deno.test("chop looks again when the end of the first answer came late", async () => {
  const second = Promise.withResolvers<void>();
  let connections = 0;
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "line" },
    async (peer) => {
      const isFirst = ++connections === 1;
      if (!isFirst) second.resolve();
      for await (const line of peer) {
        await peer.send(line);
        if (isFirst) await second.promise;
        return;
      }
    },
  );
  const to = String(server.address);
  const { code, shown, told } = await chop(to, "--message", "one");
  assertEquals([code, shown, told], [
    0,
    "chop: 3 cuts, none changes the answer\n",
    "",
  ]);
  // The late one, the one that differs, the one that confirms it, and the cuts.
  assertEquals(connections, 6);
});

Deno.test("chop refuses an answer that changes by itself, unless it is ignored", async () => {
  let answers = 0;
  const counting: Handler = async (peer) => {
    for await (const _ of peer) {
      await peer.send(new TextEncoder().encode(`answer ${++answers}`));
    }
  };
  const args = ["--message", "hi"];
  const { code, told } = await chopOurs({}, counting, ...args);
  assertEquals(code, 1);
  assertMatch(
    told,
    /^parley-client: the answer changes by itself: the answer differs at byte 7: expected "answer 1", got "answer 2"; leave out what changes with --ignore\n$/,
  );
  const ignored = await chopOurs({}, counting, ...args, "--ignore", "/\\d+/");
  assertEquals(ignored.code, 0);
});

Deno.test("chop says when the whole request has no answer, with exit 124", async () => {
  const silent: Handler = async (peer) => {
    for await (const _ of peer);
  };
  const args = ["--message", "hi", "--timeout", "100ms"];
  const { code, told } = await chopOurs({}, silent, ...args);
  assertEquals(code, 124);
  assertEquals(
    told,
    "parley-client: there is no answer to the whole request within 100 ms; check --frame, or allow more with --timeout\n",
  );
});

Deno.test("chop says when the server ends without an answer, or the answer does not fit", async () => {
  const args = ["--message", "hi", "--timeout", "100ms"];
  const ending = await chopOurs({}, () => {}, ...args);
  assertEquals([ending.code, ending.shown], [8, ""]);
  assertMatch(
    ending.told,
    /ends the connection without an answer to the whole/,
  );
  const other = await chopOurs(
    {},
    echo,
    ...args,
    "--frame-to-client",
    "netstring",
  );
  assertEquals([other.code, other.shown], [7, ""]);
  assertMatch(other.told, /the whole request does not fit netstring; choose/);
});

Deno.test("chop says when nothing listens there, with exit 4", async () => {
  const port = freePort();
  const { code, told } = await chop(`${port}`, "--message", "hi");
  assertEquals(code, 4);
  assertMatch(told, /cannot connect to .*: connection refused/);
});

Deno.test("chop stops when the server is gone, and shows what it found", async () => {
  const server: Server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw" },
    async (peer): Promise<void> => {
      for await (const bytes of peer) {
        // Half a message ends the server, as an error that is not caught does.
        if (bytes.at(-1) !== 10) {
          return server.shutdown({
            graceMs: 0,
          }) as never;
        }
        await peer.send(bytes);
      }
    },
  );
  const args = ["--message", "hi", "--connections", "1", "--timeout", "300ms"];
  const { code, shown, told } = await chop(String(server.address), ...args);
  await server.finished;
  assertEquals(code, 1);
  assertMatch(shown, /^chop: 0 cuts|^chop: 1 cut, 1 changes the answer/);
  assertMatch(
    told,
    /stopped after [01] cuts: cannot connect to .*; perhaps the/,
  );
});

Deno.test("chop reports how far it is on a terminal alone", async () => {
  await using server = await serve("tcp://127.0.0.1:0", echo);
  const terminal = new RecordedTerminal({ isTerminal: { errors: true } });
  const args = ["--message", "x".repeat(100)];
  const to = String(server.address);
  assertEquals(await runClient(["chop", to, ...args], terminal), 0);
  const lines = terminal.told.replaceAll("\x1b[K", "").split("\r");
  assertEquals([lines[0], lines.at(-1)], ["", ""]);
  for (const line of lines.slice(1, -1)) {
    assertMatch(line, /^\d+ of 100 cuts, 0 change the answer$/);
  }
  assertEquals(lines.length > 3, true);
});

/** Answers frames of WebSocket, each read as if it was one whole frame. */
async function takesReadsForFrames(listener: Deno.Listener): Promise<void> {
  for await (const conn of listener) {
    void (async () => {
      const into = new Uint8Array(1000);
      const read = async () => {
        const count = await conn.read(into).catch(() => null);
        return count === null ? undefined : into.slice(0, count);
      };
      const head = new TextDecoder().decode(await read());
      const key = /sec-websocket-key: (\S+)/i.exec(head)![1]!;
      const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const hash = await crypto.subtle.digest(
        "SHA-1",
        new TextEncoder().encode(text),
      );
      const answer = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${new Uint8Array(hash).toBase64()}`,
      ];
      await conn.write(
        new TextEncoder().encode(`${answer.join("\r\n")}\r\n\r\n`),
      );
      for (let frame; (frame = await read()) !== undefined;) {
        const payload = frame.subarray(6);
        const clear = payload.map((byte, i) => byte ^ frame![2 + (i & 3)]!);
        await conn.write(Uint8Array.of(0x81, clear.length, ...clear));
      }
      conn.close();
    })().catch(() => {});
  }
}

Deno.test("chop cuts the frames of WebSocket, and finds a server that takes a read for a frame", async () => {
  const args = ["--message", "hello", "--timeout", "500ms"];
  const quiet = { onEvent: () => {} };
  await using server = await serve("ws://127.0.0.1:0", quiet, async (peer) => {
    for await (const message of peer) await peer.send(message);
  });
  const correct = await chop(String(server.address), ...args);
  assertEquals([correct.code, correct.told], [0, ""]);
  assertMatch(correct.shown, /^chop: 10 cuts, none changes the answer/);

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listening = takesReadsForFrames(listener);
  const faulty = await chop(`ws://127.0.0.1:${listener.addr.port}`, ...args);
  assertEquals(faulty.code, 1, faulty.told);
  assertMatch(faulty.shown, /^chop: 10 cuts, 10 change the answer/);
  assertStringIncludes(faulty.shown, "payload, masked");
  listener.close();
  await listening;
});

/** Command lines that are refused before anything is opened. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["chop", /there is no address/],
  ["chop 7342", /there is no request; write --message TEXT/],
  ["chop 7342 x --message y", /either --message or a recording/],
  ["chop 7342 x y", /"y" is one operand too many/],
  ["chop udp:7342 --message x", /a datagram arrives whole or not at all/],
  ["chop ws://a/ --message x --frame line", /--frame means nothing over WebS/],
  ["chop line@ws://a/ --message x", /line@ means nothing at ws:/],
  ["chop 7342 --message x --connection 2", /--connection is for a recording/],
  ["chop 7342 --message= --frame raw", /a request of 0 bytes cannot be cut/],
  ["chop 7342 --message x --pairs", /of 2 bytes cannot be cut in three/],
  [
    "chop 7342 --message x --connections 0",
    /--connections: "0" is not a whole/,
  ],
  ["chop 7342 --message x --pause fast", /--pause: "fast" is not a duration/],
  ["chop 7342 --message xyz --frame fixed:2", /^parley-client: --message: /],
];

for (const [line, said] of REFUSED) {
  Deno.test(`parley-client ${line} is refused`, async () => {
    const terminal = new RecordedTerminal();
    const code = await runClient(line.split(" "), terminal);
    assertEquals(code, line.includes("fixed") ? 7 : 2);
    assertMatch(terminal.told, said);
  });
}
