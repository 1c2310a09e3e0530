/**
 * `show` prints a recording as a tap would, and makes captures of it.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import {
  encodeEvent,
  encodeHead,
  type RecordedEvent,
} from "@parley/parley/recording";
import { runClient } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const FOLDER = await Deno.makeTempDir({ prefix: "parley-show-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

const EVENTS: readonly RecordedEvent[] = [
  { t: 0, connection: 1, event: "open", peer: "tcp://192.0.2.7:5000" },
  { t: 0.001, connection: 1, to: "server", bytes: bytes("one\ntw") },
  { t: 0.202, connection: 1, to: "server", bytes: bytes("o\n\x1b[2J\n") },
  { t: 0.203, connection: 1, to: "client", fault: "delay:1ms", message: 1 },
  { t: 0.204, connection: 1, to: "client", bytes: bytes("ONE\n") },
  { t: 0.3, event: "lost", events: 3 },
  { t: 0.4, connection: 2, event: "open", peer: "udp://192.0.2.7:5001" },
  { t: 0.4, connection: 2, to: "server", bytes: bytes("a\nb") },
  { t: 0.5, connection: 1, event: "reset", to: "client" },
  { t: 0.5, connection: 1, event: "close", why: "server", toServer: 14 },
  { t: 0.6, connection: 3, event: "refused", why: "connection refused" },
];

async function show(
  events: readonly RecordedEvent[],
  args: readonly string[],
  rest = "",
): Promise<{ code: number; shown: string; told: string }> {
  const path = `${FOLDER}/recording`;
  const at = new Date("2026-11-26T12:00:00Z");
  const head = { at, by: "test", frameToServer: "line", frameToClient: "line" };
  const text = encodeHead(head) + events.map(encodeEvent).join("") + rest;
  await Deno.writeTextFile(path, text);
  const terminal = new RecordedTerminal();
  const code = await runClient(["show", path, ...args], terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

Deno.test("show prints messages with times, reads and answer times, and the rest on standard error", async () => {
  const { code, shown, told } = await show(EVENTS, []);
  assertEquals(code, 0);
  const lines = shown.split("\n").map((line) => line.replace(/ +/g, " "));
  assertEquals(lines, [
    "#1 → 1 3 B 12:00:00.001 one",
    "#1 → 2 3 B 12:00:00.202 two in 2 reads, 201 ms apart",
    "#1 → 3 4 B 12:00:00.202 \\x1b[2J",
    "#1 ← 1 3 B 12:00:00.204 ONE +2.0 ms",
    "#2 → 1 3 B 12:00:00.400 a\\nb",
    "",
  ]);
  assertEquals(told.split("\n"), [
    "#1 opened by tcp://192.0.2.7:5000",
    "#1 fault delay:1ms at message 1",
    "3 events are missing here",
    "#2 opened by udp://192.0.2.7:5001",
    "#1 reset, noticed by the client",
    "#1 closed by server: to the server 14 B, to the client 0 B",
    "#3 refused: connection refused",
    "",
  ]);
});

Deno.test("show reads a recording in another framing", async () => {
  const { shown } = await show(EVENTS, ["--frame-to-server", "fixed:2", "-q"]);
  assertMatch(shown, /^#1 → {2}1 {5}2 B {2}12:00:00\.001 {2}on\n#1 → {2}2 /);
  const { shown: error } = await show(EVENTS, ["--frame", "netstring", "-q"]);
  assertMatch(error, /^#1 → !1 +12:00:00\.001 +cannot decode message 1/m);
});

Deno.test("show prints one connection, one direction, and what matches", async () => {
  const only = async (...args: string[]) =>
    (await show(EVENTS, [...args, "-q"])).shown.split("\n").length - 1;
  assertEquals(await only(), 5);
  assertEquals(await only("--connection", "2"), 1);
  assertEquals(await only("--connection", "9"), 0);
  assertEquals(await only("--only", "to-client"), 1);
  assertEquals(await only("--filter", "o"), 2);
  assertEquals(await only("--filter", "!/^[oO]/"), 3);
});

Deno.test("show prints JSON as a tap does", async () => {
  const { shown } = await show(EVENTS, ["--format", "json", "-q"]);
  assertEquals(JSON.parse(shown.split("\n")[1]!), {
    connection: 1,
    to: "server",
    number: 2,
    message: "two",
    bytes: 3,
    at: "2026-11-26T12:00:00.202Z",
    reads: 2,
    spanMs: 201,
  });
});

Deno.test("show --annotate draws the parts under the bytes", async () => {
  const { shown } = await show(EVENTS.slice(0, 2), ["--annotate", "-q"]);
  const [line, bytes, ...parts] = shown.trimEnd().split("\n");
  assertMatch(line!, /^#1 → .* one$/);
  assertMatch(bytes!, /^ +00000000 {2}6f 6e 65 0a /);
  assertEquals(parts.map((part) => part.trim()), ["^^^^^^^^ payload", "^^ LF"]);
});

Deno.test("show says where a recording is cut off, and exits 0", async () => {
  const { code, told } = await show(EVENTS, [], '{"t":1');
  assertEquals(code, 0);
  assertMatch(told, /\/recording: cut off after line 12\n$/);
});

Deno.test("show --pcapng writes a capture and prints nothing", async () => {
  const file = `${FOLDER}/capture`;
  const args = ["--pcapng", file, "--connection", "2"];
  const { code, shown, told } = await show(EVENTS, args);
  assertEquals([code, shown], [0, ""]);
  // The open event, the chunk, and the gap, which is no connection's.
  assertEquals(told, `${file}: a capture of 3 events\n`);
  const written = await Deno.readFile(file);
  const text = new TextDecoder("latin1").decode(written);
  assertEquals(
    [
      written.subarray(0, 4).toHex(),
      text.includes("a\nb"),
      text.includes("ONE"),
    ],
    ["0a0d0d0a", true, false],
  );
  const failed = await show(EVENTS, ["--pcapng", `${FOLDER}/no/such/file`]);
  assertEquals(failed.code, 9);
  assertMatch(failed.told, /cannot write .*: there is no such folder\n$/);
});

Deno.test("show reads a recording from standard input", async () => {
  const at = new Date(0);
  const text = encodeHead({ at, by: "test", frameToServer: "line" }) +
    encodeEvent({ t: 0, connection: 1, to: "server", bytes: bytes("x\n") });
  const terminal = new RecordedTerminal({
    input: [text.slice(0, 9), text.slice(9)],
  });
  assertEquals(await runClient(["show", "-"], terminal), 0);
  assertMatch(terminal.shown, /^#1 → .* x\n$/);
});

for (
  const [line, said] of [
    ["show", /there is no recording/],
    ["show a b", /"b" is one operand too many/],
    ["show a --only to-me", /--only: there is no "to-me"/],
    ["show a --filter /(/", /is not a regular expression/],
    ["show a --annotate --format json", /--annotate draws bytes for people/],
  ] as const
) {
  Deno.test(`parley-client ${line} is refused`, async () => {
    const terminal = new RecordedTerminal();
    assertEquals(await runClient(line.split(" "), terminal), 2);
    assertMatch(terminal.told, said);
  });
}
