/**
 * `load` on a command line: what it shows, its exit codes, and what it refuses.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { serve, type Server } from "@parley/parley";
import { type LoadSummary, readLoadSummary } from "@parley/parley/load";
import { encodeEvent, encodeHead } from "@parley/parley/recording";
import { serveHttp } from "@parley/parley/http";
import { runClient } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { SUMMARY } from "../../load/example_summary.ts";

/** Files of these tests, which are gone afterwards. */
const FOLDER = await Deno.makeTempDir({ dir: "/tmp", prefix: "parley-load-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const SHORT = ["--duration", "100ms", "--warm-up", "0s"];

interface Ran {
  readonly code: number;
  readonly shown: string;
  readonly told: string;
}

async function load(
  args: readonly string[],
  terminal = new RecordedTerminal(),
): Promise<Ran> {
  const code = await runClient(["load", ...args], terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

async function summaryOf(args: readonly string[]): Promise<LoadSummary> {
  const { shown } = await load([...args, "--format", "json"]);
  return readLoadSummary(shown);
}

function echoing(
  framing = "length:4",
  received: string[] = [],
): Promise<Server> {
  return serve("tcp://127.0.0.1:0", { framing }, async (peer) => {
    for await (const message of peer) {
      if (received.length < 20) {
        received.push(new TextDecoder().decode(message));
      }
      await peer.send(message);
    }
  });
}

function file(name: string, text: string): string {
  const path = `${FOLDER}/${name}`;
  Deno.writeTextFileSync(path, text);
  return path;
}

Deno.test("load shows a closed loop, and says that its latency hides stalls", async () => {
  await using server = await echoing();
  const { code, shown, told } = await load([
    ...[`length:4@127.0.0.1:${server.address.port}`, "--check", "same"],
    ...[...SHORT, "--connections", "2"],
  ]);
  assertEquals([code, told], [0, ""]);
  assertMatch(
    shown,
    /^load on tcp:\/\/127\.0\.0\.1:\d+ \(length:4\): closed loop over 2 connections, at most 1 in flight on each\n[\d,]+ messages of 64 B in \d\.\d s: /,
  );
  assertMatch(shown, /\n {2,}min +p50 +p90 +p99 +p99\.9 +max\nlatency +\d/);
  assertStringIncludes(shown, "A closed loop hides stalls in its latency");
  assertMatch(shown, /\nerrors: none\n$/);
});

Deno.test("load shows an open loop with its service time, and how late the generator was", async () => {
  await using server = await echoing();
  const { code, shown } = await load([
    ...[`${server.address}`, "--frame", "length:4", "--count", "100"],
    ...["--warm-up", "0s", "--rate", "1k/s"],
    ...["--limit", "p50=1m", "--limit", "max=1m"],
  ]);
  assertEquals(code, 0, shown);
  assertStringIncludes(shown, "open loop, 1,000/s over 1 connection, at most");
  assertMatch(shown, /\n100 messages of 64 B in /);
  assertMatch(
    shown,
    /\nlatency .* since it was to be sent\nservice .* since it was sent\n/,
  );
  assertMatch(shown, /\ngenerator late: p50 \S+ \w+, p99 /);
  assertMatch(
    shown,
    /\np50 is .*, the limit 60\.0 s: kept\nmax is .*: kept\n$/,
  );
});

Deno.test("load prints the summary, and nothing else, as JSON", async () => {
  await using server = await echoing();
  const summary = await summaryOf([
    ...[`${server.address}`, "--frame", "length:4", "--size", "10-20"],
    ...["--in-flight", "3", "--count", "50", "--warm-up", "0s", "--seed", "7"],
  ]);
  assertEquals(summary.messages, 50);
  const { parameters } = summary;
  assertEquals(
    [parameters.minMessage_bytes, parameters.maxMessage_bytes, parameters.seed],
    [10, 20, 7],
  );
  assertEquals([parameters.framing, parameters.inFlight], ["length:4", 3]);
});

Deno.test("load exits 1 above a limit", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    for await (const message of peer) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await peer.send(message);
    }
  });
  const { code, shown } = await load([
    ...[`${server.address}`, ...SHORT, "--limit", "p50=19ms"],
  ]);
  assertEquals(code, 1);
  assertMatch(shown, /\np50 is .* ms, the limit 19\.0 ms: broken\n$/);
});

Deno.test("load exits 1 and says which errors there were", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    for await (const _ of peer) await peer.send(Uint8Array.of(120));
  });
  const { code, shown } = await load([
    ...[`${server.address}`, ...SHORT, "--check", "same"],
  ]);
  assertEquals(code, 1);
  assertMatch(
    shown,
    /\nno message was answered in the measured time\nerrors: [\d,]+ wrong\n$/,
  );
});

Deno.test("load names the framing as the likely cause when no answer comes", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "length:4", onEvent: () => {} },
    async (peer) => {
      for await (const message of peer) await peer.send(message);
    },
  );
  const { code, shown } = await load([
    ...[`${server.address}`, "hello", "--frame", "line", ...SHORT],
  ]);
  assertEquals(code, 1);
  assertMatch(
    shown,
    /\nno message was answered in the measured time; check that the server uses --frame line, too, and answers each message\nerrors: \d+ ended\n$/,
  );
});

Deno.test("load sends the MESSAGEs in turn, on every connection", async () => {
  const received: string[] = [];
  await using server = await echoing("line", received);
  const { code } = await load([
    ...[`${server.address}`, "one", "two", "--check", "same"],
    ...["--count", "4", "--warm-up", "0s"],
  ]);
  assertEquals([code, received], [0, ["one", "two", "one", "two"]]);
});

Deno.test("load sends the lines of a file, or of standard input", async () => {
  const path = file("lines.txt", "first\nsecond\r\n\nlast");
  for (const from of [path, "-"]) {
    const received: string[] = [];
    await using server = await echoing("length:4", received);
    const input = ["first\nsec", "ond\r\n\nlast"];
    const { code } = await load([
      ...[`${server.address}`, "--frame", "length:4", "--messages", from],
      ...["--count", "5", "--warm-up", "0s"],
    ], new RecordedTerminal({ input }));
    assertEquals(code, 0);
    assertEquals(received, ["first", "second", "", "last", "first"]);
  }
});

Deno.test("load sends what a recording sent to the server, in its framing", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const chunk = (to: "server" | "client", text: string) =>
    encodeEvent({ t: 0.1, connection: 1, to, bytes: bytes(text) });
  const path = file(
    "session.jsonl",
    [
      encodeHead({ at: new Date(), frameToServer: "netstring" } as never),
      chunk("server", "3:o"),
      chunk("client", "9:elsewhere,"),
      chunk("server", "ne,3:two,"),
    ].map((line) => `${line.trimEnd()}\n`).join(""),
  );
  const received: string[] = [];
  await using server = await echoing("netstring", received);
  const { code, told } = await load([
    ...[`${server.address}`, "--messages", path],
    ...["--count", "3", "--warm-up", "0s"],
  ]);
  assertEquals([code, told], [0, ""]);
  assertEquals(received, ["one", "two", "one"]);
});

Deno.test("load asks a web server, with a body if one is given", async () => {
  const asked: string[] = [];
  await using server = await serveHttp(
    "tcp://127.0.0.1:0",
    {},
    async (request) => {
      const { headers, method } = request;
      asked.push(`${method} ${headers.get("x-a")} ${await request.text()}`);
      return new Response("ok", { status: method === "PUT" ? 500 : 200 });
    },
  );
  const url = `http://127.0.0.1:${server.address.port}/a`;
  const once = ["--count", "1", "--warm-up", "0s"];
  const { code, shown } = await load([url, ...once, "-H", "X-A: 1"]);
  assertEquals(code, 0);
  assertMatch(
    shown,
    /^load on http:\/\/127\.0\.0\.1:\d+\/a \(GET\): closed loop over 1 connection\n1 request in /,
  );
  await load([url, ...once, "--data", "hello"]);
  const put = await load([url, ...once, "-X", "put", "--data", "x"]);
  assertEquals(put.code, 1);
  assertStringIncludes(put.shown, "errors: 1 status");
  assertEquals(asked, ["GET 1 ", "POST null hello", "PUT null x"]);
});

Deno.test("load --compare puts an earlier run beside this one", async () => {
  await using server = await echoing();
  const before = file("before.json", JSON.stringify(SUMMARY));
  const args = [`${server.address}`, "--frame", "length:4", ...SHORT];
  const { code, shown } = await load([...args, "--compare", before]);
  assertEquals(code, 0);
  assertStringIncludes(shown, `compared with ${before}, of 2026-11-26T08:00`);
  assertMatch(shown, / before +now +change\nper second +20,000 +[\d,]+ /);
  assertMatch(shown, /\nlatency p99 +400 us +\d/);
  assertMatch(shown, /\nerrors +2 +0 +-100 %\n/);
  assertStringIncludes(
    shown,
    "differ in more than the server: loop open, now closed, connections 4, now 1",
  );
  const json = await load([
    ...[...args, "--compare", before, "--format", "json"],
  ]);
  readLoadSummary(json.shown);
  assertStringIncludes(json.told, "compared with");
});

Deno.test("load --hdr writes what HdrHistogram's plotters read", async () => {
  await using server = await echoing();
  const path = `${FOLDER}/run.hdr`;
  const { code } = await load([
    ...[`${server.address}`, "--frame", "length:4", "--count", "200"],
    ...["--warm-up", "0s", "--hdr", path],
  ]);
  assertEquals(code, 0);
  const text = await Deno.readTextFile(path);
  const [head, blank, ...lines] = text.trimEnd().split("\n");
  assertEquals(head, "       Value     Percentile TotalCount 1/(1-Percentile)");
  assertEquals(blank, "");
  const rows = lines.filter((line) => !line.startsWith("#"))
    .map((line) => line.trim().split(/ +/).map(Number));
  assert(rows.length > 20);
  for (const [at, [value, share, count, inverse]] of rows.entries()) {
    const before = rows[at - 1] ?? [0, -1, 0];
    assert(value! >= before[0]! && share! > before[1]! && count! >= before[2]!);
    if (inverse !== undefined) {
      assert(Math.abs(inverse - 1 / (1 - share!)) < 0.01 * inverse);
    }
  }
  assertEquals(rows.at(-1)!.slice(1), [1, 200]);
  assertMatch(text, /#\[Max {5}= +[\d.]+, Total count {4}= +200\]/);
});

Deno.test("load that is interrupted shows its progress, and what was measured until then", async () => {
  await using server = await echoing();
  const terminal = new RecordedTerminal({ isTerminal: { errors: true } });
  const ran = load([
    ...[`${server.address}`, "--frame", "length:4"],
    ...["--duration", "1m", "--warm-up", "0s"],
  ], terminal);
  await terminal.until(
    /\r\d+\.\d s: [\d,]+ messages, [\d,.]+\/s, p50 .*, p99 /,
  );
  terminal.send("SIGINT");
  const { code, shown, told } = await ran;
  assertEquals(code, 130);
  assert(told.endsWith("\r\x1b[K"));
  assertStringIncludes(shown, "stopped early: this is what was measured");
  assertMatch(shown, /\nlatency +\d/);
});

Deno.test("load --quiet shows no progress", async () => {
  await using server = await echoing();
  const { told } = await load([
    ...[`${server.address}`, "--frame", "length:4", "--quiet"],
    ...["--duration", "250ms", "--warm-up", "0s"],
  ], new RecordedTerminal({ isTerminal: { errors: true } }));
  assertEquals(told, "");
});

/** Command lines that are refused, and why. Nothing listens at port 1. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /there is no address; write for example: load 7342/],
  [
    ["1", "--rate", "20q/s"],
    /--rate: "20q\/s", column 3: "q\/s" is not a unit/,
  ],
  [["1", "--limit", "p99"], /--limit: "p99", column 4: there is no duration/],
  [["1", "--size", "9-1"], /--size: "9-1", column 3: the second size/],
  [["1", "--duration", "5"], /--duration: "5" is not a duration/],
  [["1", "--count", "0"], /--count: "0" is not a whole number/],
  [["1", "--check", "all"], /--check: there is no "all"/],
  [
    ["1", "--fraem", "line"],
    /there is no option --fraem \(did you mean --frame\?\)/,
  ],
  [["nonsense:x"], /nonsense:x/],
  [["ftp://a"], /its scheme must be/],
  [["1", "a", "--size", "5"], /MESSAGE and --size both say what is sent/],
  [["1", "--size", "5", "--messages", "x"], /--size and --messages both say/],
  [["1", "a", "--seed", "5"], /--seed is for messages that are made/],
  [["http://me:secret@a/"], /write --header 'Authorization: Basic/],
  [["http://127.0.0.1:1/", "a"], /"a" is one operand too many; .* --data/],
  [["http://127.0.0.1:1/", "--frame", "line"], /HTTP itself says where/],
  [["http://127.0.0.1:1/", "--in-flight", "2"], /a request waits for its/],
  [["http://127.0.0.1:1/", "--check", "none"], /the response is awaited/],
  [["https://127.0.0.1:1/", "--alpn", "h2"], /--alpn means nothing over HTTP/],
  [["1", "--data", "x"], /--data is for HTTP/],
  [["udp:1", "--frame", "line"], /one datagram is one message/],
  [["udp:1", "--proxy-protocol"], /there is no connection/],
  [["ws://127.0.0.1:1", "--proxy-protocol"], /--proxy-protocol/],
  [["1", "--ca", "x"], /--ca is for TLS/],
  [["1", "--workers", "2"], /--workers of 2: there are fewer connections: 1/],
  [
    ["1", "--check", "none", "--limit", "p99=1s"],
    /--limit of "p99": without answers/,
  ],
  [["1", "--frame", "fixed:8"], /fixed:8|8 bytes/],
  [["1", "--size", "2MiB"], /--max-message/],
];

for (const [args, message] of REFUSED) {
  Deno.test(`load ${args.join(" ")} is refused, and nothing is opened`, async () => {
    const { code, shown, told } = await load(args);
    assertEquals([code, shown], [2, ""], told);
    assertMatch(told, message);
  });
}

Deno.test("load refuses files that are not what they should be", async () => {
  const failing = async (args: readonly string[]) => {
    const { code, shown, told } = await load(["1", ...args]);
    assertEquals(shown, "");
    return [code, told] as const;
  };
  const at = (name: string, text: string) => file(name, text);
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["--compare", `${FOLDER}/none`], 9, /cannot read .*none: /],
    [["--compare", at("a.json", "{")], 2, /--compare .*a\.json: .*not JSON/],
    [
      ["--compare", at("b.json", JSON.stringify({ ...SUMMARY, version: 2 }))],
      2,
      /it is version 2, and this program reads version 1/,
    ],
    [["--messages", `${FOLDER}/none`], 9, /cannot read/],
    [["--messages", FOLDER], 9, /cannot read/],
    [["--messages", at("empty", "")], 2, /empty: there is no line/],
    [
      [
        "--messages",
        at(
          "bare.jsonl",
          '{"format":"parley-recording","version":1,"at":"2026-11-26T08:00:00Z"}\n',
        ),
      ],
      2,
      /say it with --frame/,
    ],
    [
      ["--hdr", FOLDER],
      9,
      /cannot write \S+: it is a folder; give another --hdr/,
    ],
    [
      ["--hdr", `${FOLDER}/none/x`],
      9,
      /cannot write \S+none.x: there is no such folder; give another --hdr/,
    ],
    [["--fault", "delay:1s"], 2, /no option --fault: put tap in between/],
    [["-c", "10"], 2, /there is no option -c: write: --connections N/],
    [
      ["--messages", "-", "--compare", "-"],
      2,
      /--compare and --messages both read standard input; name a file/,
    ],
    // Where no file can be made is found out before the run, too.
    [["--hdr", "/proc/x"], 9, /cannot write .proc.x: /],
    [["--hdr", ""], 2, /--hdr needs the name of a file/],
    [["--hdr", "-"], 2, /--hdr needs the name of a file/],
    [["--hdr", "a", "--compare", "a"], 2, /--hdr and --compare name the same/],
    [["--hdr", "a", "--report", "a"], 2, /--report and --hdr name the same/],
  ];
  for (const [args, code, message] of cases) {
    const [got, told] = await failing(args);
    assertEquals(got, code, told);
    assertMatch(told, message);
  }
});

Deno.test("load leaves an earlier file as it is if it cannot run", async () => {
  const folder = `${FOLDER}/kept`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/run.hdr`, "earlier");
  const files = ["--hdr", `${folder}/run.hdr`, "--report", `${folder}/new`];
  const { code, told } = await load(["127.0.0.1:1", ...SHORT, ...files]);
  assertEquals(code, 4, told);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assertEquals(names, ["run.hdr"]);
  assertEquals(await Deno.readTextFile(`${folder}/run.hdr`), "earlier");
});

Deno.test("load exits 4 if it cannot connect, and 3 if there is no such name", async () => {
  const { code, shown, told } = await load(["127.0.0.1:1", ...SHORT]);
  assertEquals([code, shown], [4, ""]);
  assertMatch(told, /connection refused/);
});
