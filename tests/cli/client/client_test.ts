import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Handler, type MessageConnection, serve } from "@parley/parley";
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
    /^connected to .*; Ctrl-D finishes, Ctrl-C leaves\n.*> /,
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

Deno.test("runClient() ends at a signal while input is awaited and the server has finished", async () => {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
      await peer.send(new TextEncoder().encode("bye"));
    });
    const terminal = new RecordedTerminal({ stayOpen: true });
    const running = runClient([String(server.address)], terminal);
    // Its end has been sent, and then it is gone.
    await terminal.until(/bye/);
    await server.shutdown();
    terminal.send(signal);
    assertEquals([await running, terminal.shown], [code, "bye\n"]);
  }
});

/** Stays until the client is gone. */
async function stay(connection: MessageConnection): Promise<void> {
  const { signal } = connection;
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

Deno.test("runClient() redraws what is half typed below a reply", async () => {
  const told = Promise.withResolvers<void>();
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    await told.promise;
    await peer.send(new TextEncoder().encode("a reply"));
    await stay(peer);
  });
  const terminal = new RecordedTerminal({
    input: ["half ty", "ped"],
    isTerminal: PERSON,
    stayOpen: true,
  });
  const running = runClient([String(server.address)], terminal);
  await terminal.until(/half typed/);
  const before = terminal.told.length;
  told.resolve();
  await terminal.until(/a reply\n/);
  await terminal.until(/half typed.*half typed/s);
  assertMatch(terminal.told.slice(before), /> half typed/);
  terminal.send("SIGINT");
  assertEquals(await running, 130);
});

Deno.test("runClient() takes a paste of three lines for three messages, and a long line whole", async () => {
  const long = "x".repeat(5_000);
  const { code, terminal } = await talk([], {
    input: [`one\ntwo\nthree\n${long}\n`],
    isTerminal: PERSON,
  });
  assertEquals([code, terminal.shown], [0, `one\ntwo\nthree\n${long}\n`]);
});

Deno.test("runClient() shows no marks that a terminal puts around a paste, and none of other keys", async () => {
  const { terminal } = await talk([], {
    input: ["\x1b[200~one\ntwo\x1b[201~\n", "\x1b[15~three\x1b[24~\n"],
    isTerminal: PERSON,
  });
  assertEquals(terminal.shown, "one\ntwo\nthree\n");
});

Deno.test("runClient() edits a line with the keys of the line editor", async () => {
  const { terminal } = await talk([], {
    // Backspace, Ctrl-A and the arrow up, whose line is the last one.
    input: ["abx", "\x7fc", "\x01", ">", "\n", "\x1b[A", "\n"],
    isTerminal: PERSON,
  });
  assertEquals(terminal.shown, ">abc\n>abc\n");
});

Deno.test("runClient() leaves a prompt at Ctrl-C, which is a key there", async () => {
  const { code } = await talk([], {
    input: ["half", "\x03"],
    isTerminal: PERSON,
    stayOpen: true,
  });
  assertEquals(code, 130);
});

Deno.test("runClient() says that it waits, when the server stays open after Ctrl-D", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, stay);
  const terminal = new RecordedTerminal({
    input: ["\x04"],
    isTerminal: PERSON,
    stayOpen: true,
  });
  const running = runClient([String(server.address)], terminal);
  await terminal.until(/waiting for the server to finish; Ctrl-C leaves\n/);
  terminal.send("SIGINT");
  assertEquals(await running, 130);
});

Deno.test("runClient() has done its work once each message has its reply and the time is over", async () => {
  const both: Handler = async (connection) => {
    for await (const message of connection) await connection.send(message);
    await stay(connection);
  };
  for (const option of ["--timeout", "--idle-timeout"]) {
    const args = [option, "100ms"];
    const input = ["one\n", "two\n"];
    const { code, terminal } = await talk(args, { input }, both);
    assertEquals([code, terminal.shown], [0, "one\ntwo\n"], option);
  }
});

Deno.test("runClient() is late with one reply missing, or none asked for", async () => {
  const first: Handler = async (connection) => {
    await connection.send((await connection.receive())!);
    await stay(connection);
  };
  const missing = await talk(
    ["--timeout", "100ms"],
    { input: ["one\n", "two\n"] },
    first,
  );
  assertEquals([missing.code, missing.terminal.shown], [124, "one\n"]);
  const unasked = await talk(["--timeout", "100ms"], {}, async (connection) => {
    await connection.send(new TextEncoder().encode("hello"));
    await stay(connection);
  });
  assertEquals([unasked.code, unasked.terminal.shown], [124, "hello\n"]);
});

/** Answers each message twice, and stays. */
const twice: Handler = async (connection) => {
  for await (const message of connection) {
    await connection.sendAll([message, message]);
  }
  await stay(connection);
};

Deno.test("runClient() ends after --replies, from arguments and from input", async () => {
  for (const input of [[], ["one\n", "two\n"]]) {
    const args = [
      "--replies",
      "3",
      ...input.length === 0 ? ["one", "two"] : [],
    ];
    const { code, terminal } = await talk(
      args,
      { input, stayOpen: true },
      twice,
    );
    assertEquals(code, 0);
    assertEquals(terminal.shown, "one\none\ntwo\n");
  }
  const none = await talk(["one", "--replies", "0"], {}, stay);
  assertEquals([none.code, none.terminal.shown], [0, ""]);
});

Deno.test("runClient() counts what came after the last reply and was not shown", async () => {
  const { code, terminal } = await talk(["one", "two"], {}, twice);
  assertEquals([code, terminal.shown], [0, "one\none\n"]);
  assertEquals(
    terminal.told,
    "not shown: 2 more messages (6 B) that came after the last expected reply; see --replies\n",
  );
  const all = await talk(["one", "--replies", "2"], {}, twice);
  assertEquals([all.terminal.shown, all.terminal.told], ["one\none\n", ""]);
});

Deno.test("runClient() does not wait for a server that stays open, once every reply is here", async () => {
  const begun = performance.now();
  const { code } = await talk(["hello"], {}, async (connection) => {
    await connection.send((await connection.receive())!);
    await stay(connection);
  });
  assertEquals(code, 0);
  // It was a second of lingering; what is left is 30 ms for late replies.
  assertEquals(performance.now() - begun < 700, true);
});

Deno.test("runClient() sends all of its input to a server that finished its direction first", async () => {
  let received = 0;
  const lines = Array.from({ length: 200 }, (_, i) => `${i}\n`.repeat(500));
  const read = Promise.withResolvers<void>();
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    await peer.closeWrite();
    for await (const _ of peer) received++;
    read.resolve();
  });
  const terminal = new RecordedTerminal({ input: lines });
  assertEquals(await runClient([String(server.address)], terminal), 0);
  await read.promise;
  assertEquals([terminal.shown, received], ["", 100_000]);
});

Deno.test("runClient() exits 8 and says what was left when the server takes no more input", async () => {
  const lines = Array.from({ length: 500 }, () => "line\n".repeat(5_000));
  const { code, terminal } = await talk(
    [],
    { input: lines },
    async (connection) => {
      await connection.receive();
      connection.abort();
    },
  );
  assertEquals(code, 8, terminal.told);
  assertMatch(
    terminal.told,
    /^parley-client: cannot .*; .*[KM]iB.* of the input were not sent, and the rest of the input was not read: .*\n$/,
  );
});

Deno.test("runClient() says that a server has finished and sent nothing, where no reply is counted", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
    await peer.receive();
  });
  const address = String(server.address);
  const silent = new RecordedTerminal();
  const args = [address, "--frame", "raw", "hello"];
  assertEquals([await runClient(args, silent), silent.shown], [0, ""]);
  assertEquals(
    silent.told,
    `${address} finished and sent nothing; --frame raw sends no line end, which a service that reads lines waits for\n`,
  );
  // Input is often sent to what never answers.
  const piped = new RecordedTerminal({ input: ["hello"] });
  assertEquals(await runClient(args.slice(0, 3), piped), 0);
  assertEquals(piped.told, "");
});

Deno.test("runClient() cuts what it sends by --write-size, and waits between by --write-delay", async () => {
  const chunks: number[] = [];
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw" },
    async (peer) => {
      for await (const chunk of peer) chunks.push(chunk.length);
    },
  );
  const cut = ["--write-size", "2", "--write-delay", "20ms"];
  const args = [String(server.address), "abcde", "--frame", "raw", ...cut];
  const terminal = new RecordedTerminal();
  assertEquals(await runClient(args, terminal), 0, terminal.told);
  assertEquals(chunks, [2, 2, 1]);
});

Deno.test("runClient() leaves at once while it waits between two writes", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {}, stay);
  const terminal = new RecordedTerminal();
  const cut = ["--write-size", "1", "--write-delay", "1h", "--verbose"];
  const running = runClient([String(server.address), "abc", ...cut], terminal);
  await terminal.until(/connected/);
  terminal.send("SIGINT");
  assertEquals(await running, 130);
});

Deno.test("runClient() bounds the TLS handshake by --handshake-timeout with a view of reads too", async () => {
  // A server that never answers.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  for (const view of [[], ["--chunks"], ["--read-size", "9"]]) {
    const terminal = new RecordedTerminal();
    const { port } = listener.addr as Deno.NetAddr;
    const code = await runClient(
      [`tls://127.0.0.1:${port}`, "x", "--handshake-timeout", "100ms", ...view],
      terminal,
    );
    assertEquals(code, 6, terminal.told);
    assertMatch(terminal.told, /within 100 ms .*--handshake-timeout/);
  }
  (await accepted).close();
});

Deno.test("parley-client asks whether a silent server speaks TLS or WebSocket when --timeout is over", async () => {
  // On a busy machine, loading it from source takes longer than this deadline.
  await import("../../../lib/transport/ws/open.ts");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const place = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  const table = [
    [`tls://${place}`, /done within 500 ms .*the peer speaks TLS there, or/],
    [`ws://${place}`, /done within 500 ms .*the peer speaks WebSocket there,/],
    [`wss://${place}`, /check that the peer speaks WebSocket over TLS there,/],
    [`https://${place}`, /within 500 ms .*the server speaks TLS there, or/],
  ] as const;
  for (const [address, advice] of table) {
    const accepted = listener.accept();
    const terminal = new RecordedTerminal();
    const words = address.startsWith("https") ? [] : ["x"];
    const code = await runClient(
      [address, ...words, "--timeout", "500ms"],
      terminal,
    );
    assertEquals(code, 124, terminal.told);
    assertMatch(terminal.told, advice);
    (await accepted).close();
  }
});

Deno.test("parley-client bounds the handshake of WebSocket by --handshake-timeout in each command", async () => {
  // A server that never answers.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  for (const command of [[], ["sniff"]]) {
    const accepted = listener.accept();
    const terminal = new RecordedTerminal();
    const code = await runClient(
      [...command, `ws://127.0.0.1:${port}`, "--handshake-timeout", "100ms"],
      terminal,
    );
    assertEquals(code, 4, terminal.told);
    assertMatch(terminal.told, /within 100 ms.*--handshake-timeout/);
    (await accepted).close();
  }
});

/** Collects what a server receives, in a framing. */
async function received(
  framing: string,
  args: readonly string[],
  input: readonly string[],
): Promise<{ code: number; messages: string[]; told: string }> {
  const messages: string[] = [];
  const over = Promise.withResolvers<void>();
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing, encoding: "text" },
    async (peer) => {
      for await (const message of peer) messages.push(message);
      over.resolve();
    },
  );
  const terminal = new RecordedTerminal({ input });
  const line = [String(server.address), "--frame", framing, ...args];
  const code = await runClient(line, terminal);
  await over.promise;
  return { code, messages, told: terminal.told };
}

Deno.test("runClient() sends the lines before an empty one that the framing cannot carry, and names its line", async () => {
  for (const framing of ["octet-count", "slip"]) {
    for (
      const input of [["one\ntwo\n\nthree\n"], ["one\n", "two\n", "\n", "x\n"]]
    ) {
      const { code, messages, told } = await received(framing, [], input);
      assertEquals([code, messages], [7, ["one", "two"]], told);
      assertStringIncludes(
        told,
        `line 3 of the input is empty, which ${framing} cannot carry; leave it out with --skip-empty`,
      );
    }
    const skipped = await received(framing, ["--skip-empty"], ["a\n\n\nb\n"]);
    assertEquals([skipped.code, skipped.messages], [0, ["a", "b"]]);
  }
  // Where it can be carried it is a message.
  const carried = await received("length:1", [], ["a\n\nb\n"]);
  assertEquals(carried.messages, ["a", "", "b"]);
});

Deno.test("runClient() names the line of a message that is too long for its header", async () => {
  const input = [`a\n${"x".repeat(300)}\nb\n`];
  const { code, messages, told } = await received("length:1", [], input);
  assertEquals([code, messages], [7, ["a"]], told);
  assertMatch(told, /line 2 of the input cannot be sent: .*300.*255/);
});

Deno.test("runClient() passes over a byte order mark and blank lines where they mean nothing", async () => {
  const json = await received(
    "line",
    ["--format", "json"],
    ['\ufeff"a"\n\n \r\n"b"\n'],
  );
  assertEquals([json.code, json.messages], [0, ["a", "b"]], json.told);
  const hex = await received("line", ["--format", "hex"], ["\ufeff61\n62\n"]);
  assertEquals([hex.code, hex.messages], [0, ["a", "b"]], hex.told);
  const text = await received("line", [], ["\ufeffa\n"]);
  assertEquals(text.messages, ["\ufeffa"]);
});
