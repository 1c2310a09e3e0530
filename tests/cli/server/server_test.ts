import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DEFAULT_MAX_PROXY_HEADER_BYTES } from "@parley/parley/proxy";
import { connect } from "@parley/parley";
import { runClient, runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

/** Runs the server while something is done with it. */
async function during(
  args: readonly string[],
  use: (address: string, terminal: RecordedTerminal) => Promise<void>,
): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal();
  const running = runServer(args, terminal);
  try {
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    await use(address!, terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
  return terminal;
}

Deno.test("runServer() logs a connection's messages, bytes, duration and end", async () => {
  const terminal = await during(["echo", "0"], async (address, terminal) => {
    const client = new RecordedTerminal();
    await runClient([address, "hello", "you"], client);
    assertEquals(client.shown, "hello\nyou\n");
    await terminal.until(/closed/);
  });
  assertMatch(
    terminal.told,
    /^listening on tcp:\S+\n#1 opened by tcp:\S+\n#1 closed after [\d.]+ m?s: in 2 messages 10 B, out 2 messages 10 B; finished\nstopping\nstopped: 0 finished, 0 cut\n$/,
  );
});

Deno.test("runServer() answers what came before an error, in one chunk or two", async () => {
  for (const pieces of [["hi\n\xff\n"], ["hi\n", "\xff\n"]]) {
    await during(["upper", "0"], async (address) => {
      const port = Number(/\d+$/.exec(address));
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const piece of pieces) {
        await conn.write(Uint8Array.from(piece, (c) => c.charCodeAt(0)));
      }
      const bytes = new Uint8Array(10);
      const count = await conn.read(bytes);
      assertEquals(new TextDecoder().decode(bytes.subarray(0, count!)), "HI\n");
      assertEquals(await conn.read(bytes).catch(() => null), null);
    });
  }
});

Deno.test("runServer() goes on when an answer is too long to be sent", async () => {
  // ŉ is two bytes and becomes three, so the answer exceeds the limit.
  const args = ["upper", "0", "--max-message", "4"];
  const terminal = await during(args, async (address, terminal) => {
    const options = { encoding: "text" } as const;
    await using first = await connect(address, options);
    await first.send("ŉŉ");
    await first.receive().catch(() => {});
    await terminal.until(/#1 closed/);
    await using second = await connect(address, options);
    await second.send("next");
    assertEquals(await second.receive(), "NEXT");
  });
  assertMatch(terminal.told, /#1 closed after .*; cannot send/);
});

Deno.test("runServer() tells where it listens, quiet or not", async () => {
  const terminal = await during(["echo", "0", "0", "-q"], async () => {});
  assertMatch(terminal.told, /^(listening on tcp:\/\/127\.0\.0\.1:\d+\n){2}$/);
});

Deno.test("runServer() tells more with --verbose", async () => {
  const terminal = await during(["echo", "0", "-v"], async () => {});
  assertMatch(
    terminal.told,
    /^serving echo with --frame line, messages up to 1 MiB$/m,
  );
});

Deno.test("runServer() bounds the handshake of WebSocket by --handshake-timeout", async () => {
  const targets = { echo: [], tap: ["ws://127.0.0.1:1"], bridge: ["1"] };
  for (const [name, target] of Object.entries(targets)) {
    const places = ["ws://127.0.0.1:0", ...target];
    const line = [name, ...places, "--handshake-timeout", "100ms"];
    const terminal = await during(line, async (address, terminal) => {
      const port = Number(/\d+$/.exec(address));
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      assertEquals(await conn.read(new Uint8Array(1)), null);
      await terminal.until(/no WebSocket/);
    });
    assertMatch(terminal.told, /within 100 ms.*--handshake-timeout/);
  }
});

/** Waits until nothing listens on a port. */
async function refused(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      return;
    }
  }
}

/** A server with a connection that stays, and what was told of its end. */
async function endedBy(
  signals: (terminal: RecordedTerminal) => void,
): Promise<{ code: number; told: string }> {
  const terminal = new RecordedTerminal();
  const args = ["echo", "0", "--frame", "length:4", "--grace", "1h"];
  const running = runServer(args, terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const port = Number(/\d+$/.exec(address!));
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  // A message that has begun is waited for.
  await conn.write(Uint8Array.of(0, 0, 0, 2, 0x68));
  await terminal.until(/opened/);
  terminal.send("SIGINT");
  await terminal.until(/stopping: 1 open/);
  await refused(port);
  signals(terminal);
  // Where it was not cut, the rest of the message ends it.
  await conn.write(Uint8Array.of(0x69)).catch(() => {});
  await conn.closeWrite().catch(() => {});
  const code = await running;
  return { code, told: terminal.told };
}

Deno.test("runServer() takes a signal repeated within 500 ms for the same request", async () => {
  const { code, told } = await endedBy((terminal) => {
    terminal.send("SIGINT");
    terminal.elapsed = 499;
    terminal.send("SIGTERM");
  });
  assertEquals(code, 0);
  assertMatch(told, /^stopped: 1 finished, 0 cut$/m);
});

Deno.test("runServer() cuts at a second signal, and counts what it cut", async () => {
  for (
    const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const
  ) {
    const { code, told } = await endedBy((terminal) => {
      terminal.elapsed = 500;
      terminal.send(signal);
    });
    assertEquals(code, expected);
    assertMatch(told, /^cut tcp:\S+ with \d+ B unsent$/m);
    assertMatch(told, /^stopped: 0 finished, 1 cut$/m);
  }
});

Deno.test("runServer() shows each message on standard output as print, in --format", async () => {
  const table: [string[], string][] = [
    [[], "hi\nyou\n"],
    [["--format", "hex"], "6869\n796f75\n"],
    [["--format", "json"], '{"message":"hi","bytes":2,'],
  ];
  for (const [args, shown] of table) {
    for (const place of ["0", "udp://127.0.0.1:0"]) {
      await during(["print", place, ...args], async (address, terminal) => {
        const client = new RecordedTerminal();
        const wait = place === "0"
          ? ["--replies", "0"]
          : ["--attempts", "1", "--timeout", "50ms"];
        const messages = place === "0" ? ["hi", "you"] : ["hi"];
        await runClient([address, ...messages, ...wait], client);
        const first = place === "0" ? shown : shown.split("\n")[0]!;
        await terminal.until(new RegExp(RegExp.escape(first)));
        assertStringIncludes(terminal.shown, first);
      });
    }
  }
});

Deno.test("print shows a message behind the line that says who opened its connection", async () => {
  const terminal = await during(["print", "0"], async (address) => {
    for (let turn = 0; turn < 12; turn++) {
      await using connection = await connect(address);
      await connection.send(new TextEncoder().encode("hi"));
      await connection.closeWrite();
      assertEquals(await connection.receive(), undefined);
    }
  });
  const order = [...terminal.seen.matchAll(/^(?:#\d+ (opened)|(hi)$)/gm)];
  assertEquals(
    order.map(([, opened, message]) => opened ?? message),
    Array.from({ length: 12 }, () => ["opened", "hi"]).flat(),
  );
});

Deno.test("runServer() shows what each read brings with --chunks, and whose it is", async () => {
  const terminal = await during(
    ["echo", "0", "--chunks", "--read-size", "3"],
    async (address, terminal) => {
      await runClient([address, "hello"], new RecordedTerminal());
      await terminal.until(/closed/);
    },
  );
  assertMatch(
    terminal.told,
    /^tcp:\S+ chunk 1: 3 bytes "hel"\ntcp:\S+ chunk 2: 3 bytes "lo\\n"\ntcp:\S+ end: the peer has finished sending$/m,
  );
});

Deno.test("runServer() cuts what it sends by --write-size, http too", async () => {
  for (const [service, args] of [["echo", ["abcdef"]], ["http", []]] as const) {
    const cut = ["--write-size", "2", "--write-delay", "20ms"];
    await during([service, "0", ...cut], async (address) => {
      const client = new RecordedTerminal();
      if (service === "http") {
        const port = Number(/:(\d+)/.exec(address)![1]);
        using conn = await Deno.connect({ hostname: "127.0.0.1", port });
        await conn.write(
          new TextEncoder().encode("GET /favicon.ico HTTP/1.0\r\n\r\n"),
        );
        assertEquals(await conn.read(new Uint8Array(100)), 2);
        return;
      }
      await runClient([address, ...args, "--chunks"], client);
      assertEquals(client.shown, "abcdef\n");
      const sizes = [...client.told.matchAll(/^chunk \d+: (\d+) byte/gm)]
        .map(([, size]) => Number(size));
      assertEquals(sizes, [2, 2, 2, 1]);
    });
  }
});

Deno.test("runServer() names a peer that breaks the framing, quiet or not", async () => {
  for (const quiet of [[], ["-q"]]) {
    const args = ["echo", "0", "--frame", "length:4", ...quiet];
    const terminal = await during(args, async (address, terminal) => {
      const port = Number(/\d+$/.exec(address));
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
      await terminal.until(/HTTP client/);
    });
    assertMatch(terminal.told, /closed .*: .*this looks like an HTTP client/);
  }
});

Deno.test("runServer() skips bad frames with --bad-frames skip, tells a few and counts all", async () => {
  const args = ["echo", "0", "--bad-frames", "skip", "--max-message", "4"];
  const terminal = await during(args, async (address, terminal) => {
    const client = new RecordedTerminal();
    const long = Array.from({ length: 20 }, () => "too long\n").join("");
    const port = Number(/\d+$/.exec(address));
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode(`one\n${long}two\n`));
    await conn.closeWrite();
    assertEquals(await new Response(conn.readable).text(), "one\ntwo\n");
    assertEquals(client.shown, "");
    await terminal.until(/closed/);
  });
  const told = terminal.told.split("\n").filter((line) =>
    /^skipped/.test(line)
  );
  assertEquals(told.length, 5, terminal.told);
  assertMatch(terminal.told, /in 2 messages .*, 20 bad skipped; finished$/m);
});

Deno.test("runServer() with a small --max-buffered answers a peer that reads, however much it sends at once", async () => {
  const args = ["echo", "0", "--max-buffered", "1KiB"];
  const terminal = await during(args, async (address) => {
    const port = Number(/\d+$/.exec(address));
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = new TextEncoder().encode(`${"x".repeat(99)}\n`.repeat(5_000));
    const writing = (async () => {
      for (let at = 0; at < lines.length;) {
        at += await conn.write(lines.subarray(at));
      }
      await conn.closeWrite();
    })();
    let count = 0;
    const bytes = new Uint8Array(65_536);
    for (let read; (read = await conn.read(bytes)) !== null;) count += read;
    await writing;
    assertEquals(count, lines.length);
  });
  assertMatch(
    terminal.told,
    /in 5000 messages .* out 5000 messages .*finished/,
  );
});

/** A PROXY header of version 2 for 1.2.3.4, filled up to a size with a NOOP. */
function proxyHeader(size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(size);
  const view = new DataView(header.buffer);
  header.set([13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21]);
  header[13] = 0x11;
  view.setUint16(14, size - 16);
  header.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 80, 0, 90, 4], 16);
  view.setUint16(29, size - 31);
  return header;
}

for (
  const { limit, size, answer } of [
    { limit: [], size: DEFAULT_MAX_PROXY_HEADER_BYTES, answer: "hi\n" },
    { limit: [], size: DEFAULT_MAX_PROXY_HEADER_BYTES + 1, answer: "" },
    { limit: ["--max-proxy-header", "4KiB"], size: 4096, answer: "hi\n" },
    { limit: ["--max-proxy-header", "4KiB"], size: 4097, answer: "" },
  ]
) {
  const given = limit.join(" ") || "the default";
  Deno.test(`runServer() ${answer === "" ? "refuses" : "takes"} a proxy's header of ${size} bytes with ${given}`, async () => {
    const args = ["echo", "0", "--proxy-protocol-from", "127.0.0.1", ...limit];
    const terminal = await during(args, async (address, terminal) => {
      const port = Number(/\d+$/.exec(address));
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.write(proxyHeader(size));
      await conn.write(new TextEncoder().encode("hi\n"));
      const bytes = new Uint8Array(10);
      const count = await conn.read(bytes).catch(() => null) ?? 0;
      assertEquals(new TextDecoder().decode(bytes.subarray(0, count)), answer);
      if (answer === "") {
        await terminal.until(
          /refused .* exceeds the limit of .* \(--max-proxy-header\)/,
        );
      }
    });
    if (answer !== "") assertStringIncludes(terminal.told, "1.2.3.4");
  });
}
