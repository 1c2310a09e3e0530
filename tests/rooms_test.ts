/**
 * The size of files and folders, and what the documentation says of defaults and
 * entry points.
 *
 * @module
 */

import { assertEquals, assertGreater } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import {
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
} from "../mod.ts";
import { DEFAULTS } from "../cli/server/defaults.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "../lib/framing/mod.ts";
import { DEFAULT_HIGH_WATER_MARK_BYTES } from "../lib/session/defaults.ts";

const ROOT = new URL("../", import.meta.url);
const MOST_LINES = 300;
const MOST_FILES = 16;

// All of its files are of one kind: the formats, and what they share.
const OF_ONE_KIND = ["lib/framing/formats"];

// Of the repository's top level, beside what begins with a dot or is ignored.
const TOP_LEVEL = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "cli",
  "deno.json",
  "deno.lock",
  "lib",
  "mod.ts",
  "tests",
];
const IGNORED = ["coverage", "dist", "node_modules"];

/** The files below a folder, as lists by folder. */
async function* folders(
  folder: string,
): AsyncGenerator<{ folder: string; files: string[] }> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* folders(path);
    else files.push(path);
  }
  yield { folder, files };
}

Deno.test(`no folder of lib and cli holds more than ${MOST_FILES} files, no file more than ${MOST_LINES} lines`, async () => {
  const tooLarge: string[] = [];
  let seen = 0;
  for (const top of ["lib", "cli"]) {
    for await (const { folder, files } of folders(top)) {
      if (files.length > MOST_FILES && !OF_ONE_KIND.includes(folder)) {
        tooLarge.push(`${folder}: ${files.length} files`);
      }
      for (const file of files) {
        seen++;
        const text = await Deno.readTextFile(new URL(file, ROOT));
        const lines = text.split("\n").length - 1;
        if (lines > MOST_LINES) tooLarge.push(`${file}: ${lines} lines`);
      }
    }
  }
  assertEquals(tooLarge, []);
  assertGreater(seen, 200);
});

const UNITS: Readonly<Record<string, number>> = {
  "KiB": 1024,
  "MiB": 1024 ** 2,
  "s": 1000,
  "min": 60_000,
};

/** Reads `64 KiB`, `10 s` or `10,000`. */
function quantity(text: string): number {
  const [, digits, unit] = /^([\d,]+)(?: ([A-Za-z]+))?/.exec(text)!;
  return Number(digits!.replaceAll(",", "")) *
    (unit === undefined ? 1 : UNITS[unit]!);
}

Deno.test("the top level holds what is agreed, and no program's output", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(ROOT)) {
    if (!name.startsWith(".") && !IGNORED.includes(name)) names.push(name);
  }
  assertEquals(names.sort(), TOP_LEVEL);
});

Deno.test("the table of limits in mod.ts has the defaults of the library and the server", async () => {
  const source = await Deno.readTextFile(new URL("mod.ts", ROOT));
  const rows = new Map(
    Array.from(
      source.matchAll(/^ \* \| `(\w+)`[^|]* \| ([^|]+) \|/gm),
      ([, option, text]) => [option!, text!],
    ),
  );
  const said = (option: string) => quantity(rows.get(option)!);
  const saidOfServer = (option: string) =>
    quantity(rows.get(option)!.replace("`Infinity`; `parley-server`: ", ""));
  assertEquals({
    maxMessageBytes: said("maxMessageBytes"),
    highWaterMarkBytes: said("highWaterMarkBytes"),
    maxBufferedBytes: said("maxBufferedBytes"),
    connectTimeoutMs: said("connectTimeoutMs"),
    tlsHandshakeTimeoutMs: said("tlsHandshakeTimeoutMs"),
    maxConnections: said("maxConnections"),
    graceMs: said("graceMs"),
    idleTimeoutMs: saidOfServer("idleTimeoutMs"),
    messageTimeoutMs: saidOfServer("messageTimeoutMs"),
  }, {
    maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
    highWaterMarkBytes: DEFAULT_HIGH_WATER_MARK_BYTES,
    maxBufferedBytes: DEFAULT_MAX_BUFFERED_BYTES,
    connectTimeoutMs: DEFAULT_CONNECT_TIMEOUT_MS,
    tlsHandshakeTimeoutMs: DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
    maxConnections: DEFAULT_MAX_CONNECTIONS,
    graceMs: DEFAULT_GRACE_MS,
    idleTimeoutMs: DEFAULTS.idleTimeoutMs,
    messageTimeoutMs: DEFAULTS.messageTimeoutMs,
  });
});

Deno.test("the table of entry points in mod.ts has every one", async () => {
  const text = await Deno.readTextFile(new URL("mod.ts", ROOT));
  const missing = Object.keys(config.exports)
    .map((name) => name.slice(".".length))
    .filter((name) => !new RegExp(`^ \\* \\|.*${name}\``, "m").test(text));
  assertEquals(missing, []);
});
