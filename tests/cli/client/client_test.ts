import { assertEquals, assertMatch } from "@std/assert";
import { type Handler, serve } from "@parley/parley";
import { runClient } from "../../../cli/commands.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../../support/recorded_terminal.ts";

const PERSON = { input: true, output: true, errors: true };

/** Runs the client against a server with a handler. */
async function talk(
  args: readonly string[],
  options: RecordedOptions = {},
  handler: Handler = echo,
): Promise<{ code: number; terminal: RecordedTerminal }> {
  await using server = await serve("tcp://127.0.0.1:0", {}, handler);
  const terminal = new RecordedTerminal(options);
  const code = await runClient([String(server.address), ...args], terminal);
  return { code, terminal };
}

const echo: Handler = async (connection) => {
  for await (const message of connection) await connection.send(message);
};

Deno.test("runClient() shows a prompt and replies on a terminal", async () => {
  const { code, terminal } = await talk([], {
    input: ["one\n", "two\n"],
    isTerminal: PERSON,
  });
  assertEquals([code, terminal.shown], [0, "one\ntwo\n"]);
  assertMatch(
    terminal.told,
    /^connected to .*; Ctrl-D finishes, Ctrl-C leaves\n> /,
  );
});

Deno.test("runClient() lets a person who mistypes go on", async () => {
  const { code, terminal } = await talk(["--format", "hex"], {
    input: ["zz\n", "6869\n"],
    isTerminal: PERSON,
  });
  assertEquals([code, terminal.shown], [0, "6869\n"]);
  assertMatch(terminal.told, /"zz" is not hexadecimal/);
});

Deno.test("runClient() says when the server finishes before the person does", async () => {
  const { code, terminal } = await talk(
    [],
    { input: ["one\n"], isTerminal: PERSON, stayOpen: true },
    async (connection) => {
      await connection.receive();
    },
  );
  assertEquals(code, 0);
  assertMatch(
    terminal.told,
    /the server has finished before the end of the input/,
  );
});

Deno.test("runClient() escapes control bytes on a terminal and not in a pipe", async () => {
  const onTerminal = await talk(["\x1b[2J"], { isTerminal: PERSON });
  assertEquals(onTerminal.terminal.shown, "\\x1b[2J\n");
  const inPipe = await talk(["\x1b[2J"]);
  assertEquals(inPipe.terminal.shown, "\x1b[2J\n");
});

Deno.test("runClient() reads lines however the input is cut", async () => {
  const { code, terminal } = await talk([], {
    input: ["o", "ne\ntw", "o\n\nend"],
  });
  assertEquals([code, terminal.shown], [0, "one\ntwo\n\nend\n"]);
});

Deno.test("runClient() refuses an input line above --max-message", async () => {
  const { code, terminal } = await talk(["--max-message", "4"], {
    input: ["four\n", "fives\n"],
  });
  assertEquals(code, 7);
  assertMatch(
    terminal.told,
    /^parley-client: message 2 of standard input is longer than 4 B; see --max-message\n$/,
  );
});

Deno.test("runClient() sends nothing at all if one message cannot be sent", async () => {
  let connections = 0;
  const { code } = await talk(["fine", "not\nfine"], {}, () => {
    connections++;
  });
  assertEquals([code, connections], [7, 0]);
});

Deno.test("runClient() gives a message that begins with a dash behind --", async () => {
  const { terminal } = await talk(["--", "--help", "-1"]);
  assertEquals(terminal.shown, "--help\n-1\n");
});

Deno.test("runClient() tells failures as JSON with --log json, with the same code", async () => {
  const { code, terminal } = await talk(
    ["one", "--log", "json"],
    {},
    (connection) => connection.close(),
  );
  const line = JSON.parse(terminal.told);
  assertEquals([code, line.event, line.exitCode], [8, "failed", 8]);
});

Deno.test("runClient() bounds the wait for what comes after its input by --timeout", async () => {
  const { code } = await talk(
    ["--timeout", "100ms"],
    { input: ["one\n"] },
    async (connection) => {
      const { signal } = connection;
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  );
  assertEquals(code, 124);
});

Deno.test("runClient() exits 130 at SIGINT, also while it connects", async () => {
  const terminal = new RecordedTerminal();
  // Nobody answers at an address for documentation.
  const running = runClient(["192.0.2.1:7", "hello"], terminal);
  terminal.send("SIGINT");
  const code = await running;
  assertEquals([code === 130 || code === 4, terminal.shown], [true, ""]);
});
