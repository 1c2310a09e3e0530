/**
 * `sniff` guesses the framing of servers, recordings and files.
 *
 * @module
 */

import { serve } from "@parley/parley";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runClient } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const FOLDER = await Deno.makeTempDir({ prefix: "parley-sniff-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));
const RECORDINGS = new URL("../../framing/sniff/recordings/", import.meta.url)
  .pathname;

async function sniff(args: readonly string[], input: readonly string[] = []) {
  const terminal = new RecordedTerminal({ input });
  const code = await runClient(["sniff", ...args], terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

/** The same messages in netstrings. */
const NETSTRINGS = ["one", "two more", "and three", "4", "the fifth of them"]
  .map((text) => `${text.length}:${text},`).join("");

Deno.test("sniff shows the framing of a recording, how sure it is, and three messages", async () => {
  const { code, shown, told } = await sniff([`${RECORDINGS}redis.jsonl`]);
  assertEquals([code, told], [0, ""]);
  const lines = shown.split("\n");
  assertMatch(
    lines[0]!,
    /^sure: Redis, --frame redis \(\d+ bits of evidence, 8 messages\)$/,
  );
  assertEquals(lines.slice(1).map((line) => line.slice(0, 20)), [
    "    70 B  *5\\r\\n$5\\r",
    "    70 B  *5\\r\\n$5\\r",
    "    70 B  *5\\r\\n$5\\r",
    "as well, for these b",
    "",
  ]);
});

Deno.test("sniff looks at one connection of a recording", async () => {
  const path = `${RECORDINGS}postgres.jsonl`;
  const { shown } = await sniff([path, "--connection", "2"]);
  assertStringIncludes(shown, "PostgreSQL, --frame postgres");
  assertStringIncludes(shown, "select now()");
  const { code, told } = await sniff([path, "--connection", "9"]);
  assertEquals(code, 2);
  assertStringIncludes(told, "holds no bytes of connection 9");
});

Deno.test("sniff reads bare bytes of a file and of standard input", async () => {
  const path = `${FOLDER}/bytes`;
  await Deno.writeTextFile(path, NETSTRINGS);
  const { code, shown } = await sniff([path]);
  assertEquals(code, 0);
  assertMatch(shown, /^(?:sure|likely): --frame netstring \(/);
  const pieces = [NETSTRINGS.slice(0, 7), NETSTRINGS.slice(7)];
  assertEquals((await sniff(["-"], pieces)).shown, shown);
});

Deno.test("sniff reads a recording from standard input, whatever it is cut into", async () => {
  const text = await Deno.readTextFile(`${RECORDINGS}lsp.jsonl`);
  const { code, shown } = await sniff(["-"], [
    text.slice(0, 10),
    text.slice(10, 1000),
    text.slice(1000),
  ]);
  assertEquals(code, 0);
  assertStringIncludes(shown, "--frame lsp (");
});

Deno.test("sniff --format json shows one object", async () => {
  const { shown } = await sniff(["-", "--format", "json"], [NETSTRINGS]);
  const { framing, sureness, messages, first } = JSON.parse(shown);
  assertEquals([framing, sureness, messages], ["netstring", "likely", 5]);
  assertEquals(first[1], { message: "two more", bytes: 8 });
});

Deno.test("sniff shows nothing and exits 1 if it is not sure", async () => {
  const noise = Array.from(
    { length: 400 },
    (_, i) => String.fromCharCode(97 + (i * i * 31 + i * 7) % 23),
  ).join("");
  const { code, shown, told } = await sniff(["-"], [noise]);
  assertEquals([code, shown], [1, ""]);
  assertMatch(told, /not sure: .*; both directions would help/);
  const empty = await sniff(["-"], []);
  assertEquals([empty.code, empty.shown], [1, ""]);
  assertStringIncludes(empty.told, "no framing fits these bytes");
});

Deno.test("sniff sends one text after the other to a server, and guesses from its answers", async () => {
  const options = { encoding: "bytes", framing: "length:2" } as const;
  await using server = await serve(
    "tcp://127.0.0.1:0",
    options,
    async (connection) => {
      for await (const message of connection) {
        await connection.send(
          new TextEncoder().encode(`${message.length} bytes, thank you`),
        );
      }
    },
  );
  const address = String(server.addresses[0]);
  const sends = ["\\0\\x05hello", "\\0\\x0canother text", "\\0\\x01!"]
    .flatMap((text) => ["--send", text]);
  const { code, shown } = await sniff([address, ...sends, "--wait", "500ms"]);
  assertEquals(code, 0);
  assertMatch(shown, /^(?:sure|likely): --frame length:2 \(\d+ bits/);
  const silent = await sniff([address, "--wait", "50ms"]);
  assertEquals(silent.code, 1);
  assertStringIncludes(silent.told, "has sent nothing; send it something");
});

Deno.test("sniff names a protocol that has no framing", async () => {
  const { code, shown } = await sniff(["-"], [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  ]);
  assertEquals(code, 0);
  assertMatch(shown, /^likely: HTTP\/1, for which there is no --frame\n$/);
});

Deno.test("sniff refuses what it cannot look at", async () => {
  const cases: readonly [args: string[], code: number, told: string][] = [
    [[], 2, "there is nothing to look at"],
    [["./none"], 9, "cannot read ./none: there is no such file"],
    [["none"], 2, 'cannot use address "none"'],
    [["udp:7342"], 2, "each datagram is a message"],
    [["7342", "more"], 2, '"more" is one operand too many'],
    [["-", "--send", "a"], 2, "nothing can be sent to it"],
    [["-", "--ca", "a"], 2, "--ca"],
    [["7342", "--connection", "1"], 2, "that is for recordings"],
    [["7342", "--send", "\\q"], 2, "cannot read escape"],
  ];
  for (const [args, code, told] of cases) {
    const result = await sniff(args);
    assertEquals(result.code, code, result.told);
    assertStringIncludes(result.told, told);
    assertEquals(result.shown, "");
  }
});

Deno.test("sniff refuses a recording of another version", async () => {
  const head =
    '{"format":"parley-recording","version":9,"at":"2026-01-01T00:00:00Z"}\n';
  const { code, told } = await sniff(["-"], [head]);
  assertEquals(code, 2);
  assertStringIncludes(told, "not a recording that can be read");
});
