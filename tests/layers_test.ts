/**
 * Who may import whom, and which folders hold no clock and no I/O.
 *
 * ```text
 * errors ◄─ bytes ◄─ framing, encoding ◄─ stream ◄─ session ◄─ mod.ts, http ◄─ cli
 *    ▲──────────────────── transport ◄── (contract and open) ──┘
 * ```
 *
 * @module
 */

import { assertEquals, assertGreater } from "@std/assert";
import config from "../deno.json" with { type: "json" };

/** What every folder may import: the errors, and the one way to check an option. */
const ERRORS = ["lib/check.ts", "lib/errors.ts"];
const CONTRACT = [
  "lib/transport/address.ts",
  "lib/transport/connection.ts",
  "lib/transport/datagram_endpoint.ts",
  "lib/transport/ip.ts",
  "lib/transport/outer_connection.ts",
  "lib/transport/spoken_framing.ts",
  "lib/transport/tls/options.ts",
  "lib/transport/udp/outer_endpoint.ts",
  "lib/transport/ws/options.ts",
  "lib/transport/ws/terms.ts",
  // The names of transports; it loads them when they are opened.
  "lib/transport/transports.ts",
];
const TRANSPORT = [
  ...ERRORS,
  ...CONTRACT,
  "lib/transport/check_call.ts",
  "lib/transport/os_error.ts",
  "lib/transport/raw_calls.ts",
  "lib/transport/read_ahead.ts",
  "lib/transport/socket.ts",
  "lib/transport/waiting.ts",
];
const NODE = ["node:buffer", "node:crypto", "node:stream", "node:tls"];
const MESSAGES = ["lib/bytes", "lib/encoding", ...ERRORS, "lib/framing"];

// What any user of the package can import, and the parts of it that the executables
// load before and after they listen; cli imports nothing else of lib.
const PUBLIC = [
  ...Object.values(config.exports)
    .filter((path) => !path.includes("/cli/"))
    .map((path) => path.slice("./".length)),
  "lib/core.ts",
  "lib/serving.ts",
  "lib/start.ts",
];
// What both halves of a script share: reading it and running it.
const SCRIPT = [
  ...["lib/script/capture.ts", "lib/script/parse_script.ts"],
  ...["lib/script/run_script.ts", "lib/script/script_error.ts"],
  ...["lib/script/same_json.ts", "lib/script/statement.ts"],
  ...["lib/script/subset.ts", "lib/script/template.ts"],
];
// What both commands that run scripts share.
const SCRIPTS = [
  "cli/script/failure_text.ts",
  ...["cli/script/read", "cli/script/script_options.ts"],
];
const TERMINAL = "cli/terminal/terminal.ts";
// What every command is made with.
const COMMAND = [
  "cli/arguments",
  "cli/manual",
  "cli/output",
  "cli/program.ts",
  TERMINAL,
  "cli/terminal/interruption.ts",
  "cli/terminal/live_line.ts",
  "cli/terminal/read_file.ts",
];

/**
 * A folder or file, and everything outside it that it may import. The longest
 * name that fits a file is the one that counts.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "lib/error_parts.ts": [],
  "lib/errors.ts": ["lib/error_parts.ts"],
  "lib/check.ts": ["lib/errors.ts"],
  "lib/inspect.ts": [],
  "lib/nearest.ts": ["@std/text"],
  "lib/units.ts": ["lib/check.ts"],
  "lib/random.ts": [],
  "lib/recent.ts": [],
  // Searches on behalf of users, for a bounded time.
  "lib/search": ["lib/errors.ts", "node:vm"],
  "lib/roster.ts": ["lib/inspect.ts"],
  "lib/bytes": [...ERRORS],
  "lib/time": [...ERRORS, "lib/roster.ts"],
  "lib/encoding": ["lib/bytes", ...ERRORS],
  "lib/framing": ["lib/bytes", ...ERRORS, "lib/nearest.ts"],
  // Counts messages, and gives packets the addresses of the recording.
  "lib/recording": [
    ...ERRORS,
    "@std/bytes",
    "lib/framing",
    "lib/transport/ip.ts",
  ],
  "lib/stream": [...MESSAGES],
  // The top of the folder is what all transports share, and the one place that
  // knows them all.
  "lib/transport": [...ERRORS],
  // What a connection may say about its messages.
  "lib/transport/connection.ts": [
    "lib/framing/framing.ts",
    "lib/transport/address.ts",
    "lib/transport/tls/options.ts",
  ],
  "lib/transport/outer_connection.ts": [
    "lib/framing/framing.ts",
    "lib/transport/address.ts",
    "lib/transport/connection.ts",
    "lib/transport/tls/options.ts",
  ],
  "lib/transport/spoken_framing.ts": [
    "lib/bytes",
    "lib/framing/framing.ts",
    "lib/time",
  ],
  "lib/transport/memory": [
    ...[...ERRORS, ...CONTRACT, "lib/random.ts"],
    "lib/transport/check_call.ts",
  ],
  "lib/transport/proxy": [...ERRORS, ...CONTRACT, "lib/time"],
  "lib/transport/stream": [...TRANSPORT],
  "lib/transport/tcp": [
    ...[...TRANSPORT, "lib/roster.ts", "lib/time"],
    ...["node:buffer", "node:dns/promises", "node:net"],
  ],
  "lib/transport/tls": [...TRANSPORT, "lib/transport/tcp", ...NODE],
  "lib/transport/udp": [...TRANSPORT, "node:dns/promises"],
  "lib/transport/unix": [...TRANSPORT],
  "lib/transport/ws": [
    ...TRANSPORT,
    "lib/bytes",
    "lib/framing",
    "lib/http/wire",
    "lib/transport/tcp",
    "lib/transport/tls",
    "lib/websocket/opening",
    "lib/websocket/speaking",
  ],
  // Frames, and what is said besides messages; pure.
  "lib/websocket/wire": [...MESSAGES, "node:zlib"],
  "lib/websocket/opening": [
    ...ERRORS,
    "lib/http/wire",
    "lib/websocket/wire",
    "node:crypto",
  ],
  "lib/websocket/speaking": [
    ...MESSAGES,
    "lib/time",
    "lib/transport/spoken_framing.ts",
    "lib/transport/ws/options.ts",
    "lib/websocket/opening",
    "lib/websocket/wire",
  ],
  "lib/websocket": [
    ...MESSAGES,
    ...CONTRACT,
    "lib/http/channel/taken_connection.ts",
    "lib/http/mod.ts",
    "lib/session/messages",
  ],
  "lib/session/defaults.ts": [],
  "lib/session/channel": [
    "lib/bytes",
    "lib/session/defaults.ts",
    ...ERRORS,
    "lib/time",
    ...CONTRACT,
    "lib/transport/raw_calls.ts",
  ],
  "lib/session/messages": [
    "lib/inspect.ts",
    ...MESSAGES,
    ...CONTRACT,
    "lib/time",
    "lib/session/channel",
    "lib/session/defaults.ts",
    "lib/transport/open.ts",
    "lib/transport/raw_calls.ts",
  ],
  "lib/session/serving": [
    "lib/inspect.ts",
    ...MESSAGES,
    ...CONTRACT,
    "lib/time",
    "lib/session/channel",
    "lib/session/defaults.ts",
    "lib/session/messages",
    "lib/roster.ts",
    "lib/transport/open.ts",
    // Wraps any connection; opens none.
    "lib/transport/proxy/proxied.ts",
  ],
  "lib/session/datagrams": [
    "@std/bytes",
    "lib/inspect.ts",
    ...MESSAGES,
    ...CONTRACT,
    "lib/time",
    "lib/session/defaults.ts",
    "lib/session/messages",
    "lib/roster.ts",
    "lib/session/serving",
    "lib/transport/open_datagrams.ts",
  ],
  "lib/http/wire": ["lib/bytes", ...ERRORS, "lib/framing"],
  // Server and client know nothing of each other; the entry point names both.
  "lib/http": [],
  "lib/http/channel": [...CONTRACT, "lib/http/wire", "lib/session/channel"],
  "lib/http/server": [
    "lib/inspect.ts",
    ...CONTRACT,
    ...ERRORS,
    "lib/http/channel",
    "lib/http/wire",
    "lib/roster.ts",
    "lib/session/channel",
    "lib/session/messages/receive_options.ts",
    "lib/session/serving",
    "lib/time",
  ],
  "lib/http/client": [
    "@std/bytes",
    "node:stream",
    "node:zlib",
    ...CONTRACT,
    ...ERRORS,
    "lib/http/channel",
    "lib/http/wire",
    "lib/roster.ts",
    "lib/session/channel",
    "lib/session/messages/connect.ts",
    "lib/session/messages/retry.ts",
    "lib/session/messages/wrap.ts",
    "lib/time",
  ],
  "lib/relay": [
    ...MESSAGES,
    ...CONTRACT,
    "lib/session/channel",
    "lib/session/datagrams/udp_address.ts",
    "lib/session/messages",
    "lib/time",
    "lib/transport/open_datagrams.ts",
  ],
  // messages, links ◄─ planning ◄─ measuring ◄─ lanes ◄─ generating ◄─ workers
  "lib/load": [
    ...[...ERRORS, "lib/framing/framing.ts", "lib/load/workers"],
    ...["lib/load/planning", "lib/session/messages"],
  ],
  "lib/load/messages": ["lib/random.ts", "node:buffer"],
  "lib/load/links": [
    ...[...ERRORS, ...CONTRACT, "lib/load/summary.ts", "node:zlib"],
    // What is spoken: messages, datagrams, HTTP.
    ...["lib/session/channel", "lib/session/messages"],
    ...["lib/http/channel", "lib/http/wire"],
    "lib/transport/open_datagrams.ts",
    "lib/transport/proxy/proxy_protocol.ts",
  ],
  "lib/load/planning": [
    ...[...MESSAGES, ...CONTRACT, "lib/http/client", "lib/load/links"],
    ...["lib/load/messages", "lib/load/options.ts"],
    // What a datagram can hold.
    "lib/session/datagrams/udp_address.ts",
  ],
  "lib/load/measuring": [
    ...[...ERRORS, "hdr-histogram-js", "lib/load/options.ts"],
    ...["lib/load/planning", "lib/load/summary.ts"],
  ],
  "lib/load/lanes": [
    ...["lib/load/generating/schedule.ts", "lib/load/links"],
    ...["lib/load/measuring", "lib/load/messages", "lib/load/summary.ts"],
    "lib/time/outage.ts",
  ],
  "lib/load/generating": [
    ...[...CONTRACT, "lib/framing", "lib/load/lanes", "lib/load/links"],
    ...["lib/load/measuring", "lib/load/planning", "node:timers"],
  ],
  "lib/load/generating/schedule.ts": [],
  "lib/load/workers": [
    ...[...ERRORS, "lib/load/generating", "lib/load/measuring"],
    ...["lib/load/options.ts", "lib/load/planning", "lib/load/summary.ts"],
    "lib/load/version.ts",
  ],
  "lib/hub": [
    ...[...ERRORS, ...CONTRACT, "lib/framing", "lib/inspect.ts"],
    ...["lib/roster.ts", "lib/session/messages", "lib/session/serving"],
    "lib/time",
  ],
  "lib/hub/members": [
    ...[...ERRORS, ...CONTRACT, "lib/framing", "lib/hub"],
    ...["lib/session/channel/flush_policy.ts", "lib/session/messages"],
    "lib/time",
  ],
  "lib/hub/rooms": [
    ...[...ERRORS, "lib/bytes", "lib/framing", "lib/hub", "lib/roster.ts"],
  ],
  // Speaks over whatever its caller opens.
  "lib/script": [
    ...[...ERRORS, "@std/bytes", "lib/encoding/json.ts", "lib/framing"],
    "lib/time",
  ],
  "lib/script/reading": [
    ...[...ERRORS, "lib/bytes", "lib/encoding/json.ts", "lib/framing"],
    ...["lib/nearest.ts", "lib/units.ts", ...SCRIPT],
  ],
  "lib/script/running": [
    ...[...ERRORS, "lib/search", "lib/time", ...SCRIPT],
  ],
  // Strikes any connection; opens none.
  "lib/faults": [
    ...MESSAGES,
    ...CONTRACT,
    "lib/search",
    "lib/nearest.ts",
    "lib/recent.ts",
    "lib/time",
    "lib/transport/waiting.ts",
  ],
  // Decides without waiting.
  "lib/faults/plan": [
    ...MESSAGES,
    "lib/search",
    "lib/faults/fault.ts",
    "lib/faults/fault_names.ts",
    "lib/random.ts",
  ],
  "lib/faults/written": [
    ...ERRORS,
    "lib/faults/fault.ts",
    "lib/faults/fault_names.ts",
    "lib/units.ts",
  ],
  // The only importer of NATS.
  "lib/nats": [
    ...ERRORS,
    "lib/hub/backbone.ts",
    "lib/time",
    "lib/transport/tls/options.ts",
    "@nats-io/nats-core",
    "@std/encoding",
  ],
  "lib/nats/line": [
    ...ERRORS,
    ...CONTRACT,
    "lib/nats/nats_options.ts",
    "lib/session/messages/start_tls.ts",
    "lib/time",
    "lib/transport/open.ts",
    "@nats-io/nats-core",
    "@std/async",
    "@std/bytes",
  ],
  "lib/nats/core": [
    "lib/errors.ts",
    "lib/hub/backbone.ts",
    "lib/nats/line",
    "lib/nats/nats_message.ts",
    "lib/nats/rooms.ts",
    "lib/time",
    "@nats-io/nats-core",
  ],
  "lib/nats/ordered": [
    ...ERRORS,
    "lib/hub/backbone.ts",
    "lib/nats/line",
    "lib/nats/nats_message.ts",
    "lib/nats/nats_options.ts",
    "lib/nats/rooms.ts",
    "@nats-io/jetstream",
    "@nats-io/nats-core",
    "@std/async",
  ],
  "lib/testing": [
    ...MESSAGES,
    ...CONTRACT,
    "lib/faults",
    "lib/random.ts",
    "lib/script",
    "lib/transport/memory",
    "@std/bytes",
  ],
  "mod.ts": ["lib"],
  "lib/core.ts": ["lib"],
  "lib/serving.ts": ["lib"],
  "lib/start.ts": ["lib"],
  // The commands of an executable load all the rest.
  "cli": [...PUBLIC],
  "cli/output": [
    ...[...PUBLIC, "cli/program.ts", "cli/output/views"],
    TERMINAL,
  ],
  // Draws what goes over a connection, and the parts of frames.
  "cli/output/frames": [...PUBLIC, "@std/async", "cli/output", TERMINAL],
  // One library for each, loaded when it is asked for.
  "cli/output/views": [
    ...[...PUBLIC, "cli/output", "@bufbuild/protobuf", "@msgpack/msgpack"],
    "cborg",
  ],
  // The line editor, which only a terminal loads.
  "cli/terminal": [
    "cli/arguments/sizes.ts",
    "cli/output",
    "node:fs",
    "node:readline",
    "node:stream",
  ],
  // Framings and flags share one way to find the word that was meant.
  "cli/arguments": [
    // Bytes are written as in a framing's string.
    ...[...PUBLIC, "lib/framing/grammar/escapes.ts", "lib/nearest.ts"],
    ...["cli/output", "lib/search", "lib/units.ts"],
  ],
  // The table of framings is help too.
  "cli/manual": [...PUBLIC, ...COMMAND],
  // What one subject adds to both executables, which do not know each other.
  "cli/websocket": [...PUBLIC, ...COMMAND],
  "cli/target": [...PUBLIC, ...COMMAND, "cli/server", "cli/tls"],
  "cli/hub/nats": [...PUBLIC, ...COMMAND, "cli/tls"],
  "cli/bridge": [
    ...[...PUBLIC, ...COMMAND, "cli/server", "cli/target", "cli/tls"],
    "cli/websocket",
    "cli/udp/peers_listener.ts",
  ],
  "cli/hub": [
    ...[...PUBLIC, ...COMMAND, "cli/server", "cli/target", "cli/websocket"],
    // The hub's own terminal is a member too.
    ...["cli/client/prompt.ts", "cli/client/typed_messages.ts"],
  ],
  "cli/tls": [...PUBLIC, ...COMMAND, "@std/bytes"],
  "cli/recording/record": [
    ...PUBLIC,
    ...COMMAND,
    "cli/version.ts",
  ],
  "cli/recording/read": [...PUBLIC, ...COMMAND],
  "cli/recording/exchange": [
    ...[...PUBLIC, ...COMMAND, "lib/search", "node:timers"],
  ],
  "cli/recording/show": [
    ...[...PUBLIC, ...COMMAND, "cli/tap"],
    ...["cli/recording/read", "cli/recording/record"],
    "cli/faults/fault_text.ts",
  ],
  "cli/recording/chop": [
    ...[...PUBLIC, ...COMMAND, "@std/bytes", "cli/tls"],
    ...["cli/client/connection", "cli/recording/exchange"],
    "cli/recording/read",
    // The options that both have.
    "cli/recording/replay/replay_options.ts",
  ],
  "cli/recording/replay": [
    ...[...PUBLIC, ...COMMAND, "@std/bytes", "cli/tls"],
    ...["cli/client/connection", "cli/recording/exchange"],
    "cli/recording/read",
  ],
  "cli/script": [...PUBLIC, ...COMMAND, "cli/recording/record"],
  "cli/script/read": [...PUBLIC, ...COMMAND],
  "cli/script/client": [
    ...[...PUBLIC, ...COMMAND, ...SCRIPTS, "cli/client"],
    ...["cli/recording/record"],
  ],
  "cli/script/server": [
    ...[...PUBLIC, ...COMMAND, ...SCRIPTS, "cli/server", "cli/target"],
    ...["cli/recording/record", "cli/udp/peers_listener.ts", "cli/websocket"],
  ],
  "cli/sniff": [
    ...[...PUBLIC, ...COMMAND, "cli/tls"],
    ...["cli/client/connection", "cli/recording/exchange"],
    "cli/recording/read",
  ],
  "cli/load": [
    ...[...PUBLIC, ...COMMAND],
    ...["cli/client/connection", "cli/http/client"],
    ...["cli/tls", "cli/websocket"],
  ],
  // A page of what was measured; it neither measures nor writes.
  "cli/load/report": [
    ...["lib/load/mod.ts", "cli/output/counted.ts"],
    ...["cli/arguments/sizes.ts", "cli/output/escape.ts"],
    ...["cli/http/page/markup.ts", "cli/load/shown/amounts.ts"],
  ],
  "cli/wait": [
    ...[...PUBLIC, ...COMMAND, "cli/tls"],
    ...["cli/client", "cli/http/client"],
  ],
  "cli/udp": [
    ...[...PUBLIC, ...COMMAND],
    ...["cli/client", "cli/recording/record", "cli/server"],
  ],
  "cli/http": [
    ...[...PUBLIC, ...COMMAND, "@std/html"],
    ...["cli/client", "cli/server", "cli/tls", "cli/websocket"],
  ],
  "cli/client": [
    ...[...PUBLIC, ...COMMAND, "cli/terminal"],
    ...["cli/http/client", "cli/recording/record", "cli/tls", "cli/udp"],
    "cli/websocket",
  ],
  "cli/server": [
    ...[...PUBLIC, ...COMMAND, "@std/async"],
    ...["cli/http/server", "cli/recording/record", "cli/tls", "cli/udp"],
    ...["cli/faults", "cli/websocket"],
  ],
  "cli/faults": [...PUBLIC, ...COMMAND],
  "cli/tap": [
    ...[
      ...PUBLIC,
      ...COMMAND,
      "cli/faults",
      "cli/recording",
      "cli/server",
      "cli/tls",
    ],
    ...["cli/target", "cli/websocket"],
  ],
  "cli/demo": [...PUBLIC, "cli/output"],
};

const PURE = [
  ...["lib/bytes", "lib/encoding", "lib/framing", "lib/http/wire"],
  ...["lib/faults/parse_fault.ts", "lib/faults/plan", "lib/faults/written"],
];
// Pure too, and speaks of times that it is given.
const READS_NO_CLOCK = [
  "lib/recording",
  ...["lib/script/reading", "lib/script/parse_script.ts"],
  ...["lib/script/statement.ts", "lib/script/template.ts"],
  ...["lib/script/capture.ts", "lib/script/subset.ts"],
  "lib/script/same_json.ts",
  ...["lib/load/generating/schedule.ts", "lib/load/lanes/answers.ts"],
  ...["lib/load/lanes/pace.ts", "lib/load/lanes/window.ts"],
  ...["lib/load/measuring", "lib/load/messages"],
];
const IMPURE =
  /\b(async|await|console|Date|Deno|fetch|Math\.random|performance|queueMicrotask|set(?:Interval|Timeout))\b/g;
const CLOCK =
  /\b(async|await|console|Deno|fetch|Math\.random|performance|queueMicrotask|set(?:Interval|Timeout)|Date\.now|new Date\(\))/g;
// Knows connections by their contract only; checked here as its two entry
// functions reach the real transports through open.ts, which names Deno.
const NO_DENO = [
  "lib/script",
  "lib/search",
  "lib/hub",
  "lib/faults",
  "lib/nats",
  "lib/relay",
  "lib/session",
  "lib/stream",
  "lib/testing",
  ...CONTRACT,
];

Deno.test("every import follows the table", async () => {
  const found: string[] = [];
  for await (const [path, source] of sources()) {
    found.push(...forbiddenImports(path, source));
  }
  assertEquals(found, []);
});

Deno.test("bytes, encoding and framing neither wait nor look at a clock", async () => {
  const found: string[] = [];
  for await (const [path, source] of sources()) {
    if (PURE.some((folder) => contains(folder, path))) {
      found.push(...namesIn(path, source, IMPURE));
    }
  }
  assertEquals(found, []);
});

Deno.test("recording, reading scripts and measuring load neither wait nor look at a clock", async () => {
  const found: string[] = [];
  for await (const [path, source] of sources()) {
    if (READS_NO_CLOCK.some((folder) => contains(folder, path))) {
      found.push(...namesIn(path, source, CLOCK));
    }
  }
  assertEquals(found, []);
});

Deno.test("hub, relay, stream, session and testing do not name Deno", async () => {
  const found: string[] = [];
  for await (const [path, source] of sources()) {
    if (NO_DENO.some((folder) => contains(folder, path))) {
      found.push(...namesIn(path, source, /\bDeno\b/g));
    }
  }
  assertEquals(found, []);
});

Deno.test("the table has a row for every folder and file it speaks of", async () => {
  for (const name of Object.keys(MAY_IMPORT)) await Deno.stat(name);
  let count = 0;
  for await (const [path] of sources()) {
    if (rowOf(path) === undefined) throw new Error(`${path} is in no row`);
    count++;
  }
  assertGreater(count, Object.keys(MAY_IMPORT).length);
});

// The files at the top of transport that know its folders. All others there are
// what the folders build on.
const KNOW_TRANSPORTS = [
  "lib/transport/open.ts",
  "lib/transport/open_datagrams.ts",
  "lib/transport/transports.ts",
];

Deno.test("at the top of transport, only the table and what opens by it import its folders", async () => {
  const found: string[] = [];
  for await (const [path, source] of sources()) {
    if (rowOf(path) !== "lib/transport") continue;
    if (KNOW_TRANSPORTS.includes(path)) continue;
    const targets = specifiersIn(source).map((name) => resolve(name, path));
    const known = [...ERRORS, ...CONTRACT];
    for (const target of targets) {
      if (rowOf(target) === "lib/transport" || known.includes(target)) continue;
      found.push(`${path} imports ${target}`);
    }
  }
  assertEquals(found, []);
});

// Lists that several rows share; a row need not use all of each.
const SHARED = new Set([
  ...[...ERRORS, ...CONTRACT, ...TRANSPORT, ...MESSAGES, ...NODE],
  ...[...PUBLIC, ...COMMAND, ...SCRIPT, ...SCRIPTS],
]);

Deno.test("no row of the table grants what nothing in it imports", async () => {
  const used = new Map<string, string[]>();
  for await (const [path, source] of sources()) {
    const row = rowOf(path) ?? "";
    const targets = specifiersIn(source).map((name) => resolve(name, path));
    used.set(row, [...used.get(row) ?? [], ...targets]);
  }
  const found = Object.entries(MAY_IMPORT).flatMap(([row, grants]) =>
    grants
      .filter((grant) => !SHARED.has(grant))
      .filter((grant) =>
        !used.get(row)?.some((target) => contains(grant, target))
      )
      .map((grant) => `${row} may import ${grant} and does not`)
  );
  assertEquals(found, []);
});

Deno.test("forbiddenImports() names the edge that is not in the table", () => {
  const source = [
    `import { ByteQueue } from "../bytes/byte_queue.ts";`,
    `import type { Server } from "../session/serving/serve.ts";`,
    `export * from "../transport/tcp/mod.ts";`,
    `export { line } from "./line.ts";`,
    `const late = import("node:net");`,
    `import "npm:left-pad";`,
    `// import { not } from "../session/serving/comment.ts";`,
    `/** import { not } from "../session/serving/comment.ts"; */`,
  ].join("\n");

  assertEquals(forbiddenImports("lib/framing/planted.ts", source), [
    "lib/framing/planted.ts imports lib/session/serving/serve.ts",
    "lib/framing/planted.ts imports lib/transport/tcp/mod.ts",
    "lib/framing/planted.ts imports node:net",
    "lib/framing/planted.ts imports npm:left-pad",
  ]);
});

Deno.test("forbiddenImports() lets the contract be imported without its folder", () => {
  const source = [
    `import type { Connection } from "../../transport/connection.ts";`,
    `import { connectTcp } from "../../transport/tcp/mod.ts";`,
  ].join("\n");

  assertEquals(forbiddenImports("lib/session/messages/planted.ts", source), [
    "lib/session/messages/planted.ts imports lib/transport/tcp/mod.ts",
  ]);
});

Deno.test("namesIn() reports code and passes over comments", () => {
  const source = "/** Takes no Date. */\nconst now = Date.now(); // a Date\n";

  assertEquals(namesIn("lib/bytes/planted.ts", source, IMPURE), [
    "lib/bytes/planted.ts names Date",
  ]);
});

function forbiddenImports(path: string, source: string): string[] {
  const row = rowOf(path) ?? "";
  const allowed = [row, ...MAY_IMPORT[row] ?? []];
  return specifiersIn(source)
    .map((specifier) => resolve(specifier, path))
    .filter((target) => !allowed.some((name) => contains(name, target)))
    .map((target) => `${path} imports ${target}`);
}

function namesIn(path: string, source: string, names: RegExp): string[] {
  const found = withoutComments(source).matchAll(names);
  return [...new Set([...found].map(([name]) => `${path} names ${name}`))];
}

function rowOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((name) => contains(name, path))
    .sort((a, b) => b.length - a.length)[0];
}

function contains(name: string, path: string): boolean {
  return path === name || path.startsWith(`${name}/`);
}

function specifiersIn(source: string): string[] {
  const specifier =
    /(?:\b(?:im|ex)port\b[^;"']*?\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;
  return [...withoutComments(source).matchAll(specifier)].map(([, s]) => s!);
}

function withoutComments(source: string): string {
  // A line comment needs a space before it, so that "tcp://" stays.
  return source.replace(/\/\*[^]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

function resolve(specifier: string, importer: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${importer}`).pathname.slice(1);
}

async function* sources(): AsyncGenerator<[path: string, source: string]> {
  yield ["mod.ts", await Deno.readTextFile("mod.ts")];
  yield* sourcesIn("lib");
  yield* sourcesIn("cli");
}

async function* sourcesIn(
  folder: string,
): AsyncGenerator<[path: string, source: string]> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourcesIn(path);
    else if (path.endsWith(".ts")) yield [path, await Deno.readTextFile(path)];
  }
}
