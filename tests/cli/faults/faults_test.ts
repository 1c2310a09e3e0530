/**
 * `--fault` of tap and of services: what clients receive, and what the log, the
 * display, the recording and the capture have of it.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { connect, ConnectionError, serve } from "@parley/parley";
import { bindUdp, serveDatagrams } from "@parley/parley/udp";
import { runClient, runServer } from "../../../cli/commands.ts";
import { topicsOf } from "../../../cli/manual/topics.ts";
import { FAULTS } from "../../../lib/faults/fault_names.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../../support/recorded_terminal.ts";
import { readRecording, summaryOf, textTo } from "../../support/recordings.ts";

const TEXT = { encoding: "text" } as const;

/** Runs a command of the server while something is done with it. */
async function during(
  args: readonly string[],
  use: (address: string, terminal: RecordedTerminal) => Promise<void>,
  options: RecordedOptions = {},
): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal(options);
  const running = runServer(args, terminal);
  try {
    const [, text, json] = await terminal.until(
      /listening on (\S+)\n|"address":"([^"]+)"/,
    );
    await use((text ?? json)!, terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
  return terminal;
}

/** Sends lines with the client, and gives what it showed. */
async function ask(
  address: string,
  ...args: string[]
): Promise<{ code: number; shown: string; told: string }> {
  const terminal = new RecordedTerminal();
  const code = await runClient([address, ...args], terminal);
  const { shown, told } = terminal;
  return { code, shown, told };
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "parley-faults-" });
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

function upper(): ReturnType<typeof serve<"text">> {
  return serve("tcp://127.0.0.1:0", TEXT, async (peer) => {
    for await (const line of peer) await peer.send(line.toUpperCase());
  });
}

/** The lines without their time and what depends on it. */
function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1).map((line) =>
    line.replace(/ *\+[\d.]+ ms$/, "").replace(/ +\d\d:\d\d:\d\d\.\d{3}/, "")
  );
}

Deno.test("tap --fault passes on what is left, and shows, logs, records and captures each strike", () =>
  inFolder(async (folder) => {
    await using target = await upper();
    const [record, capture] = [`${folder}/r.jsonl`, `${folder}/r.pcapng`];
    const terminal = await during([
      ...["tap", "0", String(target.address), "--frame", "line"],
      ...["--fault", "to-server:drop:100%,message=2"],
      ...["--fault", "to-client:duplicate:100%,times=1"],
      ...["--record", record, "--pcapng", capture],
    ], async (address, terminal) => {
      const client = await connect(address, TEXT);
      await client.sendAll(["hello", "lost", "you"]);
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push(await client.receive());
      assertEquals(answers, ["HELLO", "HELLO", "YOU"]);
      await client.close();
      await terminal.until(/#1 closed/);
    });

    // The directions are apart from each other, so their lines are compared apart.
    const shown = linesOf(terminal.shown);
    assertEquals(shown.filter((line) => line.includes("→")), [
      "#1 →  1     5 B  hello",
      "#1 →  fault drop:100%,message=2 at message 2",
      "#1 →  2     3 B  you",
    ]);
    assertEquals(shown.filter((line) => line.includes("←")), [
      "#1 ←  1     5 B  HELLO",
      "#1 ←  fault duplicate:100%,times=1 at message 1",
      "#1 ←  2     5 B  HELLO",
      "#1 ←  3     3 B  YOU",
    ]);
    const told = linesOf(terminal.told);
    assert(told.includes("#1 → fault drop:100%,message=2 at message 2"));
    assert(told.includes("#1 ← fault duplicate:100%,times=1 at message 1"));

    const { events } = await readRecording(record);
    assertEquals(textTo("server", events), "hello\nyou\n");
    assertEquals(textTo("client", events), "HELLO\nHELLO\nYOU\n");
    const faults = events.filter((event) => "fault" in event)
      .map(({ t: _, ...rest }) => rest);
    assertEquals(faults.find(({ to }) => to === "server"), {
      connection: 1,
      to: "server",
      fault: "drop:100%,message=2",
      message: 2,
      offset: 6,
    });
    const bytes = await Deno.readFile(capture);
    assertStringIncludes(
      new TextDecoder("latin1").decode(bytes),
      "fault: drop",
    );

    // A recording with faults is shown as it was passed on.
    const own = new RecordedTerminal();
    assertEquals(await runClient(["show", record], own), 0, own.told);
    assertStringIncludes(own.told, "#1 fault drop:100%,message=2 at message 2");
    assertEquals(
      linesOf(own.shown).filter((line) => line.includes("→")),
      ["#1 →  1     5 B  hello", "#1 →  2     3 B  you"],
    );
  }));

Deno.test("a recording of a tap with faults plays as it was passed on", () =>
  inFolder(async (folder) => {
    await using target = await upper();
    const record = `${folder}/r.jsonl`;
    await during([
      ...["tap", "0", String(target.address), "--frame", "line"],
      ...["--fault", "to-server:drop:100%,message=2", "--record", record],
    ], async (address, terminal) => {
      const client = await connect(address, TEXT);
      await client.sendAll(["hello", "lost", "you"]);
      for (const answer of ["HELLO", "YOU"]) {
        assertEquals(await client.receive(), answer);
      }
      await client.close();
      await terminal.until(/#1 closed/);
    });
    const replay = new RecordedTerminal();
    const args = [record, String(target.address), "--speed", "max", "--expect"];
    assertEquals(await runClient(["replay", ...args], replay), 0, replay.told);
  }));

Deno.test("tap --fault shows a strike once where messages and log are on one terminal", async () => {
  await using target = await upper();
  const args = ["tap", "0", String(target.address), "--frame", "line"];
  const fault = ["--fault", "to-server:delay:1ms"];
  for (const errors of [true, false]) {
    const terminal = await during([...args, ...fault], async (address) => {
      assertEquals((await ask(address, "hello")).code, 0);
    }, { isTerminal: { output: true, errors } });
    assertEquals(terminal.shown.match(/fault delay:1ms/g)?.length, 1);
    assertEquals(terminal.told.includes("fault delay:1ms"), !errors);
  }
});

Deno.test("tap --fault gives JSON of each strike, in the output and in the log", async () => {
  await using target = await upper();
  const terminal = await during([
    ...["tap", "0", String(target.address), "--frame", "line"],
    ...["--format", "json", "--log", "json"],
    ...["--fault", "to-server:delay:1ms,times=1"],
  ], async (address, terminal) => {
    await ask(address, "hello");
    await terminal.until(/"event":"closed"/);
  });
  const [first] = terminal.shown.split("\n");
  const { at: _, ...strike } = JSON.parse(first!);
  assertEquals(strike, {
    connection: 1,
    to: "server",
    fault: "delay:1ms,times=1",
    message: 1,
    offset: 0,
  });
  const logged = terminal.told.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .find(({ event }) => event === "strike");
  assertEquals([logged.fault, logged.message], ["delay:1ms,times=1", 1]);
});

// What a client of echo gets, and how its line of the log ends.
const SERVED: [
  fault: string,
  expected: { shown: string; code: number },
  log: RegExp,
][] = [
  [
    "delay:1ms",
    { shown: "a\nb\nc\n", code: 0 },
    /← fault delay:1ms at message 3/,
  ],
  [
    "to-client:split:1",
    { shown: "a\nb\nc\n", code: 0 },
    /← fault split:1 at byte 0/,
  ],
  [
    "to-client:rate:1MiB/s",
    { shown: "a\nb\nc\n", code: 0 },
    /← fault rate:1MiB\/s at byte 0/,
  ],
  [
    "to-client:slow-end:1ms",
    { shown: "a\nb\nc\n", code: 0 },
    /← fault slow-end:1ms at byte 6/,
  ],
  [
    "to-client:reorder:100%",
    { shown: "b\na\nc\n", code: 0 },
    /← fault reorder:100% at message 1/,
  ],
  [
    "to-server:duplicate:100%,message=1",
    { shown: "a\na\nb\n", code: 0 },
    /→ fault duplicate:100%,message=1 at message 1/,
  ],
  [
    "to-client:corrupt:100%,times=1",
    { shown: "[^a]\nb\nc\n", code: 0 },
    /← fault corrupt:100%,times=1 at message 1|← fault corrupt:100%,times=1 at byte 0/,
  ],
  [
    "to-client:truncate:4",
    { shown: "a\nb\n", code: 8 },
    /← fault truncate:4 at byte 4/,
  ],
  [
    "to-client:truncate:0,when=\/b\/",
    { shown: "a\n", code: 8 },
    /← fault truncate:0,when=\/b\/ at message 2/,
  ],
  [
    "to-client:reset-after:1msg",
    { shown: "a\n", code: 8 },
    /← fault reset-after:1msg at message 1\n(.*\n)*#1 closed .*; the fault reset-after:1msg reset the connection/,
  ],
  [
    "refuse",
    { shown: "", code: 8 },
    /#1 fault refuse\n(.*\n)*#1 closed .*; the fault refuse closed the connection/,
  ],
];

for (const [fault, { code, shown }, log] of SERVED) {
  Deno.test(`echo --fault ${fault} strikes, and its log says so`, async () => {
    await during(["echo", "0", "--fault", fault], async (address, terminal) => {
      const got = await ask(address, "a", "b", "c");
      assertMatch(got.shown, new RegExp(`^${shown}$`), got.told);
      assertEquals(got.code, code, got.told);
      await terminal.until(log);
    });
  });
}

Deno.test("echo --fault stall-after says nothing more, and a client times out", async () => {
  const args = ["echo", "0", "--grace", "0s"];
  await during(
    [...args, "--fault", "to-client:stall-after:3"],
    async (address) => {
      const got = await ask(address, "a", "b", "--timeout", "200ms");
      assertEquals([got.code, got.shown], [124, "a\n"]);
    },
  );
});

Deno.test("--fault strikes the connections it is for, by the numbers of the log", async () => {
  const args = ["echo", "0", "--fault", "refuse,connection=2"];
  const terminal = await during(args, async (address) => {
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await ask(address, "a")).code);
    assertEquals(codes, [0, 8, 0]);
  });
  assertMatch(terminal.told, /#2 fault refuse,connection=2\n/);
  assertEquals(terminal.told.match(/ fault \S+\n/g)?.length, 1);
});

Deno.test("--seed makes a run happen again, and is told unless it is given or means nothing", async () => {
  const corrupted = async (...args: string[]) => {
    let shown = "";
    const terminal = await during(["echo", "0", ...args], async (address) => {
      shown = (await ask(address, "a".repeat(300))).shown;
    });
    return { seed: /^seed (\d+)\n/.exec(terminal.told)?.[1], shown };
  };
  const fault = ["--fault", "to-client:corrupt:1%,message=1"];
  const first = await corrupted(...fault);
  assert(first.seed !== undefined);
  const again = await corrupted(...fault, "--seed", first.seed);
  assertEquals(again, { seed: undefined, shown: first.shown });
  assertEquals((await corrupted("--fault", "delay:1ms")).seed, undefined);
});

Deno.test("--record of a service has what was really received and sent, with the faults before it", () =>
  inFolder(async (folder) => {
    const record = `${folder}/r.jsonl`;
    await during([
      ...["upper", "0", "--record", record],
      ...["--fault", "to-server:drop:100%,message=1"],
      ...["--fault", "to-client:reset-after:3"],
    ], async (address, terminal) => {
      const { code } = await ask(address, "lost", "hello");
      assertEquals(code, 8);
      await terminal.until(/#1 closed/);
    });
    const { events } = await readRecording(record);
    assertEquals(textTo("server", events), "hello\n");
    assertEquals(textTo("client", events), "HEL");
    assertEquals(summaryOf(events).filter((event) => !/^\d/.test(event)), [
      "open",
      "fault drop:100%,message=1",
      "fault reset-after:3",
      "reset to server",
      "reset to client",
      "close by fault",
      "finish",
    ]);
  }));

Deno.test("tap --fault reset-after resets both sides", async () => {
  const failed = Promise.withResolvers<unknown>();
  await using target = await serve("tcp://127.0.0.1:0", {
    ...TEXT,
    onEvent: (event) => {
      if (event.type === "closed") failed.resolve(event.error);
    },
  }, async (peer) => {
    for await (const line of peer) await peer.send(line.toUpperCase());
  });
  const args = ["tap", "0", String(target.address)];
  const fault = ["--fault", "to-client:reset-after:4"];
  await during([...args, ...fault], async (address, terminal) => {
    const client = await connect(address, { framing: "raw", ...TEXT });
    await client.send("hello\n");
    assertEquals(await client.receive(), "HELL");
    const error = await assertRejects(() => client.receive(), ConnectionError);
    assertEquals(error.code, "reset");
    const other = await failed.promise;
    assertEquals(other instanceof ConnectionError && other.code, "reset");
    await terminal.until(/#1 closed .*; the fault reset-after:4 reset the/);
    await client.close();
  });
});

Deno.test("tap --fault refuse asks the target nothing", async () => {
  await using target = await serve("tcp://127.0.0.1:0", async () => {});
  const args = ["tap", "0", String(target.address), "--fault", "refuse"];
  await during(args, async (address, terminal) => {
    const { code } = await ask(address, "hello");
    assertEquals(code, 8);
    await terminal.until(/#1 closed/);
    assertStringIncludes(terminal.told, "#1 fault refuse\n");
  });
  assertEquals(target.stats.accepted, 0);
});

Deno.test("--fault strikes frames of WebSocket, and bytes of HTTP", async () => {
  const drop = ["--fault", "to-client:drop:100%,when=/^b$/"];
  await during(["echo", "ws://127.0.0.1:0", ...drop], async (address) => {
    const got = await ask(address, "a", "b", "c", "--replies", "2");
    assertEquals([got.code, got.shown], [0, "a\nc\n"]);
  });
  const corrupt = ["--fault", "to-client:corrupt:100%,times=1"];
  await during(["http", "0", ...corrupt], async (address, terminal) => {
    assertEquals((await ask(address)).code, 7);
    await terminal.until(/#1 ← fault corrupt:100%,times=1 at byte 0/);
  });
});

Deno.test("--fault strikes datagrams of a service, and those that a tap passes on", () =>
  inFolder(async (folder) => {
    const record = `${folder}/r.jsonl`;
    await during([
      ...["echo", "udp://127.0.0.1:0", "--record", record],
      ...["--fault", "to-client:duplicate:100%,message=2"],
    ], async (address, terminal) => {
      await using client = bindUdp("udp://127.0.0.1:0", TEXT);
      await client.send("a", address);
      assertEquals((await client.receive())?.message, "a");
      await client.send("b", address);
      for (const _ of [1, 2]) {
        assertEquals((await client.receive())?.message, "b");
      }
      await terminal.until(
        /^udp:\S+ ← fault duplicate:100%,message=2 at message 2$/m,
      );
    });
    assertEquals(summaryOf((await readRecording(record)).events), [
      "open",
      ...["1 to server", "1 to client", "1 to server", "1 to client"],
      ...["fault duplicate:100%,message=2", "1 to client"],
      "close by server",
      "finish",
    ]);

    await using target = await serveDatagrams(
      "udp://127.0.0.1:0",
      TEXT,
      (text, from, socket) => socket.send(text.toUpperCase(), from),
    );
    const args = ["tap", "udp://127.0.0.1:0", String(target.address)];
    const faults = [
      ...["--fault", "to-server:drop:100%,message=1"],
      ...["--fault", "to-client:reorder:100%,times=1"],
    ];
    const terminal = await during([...args, ...faults], async (address) => {
      await using client = bindUdp("udp://127.0.0.1:0", TEXT);
      for (const text of ["a", "b", "c"]) await client.send(text, address);
      const answers = [];
      for (const _ of [1, 2]) answers.push((await client.receive())?.message);
      assertEquals(answers, ["C", "B"]);
    });
    assertEquals(
      linesOf(terminal.shown).filter((line) => line.includes("fault")),
      [
        "#1 →  fault drop:100%,message=1 at message 1",
        "#1 ←  fault reorder:100%,times=1 at message 1",
      ],
    );
  }));

const REFUSED: Record<string, RegExp> = {
  "echo 1 --fault delya:1s":
    /--fault: cannot use the fault "delya:1s": column 1: there is no fault "delya" \(did you mean "delay"\?\)/,
  "echo 1 --fault drop:1% --frame raw":
    /drop strikes whole messages, and --frame raw has none/,
  "echo raw@1 --fault drop:1%":
    /drop strikes whole messages, and --frame raw has none/,
  "http 1 --fault delay:1s,message=2":
    /message= counts messages, and faults see HTTP as a stream without them/,
  "echo udp:1 --fault split:3":
    /it cannot strike datagrams: a datagram arrives whole or not at all/,
  "echo 1 udp:2 --fault refuse":
    /it cannot strike datagrams: there is no connection to refuse; drop:100% loses all datagrams/,
  "echo 1 --seed 3":
    /--seed is for --fault; write for example: --fault corrupt:1% --seed 7/,
  "echo 1 --fault delay:1s --workers 2":
    /--workers do not number connections together, as --fault does; leave one out/,
  "tap 1 2 --fault drop:1%":
    /drop strikes whole messages, and without --frame the tap knows of none; write for example --frame line/,
  "tap 1 2 --fault drop:1% --frame auto":
    /--frame auto finds out only later where they end/,
  "tap 1 2 --fault to-client:drop:1% --frame-to-server line":
    /drop strikes whole messages/,
  "tap udp:1 udp:2 --fault truncate:3":
    /it cannot strike datagrams: datagrams have no end/,
};

for (const [line, reason] of Object.entries(REFUSED)) {
  Deno.test(`parley-server ${line} is refused before anything is opened`, async () => {
    const terminal = new RecordedTerminal();
    assertEquals(await runServer(line.split(" "), terminal), 2);
    assertMatch(terminal.told, reason);
  });
}

Deno.test("help faults has every fault and every parameter", () => {
  const { rows } = topicsOf("parley-server")["faults"]!;
  const text = rows.flat().join("\n");
  for (const [name, { form, parameters }] of Object.entries(FAULTS)) {
    assertStringIncludes(text, form.replace(/\[.*/, ""));
    assertMatch(text, new RegExp(`this order: .*\\b${name}\\b`));
    for (const parameter of ["connection", "share", ...parameters]) {
      assertStringIncludes(text, `${parameter}=`);
    }
  }
});
