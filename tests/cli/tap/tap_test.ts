import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { connect, dial, type MessageConnection, serve } from "@parley/parley";
import { bindUdp, serveDatagrams } from "@parley/parley/udp";
import { type RecordedEvent, RecordingReader } from "@parley/parley/recording";
import config from "../../../deno.json" with { type: "json" };
import { runServer } from "../../../cli/commands.ts";
import type { Output } from "../../../cli/terminal/terminal.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../../support/recorded_terminal.ts";
import { certificates } from "../../support/certificates.ts";

const TEXT = { encoding: "text" } as const;

/** A server of upper-case lines. */
function upper(): ReturnType<typeof serve<"text">> {
  return serve("tcp://127.0.0.1:0", TEXT, async (peer) => {
    for await (const line of peer) await peer.send(line.toUpperCase());
  });
}

/** Runs a tap while something is done with it; gives what it showed. */
async function during(
  args: readonly string[],
  use: (address: string, terminal: RecordedTerminal) => Promise<void>,
  options: RecordedOptions = {},
  output: Pick<Output, "destination"> = {},
): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal(options);
  Object.assign(terminal.output, output);
  const running = runServer(["tap", ...args], terminal);
  try {
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    await use(address!, terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
  return terminal;
}

/** The lines that were shown, without their time and what depends on it. */
function shown({ shown }: RecordedTerminal): string[] {
  return shown.split("\n").slice(0, -1).map((line) =>
    line.replace(/ *\+[\d.]+ ms$/, "").replace(/ {2}\d\d:\d\d:\d\d\.\d{3}/, "")
  );
}

async function ask(
  connection: MessageConnection<string>,
  ...lines: string[]
): Promise<string[]> {
  const answers: string[] = [];
  for (const line of lines) {
    await connection.send(line);
    answers.push((await connection.receive())!);
  }
  return answers;
}

Deno.test("a tap shows a message behind the line that says who opened its connection", async () => {
  await using server = await upper();
  const terminal = await during(["0", `${server.address}`], async (address) => {
    for (let number = 1; number <= 12; number++) {
      await using connection = await connect(address, TEXT);
      // In one turn with the connection, and so with its line in the log.
      assertEquals(await ask(connection, "hello"), ["HELLO"]);
    }
  });
  const order = [...terminal.seen.matchAll(/^#(\d+) +(opened|→|←)/gm)];
  const wanted = Array.from(
    { length: 12 },
    (_, at) => ["opened", "→", "←"].map((what) => [`${at + 1}`, what]),
  );
  assertEquals(order.map(([, number, what]) => [number, what]), wanted.flat());
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("tap shows a line for each message of both directions, and a log line for each connection", async () => {
  await using target = await upper();
  const args = ["0", String(target.address), "--frame", "line"];
  const terminal = await during(args, async (address, terminal) => {
    const client = await connect(address, TEXT);
    assertEquals(await ask(client, "hello", "you"), ["HELLO", "YOU"]);
    await client.close();
    await terminal.until(/#1 closed/);
  });
  assertEquals(shown(terminal), [
    "#1 →  1     5 B  hello",
    "#1 ←  1     5 B  HELLO",
    "#1 →  2     3 B  you",
    "#1 ←  2     3 B  YOU",
  ]);
  assertMatch(
    terminal.told,
    /^listening on tcp:\S+\n#1 opened by tcp:\S+\n#1 closed after [\d.]+ m?s: 2 messages 10 B to the server, 2 messages 10 B to the client; finished\n/,
  );
});

Deno.test("tap shows each read as it is without --frame", async () => {
  await using target = await upper();
  const args = ["0", String(target.address)];
  const terminal = await during(args, async (address) => {
    const client = await connect(address, TEXT);
    await ask(client, "hello");
    await client.close();
  });
  assertEquals(shown(terminal), [
    "#1 →  1     6 B  hello\\n",
    "#1 ←  1     6 B  HELLO\\n",
  ]);
});

Deno.test("tap --format json writes one object a message, --only one direction, --filter what it matches", async () => {
  await using target = await upper();
  const args = [
    ...["0", String(target.address), "--frame", "line", "--format", "json"],
    ...["--only", "to-client", "--filter", "/^[HY]/", "--filter", "!YOU"],
  ];
  const terminal = await during(args, async (address) => {
    const client = await connect(address, TEXT);
    await ask(client, "hello", "you", "nothing");
    await client.close();
  });
  const [line, ...more] = terminal.shown.trim().split("\n");
  assertEquals(more, []);
  const { answerMs, ...rest } = JSON.parse(line!);
  assertEquals(rest, {
    connection: 1,
    to: "client",
    number: 1,
    message: "HELLO",
    bytes: 5,
    at: new Date(0).toISOString(),
    reads: 1,
  });
  assertEquals(typeof answerMs, "number");
});

Deno.test("tap only counts messages when standard output is /dev/null, with a filter too", async () => {
  await using target = await upper();
  const args = ["0", String(target.address), "--frame", "line"];
  for (const more of [[], ["--filter", "hello"]]) {
    const discarded = {
      destination: () => Promise.resolve("nothing" as const),
    };
    const terminal = await during(
      [...args, ...more],
      async (address, it) => {
        const client = await connect(address, TEXT);
        await ask(client, "hello", "you");
        await client.close();
        await it.until(/#1 closed/);
      },
      {},
      discarded,
    );
    assertEquals(terminal.shown, "");
    assertMatch(
      terminal.told,
      /closed after .*: 2 messages 10 B to the server/,
    );
    assertEquals(terminal.told.includes("not shown"), false);
  }
});

Deno.test("tap passes on what does not fit the framing, says so once, and shows the rest as it is", async () => {
  await using target = await upper();
  const args = ["0", String(target.address), "--frame-to-server", "length:4"];
  const terminal = await during(args, async (address) => {
    const client = await connect(address, TEXT);
    assertEquals(await ask(client, "GET / HTTP/1.1", "x"), [
      "GET / HTTP/1.1",
      "X",
    ]);
    await client.close();
  });
  const lines = shown(terminal);
  assertMatch(
    lines[0]!,
    /^#1 → !1 {10}cannot decode message 1 at byte 0 \(length:4\): .*HTTP.*; passed on, shown as raw from here$/,
  );
  assertEquals(lines.slice(1), [
    "#1 →  1    15 B  GET / HTTP/1.1\\n",
    "#1 ←  1    15 B  GET / HTTP/1.1\\n",
    "#1 →  2     2 B  x\\n",
    "#1 ←  2     2 B  X\\n",
  ]);
});

Deno.test("tap closes a client at once when the target is down, says why, and goes on", async () => {
  const gone = await upper();
  const target = String(gone.address);
  await gone.shutdown();
  for (const quiet of [[], ["--quiet"]]) {
    const terminal = await during(
      ["0", target, ...quiet],
      async (address, terminal) => {
        for (const number of [1, 2]) {
          const client = await dial(address);
          const into = new Uint8Array(10);
          assertEquals(await client.read(into).catch(() => null), null);
          client.close();
          await terminal.until(
            new RegExp(`(closed[^]*?the target failed[^]*?){${number}}`),
          );
        }
      },
    );
    assertStringIncludes(
      terminal.told,
      `the target failed: cannot connect to ${target}: connection refused`,
    );
    assertEquals(terminal.shown, "");
  }
});

Deno.test("tap says that the target died in the middle, and the client sees the end", async () => {
  const target = await serve("tcp://127.0.0.1:0", TEXT, async (peer) => {
    await peer.send(`got ${await peer.receive()}`);
    await peer.receive();
    peer.abort();
  });
  const args = ["0", String(target.address), "--frame", "line"];
  const terminal = await during(args, async (address, terminal) => {
    const client = await connect(address, TEXT);
    assertEquals(await ask(client, "one"), ["got one"]);
    await client.send("two");
    assertEquals(await client.receive().catch(() => undefined), undefined);
    await client.close().catch(() => {});
    await terminal.until(/#1 closed/);
  });
  await target.shutdown();
  assertEquals(shown(terminal), [
    "#1 →  1     3 B  one",
    "#1 ←  1     7 B  got one",
    "#1 →  2     3 B  two",
  ]);
});

Deno.test("tap lets a server speak first, and with --connect late waits for the client", async () => {
  let opened = 0;
  await using target = await serve("tcp://127.0.0.1:0", TEXT, async (peer) => {
    opened++;
    await peer.send("welcome");
    await peer.receive();
  });
  for (const connects of ["early", "late"]) {
    opened = 0;
    const args = ["0", String(target.address), "--connect", connects];
    await during(args, async (address, terminal) => {
      const client = await connect(address, TEXT);
      await terminal.until(/#1 opened/);
      if (connects === "late") {
        assertEquals(opened, 0);
        await client.send("hello");
      }
      assertEquals(await client.receive(), "welcome");
      assertEquals(opened, 1);
      await client.close();
    });
  }
});

Deno.test("tap ends TLS on either side, and shows what is inside", async () => {
  const made = await certificates();
  const folder = await Deno.makeTempDir({ prefix: "parley-tap-" });
  const { cert, key } = made.server;
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key);
  await Deno.writeTextFile(`${folder}/ca.pem`, made.ca);
  await using target = await serve(
    "tls://localhost:0",
    { ...TEXT, cert, key },
    async (peer) => {
      for await (const line of peer) await peer.send(line.toUpperCase());
    },
  );
  const to = `tls://localhost:${target.address.port}`;
  const tls = ["--cert", `${folder}/cert.pem`, "--key", `${folder}/key.pem`];
  const trusting = ["--target-ca", `${folder}/ca.pem`];
  const args = ["tls://localhost:0", to, ...tls, "--frame", "line"];
  const terminal = await during([...args, ...trusting], async (address) => {
    const options = { ...TEXT, caCerts: [made.ca], serverName: "localhost" };
    const client = await connect(address, options);
    assertEquals(await ask(client, "hello"), ["HELLO"]);
    await client.close();
  });
  assertEquals(shown(terminal), [
    "#1 →  1     5 B  hello",
    "#1 ←  1     5 B  HELLO",
  ]);
  const distrusting = await during(args, async (address, terminal) => {
    const options = { ...TEXT, caCerts: [made.ca], serverName: "localhost" };
    const client = await connect(address, options);
    await terminal.until(/the target failed/);
    await client.close().catch(() => {});
  });
  assertMatch(
    distrusting.told,
    /the target failed: .*certificate.*--target-ca/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tap joins Unix sockets", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-tap-" });
  await using _target = await serve(
    `unix:${folder}/app.sock`,
    TEXT,
    async (peer) => {
      for await (const line of peer) await peer.send(line.toUpperCase());
    },
  );
  const args = [`unix:${folder}/tap.sock`, `unix:${folder}/app.sock`];
  const terminal = await during(args, async (address) => {
    const client = await connect(address, TEXT);
    assertEquals(await ask(client, "hello"), ["HELLO"]);
    await client.close();
  });
  assertEquals(shown(terminal)[0], "#1 →  1     6 B  hello\\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tap takes each UDP peer for a connection and each datagram for a message", async () => {
  await using target = await serveDatagrams(
    "udp://127.0.0.1:0",
    TEXT,
    (message, from, socket) => socket.send(message.toUpperCase(), from),
  );
  const args = ["udp://127.0.0.1:0", String(target.address)];
  const terminal = await during(args, async (address, terminal) => {
    for (const [i, texts] of [["hello", ""], ["you"]].entries()) {
      await using client = bindUdp("udp://127.0.0.1:0", TEXT);
      for (const text of texts) {
        assertEquals(
          await client.request(text, address),
          text.toUpperCase(),
        );
      }
      await terminal.until(new RegExp(`#${i + 1} opened by ${client.address}`));
    }
  });
  assertEquals(shown(terminal), [
    "#1 →  1     5 B  hello",
    "#1 ←  1     5 B  HELLO",
    "#1 →  2     0 B",
    "#1 ←  2     0 B",
    "#2 →  1     3 B  you",
    "#2 ←  1     3 B  YOU",
  ]);
  assertMatch(
    terminal.told,
    /#1 closed: 2 messages 5 B to the server, 2 messages 5 B to the client; finished/,
  );
});

Deno.test("tap forgets a UDP peer after --peer-timeout", async () => {
  await using target = await serveDatagrams(
    "udp://127.0.0.1:0",
    TEXT,
    (message, from, socket) => socket.send(message, from),
  );
  const args = ["udp://127.0.0.1:0", String(target.address)];
  const forgetting = [...args, "--peer-timeout", "20ms"];
  await during(forgetting, async (address, terminal) => {
    await using client = bindUdp("udp://127.0.0.1:0", TEXT);
    await client.request("a", address);
    await terminal.until(/#1 closed: .*; quiet for 20 ms/);
  });
});

Deno.test("tap --annotate draws the bytes of a message and the parts of its frame", async () => {
  await using target = await upper();
  const args = [
    ...["0", String(target.address), "--frame", "line", "--annotate"],
    ...["--only", "to-server"],
  ];
  const terminal = await during(args, async (address) => {
    const client = await connect(address, TEXT);
    await ask(client, "hello", "a\tlonger message");
    await client.close();
  });
  assertEquals(shown(terminal), [
    "#1 →  1     5 B  hello",
    "    00000000  68 65 6c 6c 6f 0a                                 |hello.|",
    "              ^^^^^^^^^^^^^^ payload",
    "                             ^^ LF",
    "#1 →  2    16 B  a\\tlonger message",
    "    00000006  61 09 6c 6f 6e 67 65 72  20 6d 65 73 73 61 67 65  |a.longer message|",
    "              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ payload",
    "    00000016  0a                                                |.|",
    "              ^^ LF",
  ]);
});

Deno.test("tap --record writes what it passes on, read by read, and --pcapng the same as a capture", async () => {
  await using target = await upper();
  const folder = await Deno.makeTempDir({ prefix: "parley-tap-" });
  const [file, capture] = [`${folder}/a.jsonl`, `${folder}/a.pcapng`];
  const args = ["0", String(target.address), "--frame", "line"];
  await during(
    [...args, "--record", file, "--pcapng", capture],
    async (address, terminal) => {
      const client = await connect(address, TEXT);
      await ask(client, "hello", "you");
      await client.close();
      await terminal.until(/#1 closed/);
    },
  );
  const reader = new RecordingReader();
  reader.push(await Deno.readFile(file));
  const events: RecordedEvent[] = [];
  for (let event; (event = reader.next()) !== undefined;) events.push(event);
  assertEquals(reader.head?.by, `parley-server ${config.version} tap`);
  assertEquals(reader.head?.target, String(target.address));
  assertEquals(reader.head?.frameToClient, "line");
  const said = events.map((event) => {
    if ("fault" in event) return "fault";
    if (!("bytes" in event)) {
      return "to" in event ? `${event.to} ${event.event}` : event.event;
    }
    return `${event.to} ${new TextDecoder().decode(event.bytes)}`;
  });
  assertEquals(said.filter((what) => !what.endsWith(" end")), [
    ...["open", "server hello\n", "client HELLO\n"],
    ...["server you\n", "client YOU\n", "close", "finish"],
  ]);
  assertEquals(said.filter((what) => what.endsWith(" end")).toSorted(), [
    "client end",
    "server end",
  ]);
  const magic = (await Deno.readFile(capture)).subarray(0, 4);
  assertEquals(magic, Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tap --record says that the target was refused", async () => {
  const gone = await upper();
  await gone.shutdown();
  const folder = await Deno.makeTempDir({ prefix: "parley-tap-" });
  const file = `${folder}/a.jsonl`;
  const args = ["0", String(gone.address), "--record", file];
  await during(args, async (address, terminal) => {
    const client = await dial(address);
    await terminal.until(/the target failed/);
    client.close();
  });
  const lines = (await Deno.readTextFile(file)).trim().split("\n");
  const refused = JSON.parse(lines[2]!);
  assertEquals(refused.event, "refused");
  assertMatch(refused.why, /connection refused/);
  assertEquals(JSON.parse(lines[3]!).why, "server");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tap listens nowhere when its recording cannot be written", async () => {
  const terminal = new RecordedTerminal();
  const args = ["tap", "0", "1", "--record", "/nowhere/a.jsonl"];
  assertEquals(await runServer(args, terminal), 9);
  assertMatch(terminal.told, /^parley-server: .*\/nowhere\/a\.jsonl.*\n$/);
});

Deno.test("tap neither slows down nor grows when the reader of standard output stops", async () => {
  const size = 64 * 1024 * 1024;
  const target = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw" },
    async (peer) => {
      for await (const _ of peer.batches({ reuse: true }));
      await peer.send(Uint8Array.of(1));
    },
  );
  let most = 0;
  let waiting = 0;
  const terminal = new RecordedTerminal();
  const output = {
    isTerminal: false,
    write: () => assert(false, "it would wait"),
    writeLater: (bytes: Uint8Array) => {
      waiting = bytes.length;
      most = Math.max(most, waiting);
      return new Promise<void>(() => {});
    },
  };
  Object.assign(terminal, { output });
  const args = ["tap", "0", String(target.address), "--frame", "length:4"];
  const running = runServer([...args, "--format", "hex"], terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const client = await connect(address!, { framing: "length:4" });
  const message = new Uint8Array(1000);
  const answer = client.receive().catch(() => undefined);
  for (let sent = 0; sent < size; sent += 100 * 1004) {
    await client.sendAll(Array(100).fill(message));
  }
  await client.closeWrite();
  await answer;
  await until(() => target.stats.bytesIn >= size);
  terminal.elapsed += 5000;
  await client.close().catch(() => {});
  terminal.send("SIGTERM");
  assertEquals(await running, 0);
  await target.shutdown();
  // 64 MiB came, and at most 4 MiB waited for the reader.
  assert(most < 5 * 1024 * 1024);
  assertMatch(terminal.told, /^[\d,]+ messages shown, [\d,]+ not shown$/m);
});

Deno.test("tap ends with 141 when standard output is closed", async () => {
  await using target = await upper();
  const terminal = new RecordedTerminal();
  const { Failure } = await import("../../../cli/output/failure.ts");
  const output = {
    isTerminal: false,
    write: () => {
      throw new Failure(141, "");
    },
  };
  Object.assign(terminal, { output });
  const running = runServer(["tap", "0", String(target.address)], terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const client = await connect(address!, TEXT);
  await client.send("hello");
  assertEquals(await running, 141);
  await client.close().catch(() => {});
});

Deno.test("tap leaves out a filter that takes too long, says so once, and passes everything on", async () => {
  await using target = await upper();
  const slow = "/^(?=a)(a+)+$/";
  const hostile = `${"a".repeat(60)}!`;
  const args = [
    ...["0", String(target.address), "--frame", "line"],
    ...["--filter", slow, "--filter", "!HELLO"],
  ];
  const terminal = await during(args, async (address) => {
    for (let time = 0; time < 2; time++) {
      const client = await connect(address, TEXT);
      assertEquals(
        await ask(client, "aaa", hostile, hostile, "hello"),
        ["AAA", hostile.toUpperCase(), hostile.toUpperCase(), "HELLO"],
      );
      await client.close();
    }
  });
  // It chose while it could. From then on it is as if it had not been given.
  const first = shown(terminal).filter((line) => line.startsWith("#1"));
  assertEquals(first.map((line) => line.slice(0, 17)), [
    "#1 →  1     3 B  ",
    "#1 →  2    61 B  ",
    "#1 ←  2    61 B  ",
    "#1 →  3    61 B  ",
    "#1 ←  3    61 B  ",
    "#1 →  4     5 B  ",
  ]);
  assertEquals(terminal.told.split("--filter").length, 2, terminal.told);
  assertStringIncludes(
    terminal.told,
    `--filter ${slow} chooses nothing from here on: the search was given up after 500 ms, as the regular expression backtracks too much on what it looked at\n`,
  );
});

Deno.test("tap refuses a command line that cannot work, with what to write", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /there is no LISTEN and no TARGET; .*tap 9000/],
    ["9000", /there is no TARGET/],
    ["1 2 3", /one address too many/],
    ["1 udp:2", /cannot join/],
    [
      "ws://:1 2",
      /frames of WebSocket and tcp:\S+ has a stream .* cannot join/,
    ],
    ["1 wss://a:2", /wss:\S+ has frames of WebSocket and .* or a bridge/],
    ["1 0", /port 0 is only for listening/],
    ["udp:1 udp:0", /port 0 is only for listening/],
    ["7342 7342", /where this command itself listens/],
    [":7342 localhost:7342", /where this command itself listens/],
    ["unix:/a unix:/a", /where this command itself listens/],
    ["1 2 --filter /(/", /--filter: "\/\(\/" is not a regular expression: /],
    ["1 2 --only in", /--only: there is no "in"/],
    ["1 2 --target-ca x", /--target-ca is for TLS to TARGET/],
    ["1 tls://localhost:2 --target-cert x", /--target-cert needs --target-key/],
    ["tls://localhost:1 2", /needs --cert and --key/],
    ["1 tls://localhost:2 --target-ca /nowhere", /--target-ca: cannot read/],
    ["1 2 --frame lines", /--frame: .*"lines"/],
    ["udp:1 udp:2 --frame line", /--frame means nothing over UDP/],
    ["1 2 --peer-timeout 1s", /--peer-timeout is for UDP/],
    ["1 2 --annotate --format json", /--annotate draws bytes for people/],
    ["1 2 --record-drop", /--record-drop is for --record/],
  ];
  for (const [line, expected] of cases) {
    const terminal = new RecordedTerminal();
    const args = line.split(" ").filter((word) => word !== "");
    assertEquals(await runServer(["tap", ...args], terminal), 2, line);
    assertMatch(terminal.told, expected);
    assertEquals(terminal.told.trim().split("\n").length, 1);
  }
});
