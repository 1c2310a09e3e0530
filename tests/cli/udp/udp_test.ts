import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bindUdp } from "@parley/parley/udp";
import { runClient, runServer } from "../../../cli/commands.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../../support/recorded_terminal.ts";

const PERSON = { input: true, output: true, errors: true };

/** Runs the server while something is done with it. */
async function during(
  args: readonly string[],
  use: (address: string, terminal: RecordedTerminal) => Promise<void>,
): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal();
  const running = runServer(args, terminal);
  try {
    const [, address] = await terminal.until(/listening on (udp:\S+)\n/);
    await use(address!, terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
  return terminal;
}

async function ask(
  args: readonly string[],
  options: RecordedOptions = {},
): Promise<{ code: number; shown: string; told: string }> {
  const terminal = new RecordedTerminal(options);
  const code = await runClient(args, terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

const HERE = "udp://127.0.0.1:0";

Deno.test("runServer() answers datagrams and tells the counts at its end only", async () => {
  const terminal = await during(["upper", HERE], async (address) => {
    const { code, shown } = await ask([address, "straße", "", "two\nlines"]);
    assertEquals([code, shown], [0, "STRASSE\n\nTWO\nLINES\n"]);
  });
  assertMatch(
    terminal.told,
    /^listening on (udp:\S+)\nstopping\n\1: in 3 datagrams 16 B, out 3 datagrams 16 B; 0 refused, 0 dropped(, 0 dropped by the system|; drops by the system are not counted)\nstopped: 0 finished, 0 cut\n$/,
  );
});

Deno.test("runServer() has a line per datagram with --verbose, its bytes escaped", async () => {
  const terminal = await during(
    ["discard", HERE, "-v"],
    async (address, it) => {
      await using socket = bindUdp(HERE);
      await socket.send(Uint8Array.of(0x1b, 0x41, 0xff), address);
      await it.until(/from udp/);
    },
  );
  assertMatch(terminal.told, /^3 bytes from udp:\S+: "\\x1bA\\xff"$/m);
});

Deno.test("runServer() tells some of many refused datagrams and counts the rest", async () => {
  const terminal = await during(["upper", HERE], async (address) => {
    await using socket = bindUdp(HERE);
    for (let i = 0; i < 50; i++) {
      await socket.send(Uint8Array.of(0xff), address);
    }
    const bytes = new TextEncoder().encode("now");
    await socket.request(bytes, address);
  });
  const refused = terminal.told.match(/^refused: .*UTF-8.*$/gm) ?? [];
  // Should the machine be slow, a second second may have begun.
  assertEquals(refused.length >= 5 && refused.length <= 15, true);
  assertMatch(terminal.told, /^and \d+ more on udp:\S+ like that$/m);
  assertMatch(terminal.told, /; 50 refused, 0 dropped[,;] /m);
});

Deno.test("runServer() tells of an answer that no datagram holds", async () => {
  // ŉ is two bytes and becomes three.
  const args = ["upper", HERE, "--max-message", "4"];
  const terminal = await during(args, async (address) => {
    await using socket = bindUdp(HERE, { encoding: "text" });
    await socket.send("ŉŉ", address);
    assertEquals(await socket.request("next", address), "NEXT");
  });
  assertMatch(terminal.told, /^unanswered: a datagram of udp:\S+: cannot /m);
});

Deno.test("runServer() serves TCP and UDP at once, in the order asked for", async () => {
  const args = ["reverse", "0", HERE, "[::1]:0", "--frame", "length:2"];
  await during(args, async (udp, { told }) => {
    const lines = told.trimEnd().split("\n");
    const addresses = lines.map((line) => line.replace("listening on ", ""));
    assertEquals(
      addresses.map((address) => address.replace(/\d+$/, "")),
      ["tcp://127.0.0.1:", "udp://127.0.0.1:", "tcp://[::1]:"],
    );
    assertEquals((await ask([udp, "abc"])).shown, "cba\n");
    const tcp = [addresses[0]!, "abc", "--frame", "length:2"];
    assertEquals((await ask(tcp)).shown, "cba\n");
  });
});

Deno.test("runServer() listens on nothing if one address cannot be had", async () => {
  await using taken = bindUdp(HERE);
  const terminal = new RecordedTerminal();
  const where = String(taken.address);
  assertEquals(await runServer(["echo", "0", HERE, where], terminal), 5);
  assertMatch(
    terminal.told,
    /^parley-server: cannot bind udp:.* the address is already in use; stop/,
  );
});

Deno.test("runClient() sends each piped line and waits for its reply", async () => {
  await during(["echo", HERE], async (address) => {
    const input = ["one\ntw", "o\n\nend"];
    const { code, shown } = await ask([address], { input });
    assertEquals([code, shown], [0, "one\ntwo\n\nend\n"]);
  });
});

Deno.test("runClient() has a prompt over UDP, and silence there ends nothing", async () => {
  let silent = true;
  await using server = bindUdp(HERE);
  const serving = (async () => {
    for await (const { message, from } of server) {
      if (!silent) await server.send(message, from);
      silent = false;
    }
  })();
  const { code, shown, told } = await ask(
    [String(server.address), "--timeout", "50ms", "--attempts", "1"],
    { input: ["lost\n", "found\n"], isTerminal: PERSON },
  );
  assertEquals([code, shown], [0, "found\n"]);
  assertMatch(told, /^each line is a datagram to udp:.*\n.*> /);
  assertMatch(told, /timed out after 1 attempt in 50 ms/);
  await server.close();
  await serving;
});

Deno.test("runClient() sends again as often as --attempts says, then exits 124", async () => {
  await using silent = bindUdp(HERE);
  const asked = ask(
    [String(silent.address), "hello", "--timeout", "40ms", "--attempts", "3"],
  );
  for (let i = 0; i < 3; i++) {
    const { message } = (await silent.receive())!;
    assertEquals(new TextDecoder().decode(message), "hello");
  }
  const { code, told } = await asked;
  assertEquals(code, 124);
  assertMatch(
    told,
    /^parley-client: cannot get a reply from udp:.*: timed out after 3 attempts in 120 ms; nothing may be listening there.*; allow more with --timeout or --attempts\n$/,
  );
});

for (
  const [options, lines] of [
    [[], ["sent again 2 times, as no reply came in time"]],
    [["--quiet"], []],
    [["--verbose"], [
      "no reply within 250 ms; sending again, attempt 2 of 5",
      "no reply within 250 ms; sending again, attempt 3 of 5",
      "sent again 2 times, as no reply came in time",
    ]],
  ] as const
) {
  Deno.test(`runClient() ${options.join(" ")} says how often it sent again until the reply came`, async () => {
    await using server = bindUdp(HERE, { encoding: "text" });
    const asked = ask([
      ...[String(server.address), "hello", "--timeout", "250ms"],
      ...["--attempts", "5", ...options],
    ]);
    for (let i = 0; i < 2; i++) await server.receive();
    const { from } = (await server.receive())!;
    await server.send("at last", from);
    const { code, shown, told } = await asked;
    assertEquals([code, shown], [0, "at last\n"]);
    const again = told.split("\n").filter((line) => line.includes("again"));
    assertEquals(again, [...lines]);
  });
}

Deno.test("runClient() sends no datagram at all if one message is too large", async () => {
  await using server = bindUdp(HERE);
  const address = String(server.address);
  const { code, told } = await ask([address, "fine", "x".repeat(65_508)]);
  assertEquals([code, server.stats.datagramsIn], [7, 0]);
  assertMatch(
    told,
    /message 2 is 65508 bytes and a datagram over IPv4 holds at most 65507; nothing was sent/,
  );
  const limited = await ask([address, "fine", "--max-message", "3"]);
  assertEquals(limited.code, 7);
  assertMatch(limited.told, /message 1 is 4 bytes and --max-message is 3/);
  const piped = await ask([address], { input: ["x".repeat(65_508)] });
  assertEquals(piped.code, 7);
  assertMatch(piped.told, /65508 bytes .* 65507/);
});

Deno.test("runClient() exits 130 at SIGINT while it waits for a reply", async () => {
  await using silent = bindUdp(HERE);
  const terminal = new RecordedTerminal();
  const running = runClient([String(silent.address), "hello"], terminal);
  await silent.receive();
  terminal.send("SIGINT");
  assertEquals([await running, terminal.told], [130, ""]);
});

Deno.test("runClient() asks from one port as long as each message has one reply", async () => {
  await using server = bindUdp(HERE, { encoding: "text" });
  const asked = ask([String(server.address), "a", "b"]);
  const first = (await server.receive())!;
  await server.send("to a", first.from);
  const second = (await server.receive())!;
  await server.send("to b", second.from);
  assertEquals((await asked).shown, "to a\nto b\n");
  assertEquals(second.from, first.from);
});

Deno.test("runClient() takes no second reply for the one to the next message, and says so", async () => {
  await using server = bindUdp(HERE);
  const asked = ask([String(server.address), "one", "two", "three"]);
  const answered = (async () => {
    for (let i = 0; i < 3; i++) {
      const { message, from } = (await server.receive())!;
      const reply = `re ${new TextDecoder().decode(message)}`;
      const encoded = new TextEncoder().encode(reply);
      await Promise.all([
        server.send(encoded, from),
        server.send(encoded, from),
      ]);
    }
  })();
  const { code, shown, told } = await asked;
  await answered;
  assertEquals([code, shown], [0, "re one\nre two\nre three\n"]);
  assertMatch(
    told,
    /^not shown: \d more repl(y|ies) than one for each message$/m,
  );
});

Deno.test("runClient() takes no late reply for the one to the next message", async () => {
  await using server = bindUdp(HERE, { encoding: "text" });
  const asked = ask([String(server.address), "a", "b", "--timeout", "500ms"]);
  await server.receive();
  const again = (await server.receive())!;
  await server.send("to a", again.from);
  const next = (await server.receive())!;
  assertEquals([again.message, next.message], ["a", "b"]);
  await server.send("to a, late", again.from);
  await server.send("to b", next.from);
  const { code, shown } = await asked;
  assertEquals([code, shown], [0, "to a\nto b\n"]);
});

// The loopback of other systems has no multicast and no broadcast.
const ignore = Deno.build.os !== "linux";
const GROUP = "239.255.7.35";
const FROM = ["--interface", "127.0.0.1"];
const SOON = ["--timeout", "1s"];

Deno.test({
  name: "runServer() with --join answers what a group is sent",
  ignore,
  async fn() {
    const args = ["upper", "udp://0.0.0.0:0", "--join", GROUP, ...FROM];
    await during(args, async (address) => {
      const group = `udp://${GROUP}:${address.split(":").at(-1)}`;
      const { code, shown, told } = await ask([
        group,
        "hello",
        ...FROM,
        ...SOON,
      ]);
      assertEquals([code, shown], [0, "HELLO\n"]);
      assertEquals(told, `reply from udp://127.0.0.1:${group.split(":")[2]}\n`);
    });
  },
});

for (
  const [to, ...options] of [[GROUP], [GROUP, "--ttl", "0"], [
    "127.255.255.255",
    "--broadcast",
  ]]
) {
  Deno.test({
    name: `runClient() shows the replies of all who hear ${
      [to, ...options].join(" ")
    }`,
    ignore,
    async fn() {
      const settings = { encoding: "text", reuseAddress: true } as const;
      await using one = bindUdp("udp://0.0.0.0:0", settings);
      await using other = bindUdp(one.address, settings);
      const answering = [one, other].map(async (socket, i) => {
        await socket.joinMulticast(GROUP, { interfaceAddress: "127.0.0.1" });
        return async () => {
          const { from, message } = (await socket.receive())!;
          await socket.send(`${message} ${i}`, from);
        };
      });
      const answers = await Promise.all(answering);
      const args = [
        `udp://${to}:${one.address.port}`,
        "who?",
        ...FROM,
        ...SOON,
      ];
      const [{ code, shown, told }] = await Promise.all([
        ask([...args, ...options]),
        ...answers.map((answer) => answer()),
      ]);
      assertEquals([code, shown.split("\n").toSorted()], [0, [
        "",
        "who? 0",
        "who? 1",
      ]]);
      assertEquals(told.match(/^reply from /gm)?.length, 2);
    },
  });
}

Deno.test({
  name: "runClient() asks a group again when nobody replies, then exits 124",
  ignore,
  async fn() {
    await using silent = bindUdp("udp://0.0.0.0:0");
    await silent.joinMulticast(GROUP, { interfaceAddress: "127.0.0.1" });
    const group = `udp://${GROUP}:${silent.address.port}`;
    const { code, shown, told } = await ask(
      [group, "hello", ...FROM, "--timeout", "40ms", "--attempts", "3"],
    );
    assertEquals([code, shown], [124, ""]);
    assertMatch(
      told,
      /^parley-client: cannot get a reply from udp:.*: timed out after 3 attempts in 120 ms; nothing may be listening there or have joined.*\n$/,
    );
    for (let i = 0; i < 3; i++) await silent.receive({ timeoutMs: 1_000 });
  },
});

const HOW_FOR_MANY = [
  [["7342", "--ttl", "2"], "--ttl is for UDP"],
  [["udp://127.0.0.1:7", "--ttl", "2"], "--ttl is for a group of IPv4"],
  [["udp://[ff02::1]:7", "--ttl", "2"], "--ttl is for a group of IPv4"],
  [
    [`udp://${GROUP}:7`, "--ttl", "256"],
    '"256" is not a whole number from 0 to 255',
  ],
  [["udp://127.0.0.1:7", "--no-loopback"], "--no-loopback is for a group"],
  [
    ["udp://[::1]:7", "--broadcast"],
    "is one of IPv6, use a group such as [ff02::1]",
  ],
  [[`udp://${GROUP}:7`, "--broadcast"], "is a group; leave it out"],
  [["udp://127.0.0.1:7", "--interface", "eth0"], '"eth0" is not an IP address'],
  [
    ["udp://127.0.0.1:7", "--interface", "::1"],
    "are of different versions of IP",
  ],
] as const;

for (const [args, why] of HOW_FOR_MANY) {
  Deno.test(`runClient() exits 2 for ${args.join(" ")}`, async () => {
    const { code, told } = await ask([...args, "x"]);
    assertEquals(code, 2);
    assertStringIncludes(told, why);
  });
}

const EVERY = "udp://0.0.0.0:0";
const HOW_TO_JOIN = [
  [["7342", "--join", GROUP], 2, "--join is for UDP, and echo on tcp:"],
  [[HERE, "--join", GROUP], 2, "would receive nothing that is sent to a group"],
  [[EVERY, "--join", "10.1.1.1"], 2, "it is not a multicast address"],
  [
    [EVERY, "--join", "ff02::1"],
    2,
    "the socket speaks the other version of IP",
  ],
  [[EVERY, ...FROM], 2, "--interface is for --join"],
  [
    [EVERY, "--join", GROUP, "--interface", "eth0"],
    2,
    '"eth0" is neither an IPv4 address',
  ],
  [
    [EVERY, "--join", GROUP, "--interface", "1"],
    2,
    "--interface 1 is for groups of IPv6",
  ],
  [
    ["udp://[::]:0", "--join", "ff02::1", ...FROM],
    2,
    "--interface 127.0.0.1 is for groups of IPv4",
  ],
  [
    [EVERY, "--join", GROUP, "--interface", "203.0.113.9"],
    5,
    "cannot join multicast group",
  ],
] as const;

for (const [args, exit, why] of HOW_TO_JOIN) {
  Deno.test(`runServer() exits ${exit} for ${args.join(" ")}`, async () => {
    const terminal = new RecordedTerminal();
    assertEquals(await runServer(["echo", ...args], terminal), exit);
    assertStringIncludes(terminal.told, why);
  });
}
