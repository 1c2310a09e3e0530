/**
 * Conversations of real programs, recorded with `parley-server tap --record`: redis-cli
 * and redis-server 7, psql and PostgreSQL 15, `logger` of util-linux; and of `deno lsp`,
 * recorded between its standard input and output.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SniffBuffer, sniffFraming } from "../../../lib/framing/mod.ts";
import { RecordingReader } from "../../../lib/recording/mod.ts";

async function recorded(
  name: string,
  connection: number,
): Promise<SniffBuffer> {
  const reader = new RecordingReader();
  const url = new URL(`recordings/${name}.jsonl`, import.meta.url);
  reader.push(await Deno.readFile(url));
  const seen = new SniffBuffer();
  for (let event; (event = reader.next()) !== undefined;) {
    if (!("bytes" in event) || event.connection !== connection) continue;
    seen.push(event.to === "server" ? "toServer" : "toClient", event.bytes);
  }
  return seen;
}

const REAL: readonly (readonly [
  name: string,
  connection: number,
  framing: string,
  protocol: string,
])[] = [
  ["redis", 1, "redis", "Redis"],
  ["redis", 2, "redis", "Redis"],
  ["redis", 3, "redis", "Redis"],
  ["postgres", 1, "postgres", "PostgreSQL"],
  ["postgres", 2, "postgres", "PostgreSQL"],
  ["lsp", 1, "lsp", "the Language Server Protocol"],
  ["syslog", 1, "syslog", "syslog"],
  ["syslog", 2, "syslog", "syslog"],
];

for (const [name, connection, framing, protocol] of REAL) {
  Deno.test(`sniffFraming() knows connection ${connection} of ${name}, of real programs`, async () => {
    const [best] = sniffFraming(await recorded(name, connection));
    assertEquals(
      [best?.framing, best?.protocol],
      [framing, protocol],
    );
    assertEquals(best?.sureness === "not sure", false);
  });
}

Deno.test("sniffFraming() finds the framings of real programs without their first bytes", async () => {
  // Behind its first message, a stream tells nothing of its protocol.
  for (
    const [name, alike] of [
      ["redis", "resp"],
      ["postgres", "length:4,offset=1,adjust=-4,strip=0"],
    ] as const
  ) {
    const whole = await recorded(name, 1);
    const { bytes, turns = [] } = whole.toServer!;
    const first = turns[0]!;
    const rest = {
      bytes: bytes.subarray(first),
      isComplete: true,
      turns: turns.slice(1).map((place) => place - first),
    };
    const names = sniffFraming({ toServer: rest }).flatMap((guess) => [
      guess.framing,
      ...guess.alike,
    ]);
    assertEquals(names.includes(alike), true, `${name}: ${names}`);
  }
});
