import { assertEquals, assertMatch } from "@std/assert";
import { bindUdp } from "@parley/parley";
import { runClient } from "../../cli/run_client.ts";
import { runServer } from "../../cli/run_server.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../support/recorded_terminal.ts";

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
    /^listening on (udp:\S+)\nstopping\n\1: in 3 datagrams 16 B, out 3 datagrams 16 B; 0 refused, 0 dropped\nstopped: 0 finished, 0 cut\n$/,
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
  assertMatch(terminal.told, /; 50 refused, 0 dropped$/m);
});

Deno.test("runServer() tells of an answer that no datagram holds", async () => {
  // ŉ is two bytes and becomes three.
  const args = ["upper", HERE, "--max-message", "4"];
  const terminal = await during(args, async (address) => {
    await using socket = bindUdp(HERE, { encoding: "text" });
    await socket.send("ŉŉ", address);
    assertEquals(await socket.request("next", address), "NEXT");
  });
  assertMatch(terminal.told, /^unanswered: a datagram of udp:\S+: Cannot /m);
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
  assertMatch(told, /^each line is a datagram to udp:.*\n> /);
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
    /^parley-client: cannot get an answer from udp:.*: timed out after 3 attempts in 120 ms; nobody may be there.*; allow more with --timeout or --attempts\n$/,
  );
});

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

Deno.test("runClient() asks one machine, not many", async () => {
  for (const many of ["239.1.2.3", "255.255.255.255", "[ff02::1]"]) {
    const { code, told } = await ask([`udp://${many}:7`, "hello"]);
    assertEquals(code, 2);
    assertMatch(told, /^parley-client: cannot ask udp:.*: many may answer/);
  }
});
