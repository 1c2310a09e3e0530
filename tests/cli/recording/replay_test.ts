/**
 * Recordings are played back, by either side, cut or whole, and compared.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, type Handler, serve } from "@parley/parley";
import { encodeEvent, encodeHead } from "@parley/parley/recording";
import { runClient, runServer } from "../../../cli/commands.ts";
import { FORMATS } from "../../../lib/framing/formats.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { freePort } from "../../support/ports.ts";

const UTF8 = new TextEncoder();

/** All recordings of these tests, which are gone afterwards. */
const FOLDER = await Deno.makeTempDir({ prefix: "parley-replay-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** One thing that happens in a recording that a test writes. */
type Step =
  | readonly [seconds: number, to: "server" | "client", text: string]
  | readonly [seconds: number, event: "open" | "close" | "reset"]
  | readonly [seconds: number, event: "end", to: "server" | "client"];

/** Writes a recording of connections and gives its path. */
async function recorded(
  frame: string | undefined,
  ...connections: readonly (readonly Step[])[]
): Promise<string> {
  const path = await Deno.makeTempFile({ dir: FOLDER });
  const at = new Date(0);
  const lines = connections.flatMap((steps, i) =>
    steps.map(([t, what, text]) => {
      const on = { t, connection: i + 1 };
      if (what === "server" || what === "client") {
        return { ...on, to: what, bytes: UTF8.encode(text) };
      }
      return what === "end"
        ? { ...on, event: what, to: text as "server" }
        : { ...on, event: what };
    })
  ).sort((a, b) => a.t - b.t);
  const head = { at, by: "test", frameToServer: frame, frameToClient: frame };
  await Deno.writeTextFile(
    path,
    encodeHead(head) + lines.map((event) => encodeEvent(event)).join(""),
  );
  return path;
}

/** Replays the client's side to a server; gives the exit code and what was said. */
async function replay(
  path: string,
  handler: Handler<string>,
  ...args: string[]
): Promise<{ code: number; shown: string; told: string }> {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { encoding: "text" },
    handler,
  );
  const terminal = new RecordedTerminal();
  const command = ["replay", path, String(server.address), ...args];
  const code = await runClient(command, terminal);
  const { shown, told } = terminal;
  return { code, shown, told };
}

const upper: Handler<string> = async (peer) => {
  for await (const line of peer) await peer.send(line.toUpperCase());
};

/** A message that each format can carry, and the string that names the format. */
const SAMPLES: Record<string, readonly [spec: string, ...messages: string[]]> =
  {
    "line": ["line,crlf", "one", "", "three"],
    "delimiter": ["delimiter:#*#", "one", "*", "#"],
    "header": ["header:10", "one", "", "three"],
    "length": ["length:4,inclusive", "one", "", "three"],
    "fixed": ["fixed:5", "three", "seven", "eight"],
    "varint": ["varint", "one", "x".repeat(200)],
    "netstring": ["netstring", "one", "", "three"],
    "content-length": ["content-length", "one", "three"],
    "octet-count": ["octet-count", "one", "three"],
    "syslog": ["syslog", "<34>one", "<34>three"],
    "slip": ["slip", "one", "\xc0\xdb"],
    "cobs": ["cobs", "one", "\0\0", "x".repeat(300)],
    "json-seq": ["json-seq", '{"a":1}', "[]"],
    "json": ["json", '{"a":"}"}', "[1,2]"],
    "resp": ["resp", "+OK\r\n", "$3\r\none\r\n", "*1\r\n:7\r\n"],
    "rpc": ["rpc", "one", "three"],
    "ber": ["ber", "\x04\x03one", "\x30\x03\x02\x01\x05"],
    "mllp": ["mllp", "MSH|one\r", "MSH|two\r"],
    "fix": ["fix", "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01"],
    "hdlc": ["hdlc", "one}~", "three"],
    "dle": ["dle", "one\x10", "three"],
    "close": ["close", "everything until the end"],
    "raw": ["raw", "anything"],
  };

Deno.test("every framing has a sample here", () => {
  assertEquals(Object.keys(SAMPLES).sort(), [...FORMATS.keys()].sort());
});

for (const [spec, ...messages] of Object.values(SAMPLES)) {
  Deno.test(`a recording in ${spec} is answered the same, cut at every byte`, async () => {
    const path = await Deno.makeTempFile({ dir: FOLDER });
    await using server = await serve(
      "tcp://127.0.0.1:0",
      { framing: spec },
      async (peer) => {
        for await (const message of peer) await peer.send(message);
      },
    );
    const address = String(server.address);
    const typed = messages.map((text) =>
      Uint8Array.from(text, (char) => char.charCodeAt(0)).toBase64()
    );
    const client = new RecordedTerminal();
    const args = ["--frame", spec, "--format", "base64", "--record", path];
    const code = await runClient([address, ...typed, ...args], client);
    assertEquals(code, 0, client.told);
    for (const cut of ["bytewise", "random", "2"]) {
      const terminal = new RecordedTerminal();
      const code = await runClient(
        ["replay", path, address, "--expect", "--cut", cut],
        terminal,
      );
      assertEquals([code, terminal.shown], [0, ""], terminal.told);
      assertStringIncludes(terminal.told, ": 1 as recorded\n");
    }
    await Deno.remove(path);
  });
}

Deno.test("replay sends a question only after the answer that preceded it", async () => {
  const path = await recorded("line", [
    [0, "open"],
    [0.001, "server", "a\n"],
    [0.002, "client", "A\n"],
    [0.003, "server", "b\n"],
    [0.004, "client", "B\n"],
  ]);
  const heard: string[] = [];
  const { code, shown } = await replay(
    path,
    async (peer) => {
      for await (const line of peer) {
        heard.push(line);
        // Slower than when it was recorded.
        await new Promise((resolve) => setTimeout(resolve, 30));
        heard.push(line.toUpperCase());
        await (peer as unknown as { send(m: string): Promise<void> })
          .send(line.toUpperCase());
      }
    },
    "--speed",
    "max",
    "--expect",
  );
  assertEquals([code, shown], [0, ""]);
  assertEquals(heard, ["a", "A", "b", "B"]);
});

Deno.test("replay waits for the recorded time, at the speed that was asked for", async () => {
  const path = await recorded("line", [
    [0, "open"],
    [3, "server", "a\n"],
    [3.001, "client", "A\n"],
  ]);
  const begun = performance.now();
  assertEquals((await replay(path, upper, "--speed", "10")).code, 0);
  assertEquals(performance.now() - begun >= 300, true);
});

Deno.test("replay opens a connection after those that were over before it", async () => {
  const conversation = (t: number, i: number): readonly Step[] => [
    [t, "open"],
    [t + 0.1, "server", `x${i}\n`],
    [t + 0.2, "client", `X${i}\n`],
    [t + 0.3, "close"],
  ];
  const path = await recorded(
    "line",
    ...[0, 0.05, 1, 1.05].map(conversation),
  );
  const heard: string[] = [];
  const { code, told } = await replay(
    path,
    async (peer) => {
      for await (const line of peer) {
        heard.push(line);
        await peer.send(line.toUpperCase());
      }
    },
    "--speed",
    "max",
    "--expect",
  );
  assertEquals(code, 0);
  assertEquals(heard.slice(0, 2).sort(), ["x0", "x1"]);
  assertEquals(heard.slice(2).sort(), ["x2", "x3"]);
  assertMatch(told, /^played 4 connections in .*: 4 as recorded\n$/);
});

/** What a server answers that differs, and what is said of it. */
const DIFFERENCES: readonly (readonly [string, Handler<string>, RegExp])[] = [
  [
    "another text",
    async (peer) => {
      for await (const line of peer) {
        await peer.send(line === "b" ? "Beta" : line.toUpperCase());
      }
    },
    /^message 2 of connection 1 differs at byte 1: recorded "B", now "Beta"\n$/,
  ],
  [
    "one answer too few",
    async (peer) => {
      await peer.send((await peer.receive())!.toUpperCase());
      await peer.receive();
    },
    /^connection 1: the other side ended after 1 message of 2\n$/,
  ],
  [
    "one answer too many",
    async (peer) => {
      await upper(peer);
      await peer.send("and more");
    },
    /^connection 1 has one message more than recorded: "and more"\n$/,
  ],
  [
    "nothing",
    async (peer) => {
      for await (const _ of peer);
    },
    /^connection 1: nothing within 100 ms after 0 messages of 2\n$/,
  ],
  [
    "what does not fit the framing",
    async (peer) => {
      peer.useFraming("raw");
      await peer.receive();
      await peer.send("\xff".repeat(2) + "x".repeat(100));
      await peer.receive();
    },
    /^connection 1: it is longer than the limit of 50 bytes \(--max-message\)/,
  ],
];

for (const [what, handler, said] of DIFFERENCES) {
  Deno.test(`replay --expect says where an answer differs: ${what}`, async () => {
    const path = await recorded("line", [
      [0, "open"],
      [0.001, "server", "a\nb\n"],
      [0.002, "client", "A\nB\n"],
      [0.003, "end", "server"],
      [0.004, "end", "client"],
    ]);
    const { code, shown } = await replay(
      path,
      handler,
      ...["--expect", "--timeout", "100ms", "--max-message", "50"],
    );
    assertEquals(code, 1);
    assertMatch(shown, said);
  });
}

Deno.test("parley-server replay goes on when a client is silent in the handshake", async () => {
  const certs = ["--name", "localhost", "--out", `${FOLDER}/certs`];
  assertEquals(await runServer(["cert", ...certs], new RecordedTerminal()), 0);
  const files = ["cert", "key"].flatMap((one) => [
    `--${one}`,
    `${FOLDER}/certs/${one}.pem`,
  ]);
  const path = await recorded("line", [[0, "open"], [0.001, "client", "a\n"]]);
  for (const scheme of ["ws", "tls"]) {
    const terminal = new RecordedTerminal();
    const tls = scheme === "tls" ? files : [];
    const running = runServer(
      [
        ...["replay", path, `${scheme}://127.0.0.1:0`, ...tls],
        ...["--handshake-timeout", "50ms"],
      ],
      terminal,
    );
    const [, port] = await terminal.until(/listening on \w+:.*:(\d+)/);
    using _silent = await Deno.connect({ port: Number(port) });
    assertEquals(await running, 1);
    assertMatch(terminal.shown, /^connection 1: not done within 50 ms/);
  }
});

Deno.test("replay --ignore says that a pattern takes too long", async () => {
  const hostile = `${"a".repeat(60)}!`;
  const path = await recorded(
    "line",
    [
      [0, "open"],
      [0.001, "server", "x\n"],
      [0.002, "client", `${hostile}\n`],
      [0.003, "close"],
    ],
  );
  const slow = ["--expect", "--ignore", "/^(?=a)(a+)+$/"];
  const { code, shown } = await replay(
    path,
    (peer) => peer.send(hostile),
    ...slow,
  );
  assertEquals(code, 1, shown);
  assertMatch(
    shown,
    /^connection 1: --ignore: messages cannot be compared without .*: the search was given up after 500 ms, as .*\n/,
  );
});

Deno.test("replay --ignore leaves out patterns and members of JSON", async () => {
  const path = await recorded("line", [
    [0, "open"],
    [0.001, "server", "time\n"],
    [0.002, "client", '{"id":1,"at":"08:00","took":"3 ms"}\n'],
  ]);
  const answer = (text: string): Handler<string> => async (peer) => {
    for await (const _ of peer) await peer.send(text);
  };
  const later = answer('{"id":1,"at":"09:30","took":"17 ms"}');
  const ignored = ["--ignore", ".at", "--ignore", "/\\d+ ms/"];
  assertEquals((await replay(path, later, "--expect", ...ignored)).code, 0);
  const other = answer('{"id":2,"at":"08:00","took":"3 ms"}');
  const { code, shown } = await replay(path, other, "--expect", ...ignored);
  assertEquals(code, 1);
  assertStringIncludes(shown, "differs at byte 6 of what is compared");
});

Deno.test("replay compares bytes without a framing", async () => {
  const steps: readonly Step[] = [
    [0, "open"],
    [0.001, "server", "a\n"],
    [0.002, "client", "A"],
    [0.003, "client", "\n"],
    [0.004, "server", "b\n"],
    [0.005, "client", "B\n"],
  ];
  const path = await recorded(undefined, steps);
  assertEquals((await replay(path, upper, "--expect")).code, 0);
  const { code, shown } = await replay(path, async (peer) => {
    for await (const line of peer) {
      await peer.send(line === "b" ? "?" : "A");
    }
  }, "--expect");
  assertEquals(code, 1);
  assertEquals(
    shown,
    'connection 1 differs at byte 2: recorded "A\\nB\\n", now "A\\n?\\n"\n',
  );
});

Deno.test("parley-server replay plays the server's side, and ends after the last connection", async () => {
  const path = await recorded("line", [
    [0, "client", "hello, who is there?\n"],
    [0.001, "server", "ann\n"],
    [0.002, "client", "welcome\n"],
    [0.003, "end", "client"],
  ], [
    [1, "client", "again?\n"],
  ]);
  const terminal = new RecordedTerminal();
  const running = runServer(
    ["replay", path, "0", "--speed", "max", "--expect"],
    terminal,
  );
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const options = { encoding: "text" } as const;
  await using first = await connect(address!, options);
  assertEquals(await first.receive(), "hello, who is there?");
  await first.send("bob");
  assertEquals(await first.receive(), "welcome");
  assertEquals(await first.receive(), undefined);
  await using second = await connect(address!, options);
  assertEquals(await second.receive(), "again?");
  await second.close();
  assertEquals(await running, 1);
  assertEquals(
    terminal.shown,
    'message 1 of connection 1 differs at byte 0: recorded "ann", now "bob"\n',
  );
  assertMatch(terminal.told, /played 2 connections in .*: 1 as recorded\n$/);
});

Deno.test("parley-server replay --repeat begins again", async () => {
  const path = await recorded("line", [[0, "client", "hello\n"]]);
  const terminal = new RecordedTerminal();
  const args = ["replay", path, "0", "--repeat", "--quiet"];
  const running = runServer(args, terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  for (let i = 0; i < 3; i++) {
    await using client = await connect(address!, { encoding: "text" });
    assertEquals(await client.receive(), "hello");
  }
  terminal.send("SIGINT");
  assertEquals(await running, 130);
});

Deno.test("replay opens no more connections at once than --connections allows", async () => {
  const one: readonly Step[] = [[0, "server", "a\n"], [0, "client", "A\n"]];
  const path = await recorded("line", one, one, one);
  let opened = 0;
  // An answer comes before the client closes the connection and opens the next one.
  const openedBeforeAnswers: number[] = [];
  const handler: Handler<string> = async (peer) => {
    opened++;
    for await (const line of peer) {
      openedBeforeAnswers.push(opened);
      await peer.send(line.toUpperCase());
    }
  };
  const { code, told } = await replay(path, handler, "--connections", "1");
  assertEquals([code, openedBeforeAnswers], [0, [1, 2, 3]]);
  assertMatch(told, /^1 connection is open, as many as --connections allows/);
});

Deno.test("replay opens connections together that were open together", async () => {
  const one: readonly Step[] = [[0, "server", "a\n"], [0, "client", "A\n"]];
  const path = await recorded("line", one, one);
  const both = Promise.withResolvers<void>();
  let open = 0;
  const handler: Handler<string> = async (peer) => {
    if (++open === 2) both.resolve();
    await both.promise;
    await upper(peer);
  };
  const { code, told } = await replay(path, handler, "--connections", "2");
  assertEquals(code, 0);
  assertMatch(told, /^played 2 connections in /);
});

Deno.test("parley-server replay accepts the next client when one of --connections is over", async () => {
  const one: readonly Step[] = [[0, "client", "hello\n"], [0, "server", "a\n"]];
  const path = await recorded("line", one, one);
  const terminal = new RecordedTerminal();
  const running = runServer(
    ["replay", path, "0", "--speed", "max", "--connections", "1"],
    terminal,
  );
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const options = { encoding: "text" } as const;
  await using first = await connect(address!, options);
  await using second = await connect(address!, options);
  assertEquals(await first.receive(), "hello");
  const next = second.receive();
  assertEquals(terminal.told.includes("playing connection 2"), false);
  await first.send("a");
  assertEquals(await first.receive(), undefined);
  assertEquals(await next, "hello");
  await second.send("a");
  assertEquals(await running, 0);
});

Deno.test("a recording of datagrams is played by either side, datagram by datagram", async () => {
  const path = `${FOLDER}/datagrams`;
  const server = new RecordedTerminal();
  const serving = runServer(["upper", "udp:0"], server);
  const [, address] = await server.until(/listening on (\S+)\n/);
  const client = new RecordedTerminal();
  const said = [address!, "a\nb", "c", "--record", path];
  assertEquals(await runClient(said, client), 0);
  const again = new RecordedTerminal();
  const replay = ["replay", path, address!, "--expect", "--speed", "max"];
  assertEquals([await runClient(replay, again), again.shown], [0, ""]);
  server.send("SIGTERM");
  await serving;
  const mock = new RecordedTerminal();
  const mocking = runServer(
    ["replay", path, "udp:0", "--expect", "--speed", "max"],
    mock,
  );
  const [, to] = await mock.until(/listening on (\S+)\n/);
  const asking = new RecordedTerminal();
  assertEquals(await runClient([to!, "a\nb", "d"], asking), 0);
  assertEquals(asking.shown, "A\nB\nC\n");
  assertEquals(await mocking, 1);
  assertEquals(
    mock.shown,
    'message 2 of connection 1 differs at byte 0: recorded "c", now "d"\n',
  );
});

Deno.test("replay plays a recording that was cut off, and says so", async () => {
  const path = await recorded("line", [
    [0, "server", "a\n"],
    [0.001, "client", "A\n"],
  ]);
  await Deno.writeTextFile(path, '{"t":1,"connec', { append: true });
  const { code, told } = await replay(path, upper, "--expect");
  assertEquals(code, 0);
  assertStringIncludes(told, `${path}: cut off after line 3\n`);
});

/** What cannot be played: the content, or `undefined` for no file. */
const UNPLAYABLE: readonly (readonly [string | undefined, number, RegExp])[] = [
  [undefined, 9, /: cannot read \S+: there is no such file\n$/],
  ["", 2, /\S+ is not a recording that can be read: it is empty; make/],
  ["hello\n", 2, /is not a recording that can be read: its first line is not/],
  [
    '{"format":"parley-recording","version":7}\n',
    2,
    /it is version 7 of parley-recording, and this program reads version 1/,
  ],
  [encodeHead({ at: new Date(0), by: "" }), 2, /\S+ has no connections\n$/],
  [
    `${encodeHead({ at: new Date(0), by: "" })}{"t":1}\n`,
    2,
    /: line 2 is malformed: "connection" is not a whole number/,
  ],
];

for (const [content, code, said] of UNPLAYABLE) {
  Deno.test(`replay refuses ${JSON.stringify(content)} with exit ${code}`, async () => {
    const path = await Deno.makeTempFile({ dir: FOLDER });
    if (content === undefined) await Deno.remove(path);
    else await Deno.writeTextFile(path, content);
    for (const run of [runClient, runServer]) {
      const terminal = new RecordedTerminal();
      assertEquals(await run(["replay", path, "7342"], terminal), code);
      assertMatch(terminal.told, said);
    }
  });
}

/** Command lines that are refused before anything is read. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["replay", /a recording and an address are needed/],
  ["replay x", /a recording and an address are needed/],
  ["replay x 7342 y", /"y" is one operand too many/],
  ["replay x 0", /port 0 is only for listening/],
  ["replay x 7342 --speed 0", /--speed: "0" is not a speed/],
  ["replay x 7342 --speed fast", /--speed: "fast" is not a speed/],
  ["replay x 7342 --cut bytwise", /no cut "bytwise" \(did you mean "bytewise"/],
  ["replay x 7342 --cut 0", /--cut: there is no cut "0"/],
  ["replay x 7342 --ignore .a", /--ignore is for --expect/],
  ["replay x 7342 --expect --ignore a", /"a" is neither a regular expression/],
  [
    "replay x 7342 --expect --ignore /(/",
    /--ignore: "\/\(\/" is not a regular expression: invalid/,
  ],
  ["replay x udp:7342 --cut 1", /--cut means nothing over UDP: a datagram/],
  ["replay x 7342 --connections 0", /--connections: "0" is not/],
  ["replay x 7342 --seed 3", /--seed is for --cut random/],
  ["replay x 7342 --ca x", /--ca is for TLS, and tcp:.* is not/],
  ["replay x 7342 --frame nonsense", /there is no framing "nonsense"/],
];

for (const [line, said] of REFUSED) {
  Deno.test(`parley-client ${line} is refused`, async () => {
    const terminal = new RecordedTerminal();
    assertEquals(await runClient(line.split(" "), terminal), 2);
    assertMatch(terminal.told, said);
  });
}

Deno.test("replay says when nothing listens there, with exit 4", async () => {
  const path = await recorded("line", [[0, "server", "a\n"]]);
  const port = freePort();
  const terminal = new RecordedTerminal();
  const code = await runClient(["replay", path, `${port}`], terminal);
  assertEquals(code, 4);
  assertMatch(terminal.told, /cannot connect to .*connection refused/);
});
