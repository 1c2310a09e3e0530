/**
 * `wait` with real servers.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Handler, serve } from "@parley/parley";
import { serveDatagrams } from "@parley/parley/udp";
import { runClient } from "../../../cli/commands.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { freePort } from "../../support/ports.ts";

const echo: Handler = async (connection) => {
  for await (const message of connection) await connection.send(message);
};

// The time is over long after the second attempt has ended.
const SHORT = ["--timeout", "1s", "--every", "600ms"];

async function waitWith(...args: readonly string[]) {
  const terminal = new RecordedTerminal();
  const code = await runClient(["wait", ...args], terminal);
  assertEquals(terminal.shown, "");
  return { code, told: terminal.told };
}

function web(handler: () => Response) {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    handler,
  );
}

Deno.test("wait ends with 0 when every address is there: TCP, Unix, WebSocket, UDP, HTTP", async () => {
  const path = `${await Deno.makeTempDir()}/wait.sock`;
  await using server = await serve(
    ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/chat", `unix:${path}`],
    {},
    echo,
  );
  await using udp = await serveDatagrams(
    "udp://127.0.0.1:0",
    {},
    (message, from, socket) => socket.send(message, from),
  );
  await using page = web(() => Response.redirect("http://a.test/"));
  const addresses = [
    ...server.addresses.map(String),
    String(udp.address),
    `http://127.0.0.1:${page.addr.port}/`,
  ];
  const bare = await waitWith(...addresses);
  assertEquals(bare.code, 0, bare.told);
  for (const address of addresses) {
    assertMatch(
      bare.told,
      new RegExp(`^${RegExp.escape(address)} is ready`, "m"),
    );
  }
  const asked = ["--send", "ping", "--expect", "/^ping$/"];
  const { code, told } = await waitWith(...addresses.slice(0, -1), ...asked);
  assertEquals(code, 0, told);
  assertEquals(
    await waitWith(addresses[0]!, "--quiet"),
    { code: 0, told: "" },
  );
});

Deno.test("wait goes on until a server has started that was not there", async () => {
  const port = freePort();
  const running = waitWith(`${port}`, "--every", "5ms");
  await using server = await serve(`tcp://127.0.0.1:${port}`, {}, echo);
  assertEquals((await running).code, 0);
  assertEquals(server.address.port, port);
});

Deno.test("wait ends with 124 and says for each address how often what came, and the last reason", async () => {
  const [one, two] = [freePort(), freePort()];
  await using server = await serve("tcp://127.0.0.1:0", {}, echo);
  const there = String(server.address);
  const [single, several, json] = await Promise.all([
    waitWith(`${one}`, ...SHORT),
    waitWith(`${one}`, there, `${two}`, ...SHORT),
    waitWith(`${one}`, `${two}`, ...SHORT, "--log", "json"),
  ]);
  assertEquals(single.code, 124);
  assertMatch(
    single.told,
    /^parley-client: tcp:\S+ is not ready after 1 s \(--timeout\): refused (once|\d times); last: connection refused, nothing is listening there\n$/,
  );
  assertEquals(several.code, 124);
  assertMatch(several.told, new RegExp(`^tcp:.*:${one} is not ready: r`, "m"));
  assertMatch(several.told, new RegExp(`^tcp:.*:${two} is not ready: r`, "m"));
  assertMatch(
    several.told,
    /\nparley-client: 2 of 3 addresses are not ready after 1 s/,
  );
  const [first] = json.told.split("\n").map((line) => JSON.parse(line || "{}"));
  assertEquals(first.event, "not_ready");
  assertEquals(Object.keys(first.reasons), ["refused"]);
});

Deno.test("wait takes another answer, a page that fails and silence for a server that is not ready", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, echo);
  await using page = web(() => new Response("starting", { status: 503 }));
  await using empty = await serve("tcp://127.0.0.1:0", {}, () => {});
  const url = `http://127.0.0.1:${page.addr.port}/`;
  // The time is over long after the second attempt has ended.
  const short = ["--timeout", "2s", "--every", "1200ms"];
  await Promise.all(
    ([
      [
        [String(server.address), "--send", "a\\x09b", "--expect", "pong"],
        /another answer \S+.*; last: it sent "a\\tb", which --expect does not match/,
      ],
      [[String(server.address), "--expect", "x"], /unanswered .*no answer/],
      [[String(empty.address), "--expect", ""], /closed .*without an answer/],
      [[url], /status 503 .*; last: it answered 503 Service Unavailable/],
    ] as const).map(async ([args, told]) => {
      const late = await waitWith(...args, ...short);
      assertEquals(late.code, 124, late.told);
      assertMatch(late.told, told);
    }),
  );
});

Deno.test("wait says how much came of an answer in another framing", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw" },
    async (connection) => {
      await connection.send(new TextEncoder().encode("OK fine\n"));
      await connection.receive();
      await connection.receive();
    },
  );
  const { code, told } = await waitWith(
    ...[`length:2@${server.address}`, "--send", "hi", "--timeout", "1s"],
    ...["--attempt-timeout", "300ms"],
  );
  assertEquals(code, 124);
  assertMatch(
    told,
    /: unanswered .*; last: no whole answer: 8 of its 20,301 bytes arrived; check --frame\n$/,
  );
});

Deno.test("wait reads bytes that no framing ends with --frame raw, however they come", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw" },
    async (connection) => {
      for (const piece of ["lo", "gi", "n: "]) {
        await connection.send(new TextEncoder().encode(piece));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await connection.receive();
    },
  );
  const address = String(server.address);
  const raw = ["--frame", "raw", "--expect", "login: "];
  assertEquals((await waitWith(address, ...raw)).code, 0);
});

Deno.test("wait asks each address in the framing before its @, otherwise in that of --frame", async () => {
  await using netstrings = await serve(
    "tcp://127.0.0.1:0",
    { framing: "netstring" },
    echo,
  );
  await using lengths = await serve(
    "tcp://127.0.0.1:0",
    { framing: "length:4" },
    echo,
  );
  const { code, told } = await waitWith(
    `netstring@${netstrings.address.port}`,
    String(lengths.address),
    ...["--frame", "length:4", "--send", "a\\nb", "--expect", "/^a\nb$/"],
  );
  assertEquals(code, 0, told);
});

Deno.test("wait looks for --expect in the page", async () => {
  await using page = web(() => new Response('{"status":"green"}'));
  const url = `http://127.0.0.1:${page.addr.port}/health`;
  assertEquals((await waitWith(url, "--expect", "/green|yellow/")).code, 0);
  const red = await waitWith(url, "--expect", "red", ...SHORT);
  assertEquals(red.code, 124);
  assertMatch(red.told, /it sent "\{\\?"status\\?":/);
});

Deno.test("wait --gone ends when nothing is there any more", async () => {
  const server = await serve("tcp://127.0.0.1:0", {}, echo);
  const address = String(server.address);
  const there = await waitWith(address, "--gone", ...SHORT);
  assertEquals(there.code, 124);
  assertMatch(there.told, /is not gone after 1 s .*: ready /);
  const running = waitWith(address, "--gone", "--every", "5ms");
  await server.shutdown();
  const { code, told } = await running;
  assertEquals(code, 0);
  assertMatch(told, /is gone after .*: (connection refused|the peer reset)/);
});

Deno.test({
  name:
    "wait knows a server by its handshake, and ends at once with a wrong certificate",
  ignore: !hasOpenssl,
  fn: async () => {
    const { ca, server: pair } = await certificates();
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, ca);
    const failed = Promise.withResolvers<void>();
    const onEvent = ({ type }: { type: string }) => {
      if (type === "handshake_failed") failed.resolve();
    };
    const options = { ...pair, onEvent };
    await using server = await serve("tls://127.0.0.1:0", options, echo);
    const { port } = server.address;
    const address = `tls://localhost:${port}`;
    const asked = ["--send", "hi", "--expect", "hi"];
    const good = await waitWith(address, "--ca", file, ...asked);
    assertEquals(good.code, 0, good.told);
    const wrong = await waitWith(address, "--timeout", "1h", `${freePort()}`);
    assertEquals(wrong.code, 6, wrong.told);
    assertMatch(wrong.told, /not trusted here.*--ca/);
    await failed.promise;
    await Deno.remove(file);
  },
});

Deno.test("wait ends at Ctrl-C, and refuses what cannot be", async () => {
  const terminal = new RecordedTerminal();
  const args = ["wait", `${freePort()}`, "--timeout", "none", "--verbose"];
  const running = runClient(args, terminal);
  await terminal.until(/^tcp:\S+: connection refused/);
  terminal.send("SIGINT");
  assertEquals(await running, 130);
  for (
    const [args, told] of [
      [["7", "0"], /port 0 is only for listening/],
      [["7", "ftp://x"], /its scheme must be/],
      [["7", "http://"], /no host/],
      [["7", "http://me:secret@a/"], /logged wherever it goes; leave it out/],
      [["7", "--every", "0s"], /out of range/],
      [["7", "--expect", "/(/"], /is not a regular expression/],
      [["7", "--retry", "5s"], /tries again by itself, .* --timeout 30s/],
      [["7", "--interval", "1s"], /no option --interval: .* --every 1s/],
      [["7", "-t", "5"], /no option -t: .*--timeout 30s/],
      [["7", "--ca", "x"], /--ca is for TLS/],
      [["7", "--send", "a\\qb"], /cannot read escape/],
      [["http://a/", "--send", "x"], /--send means nothing over HTTP/],
      [["udp:7", "--frame", "line"], /--frame means nothing over UDP/],
    ] as const
  ) {
    const { code, told: said } = await waitWith(...args);
    assertEquals(code, 2, said);
    assertMatch(said, told);
  }
  assertEquals((await waitWith("7", "--send", "a\\nb")).code, 7);
  assertEquals((await waitWith()).code, 2);
});

Deno.test("wait ends with 2 when the regular expression of --expect takes too long", async () => {
  const hostile = `${"a".repeat(60)}!`;
  const text = { encoding: "text" } as const;
  await using server = await serve(
    "tcp://127.0.0.1:0",
    text,
    (peer) => peer.send(hostile),
  );
  await using udp = await serveDatagrams(
    "udp://127.0.0.1:0",
    text,
    (_message, from, socket) => socket.send(hostile, from),
  );
  await using page = web(() => new Response(hostile));
  for (
    const address of [
      String(server.address),
      String(udp.address),
      `http://127.0.0.1:${page.addr.port}/`,
    ]
  ) {
    const slow = "/^(?=a)(a+)+$/";
    const { code, told } = await waitWith(address, "--expect", slow);
    assertEquals(code, 2, told);
    assertMatch(
      told,
      /^parley-client: cannot search with .*: the search was given up after 500 ms, as .*\n$/,
    );
  }
});
