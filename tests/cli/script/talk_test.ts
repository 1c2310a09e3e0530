/**
 * `parley-client talk`, in this process, against the services of `parley-server`.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  client,
  clientWith,
  pathOf,
  scriptFile,
  server,
} from "../../support/scripts.ts";
import { freePort } from "../../support/ports.ts";

const ECHO = await scriptFile(
  "echo.talk",
  'send hello\nexpect hello\nsend {"id": 7}\nexpect json {"id": "{{id}}"}\nsend {{id}}\nexpect 7\nfinish\nexpect end\n',
);
const WRONG_REPLY = await scriptFile(
  "wrong_reply.talk",
  "send one\nexpect one\nsend two\nexpect three\n",
);

/** A conversation with one of the services: its command line, and the script. */
const SEEDS: Readonly<
  Record<string, readonly [server: readonly string[], script: string]>
> = {
  "a greeting": [
    ["greet", "0", "--message", "Hello, here I am"],
    "expect Hello, here I am\nexpect end\n",
  ],
  "a decimal header": [
    ["upper", "0", "--frame", "header:10"],
    'frame header:10\nsend hello\nexpect HELLO\nsend "two\\nlines"\nexpect "TWO\\nLINES"\nsend ""\nexpect ""\n',
  ],
  "a delimiter of several bytes": [
    ["echo", "0", "--frame", "delimiter:#*#"],
    "frame delimiter:#*#\nsend one * and #\nexpect one * and #\nfinish\nexpect end\n",
  ],
  "upper case": [
    ["upper", "0"],
    "send straße\nexpect STRASSE\nwithin 20ms none\n",
  ],
  "an echo of bytes": [
    ["echo", "0", "--frame", "length:4"],
    "frame length:4\nsend hex 00 ff 10\nexpect hex 00 ff 10\nsend base64 AP8Q\nexpect base64 AP8Q\n",
  ],
};

for (const [what, [args, script]] of Object.entries(SEEDS)) {
  Deno.test(`talk holds the conversation of the seeds: ${what}`, async () => {
    await using peer = await server(...args);
    const path = await scriptFile("seed.talk", script);
    const { code, shown, told } = await client("talk", path, peer.address);
    assertEquals([code, shown], [0, ""], told);
    assertMatch(told, /^seed\.talk: passed, \d+ statements in /);
  });
}

Deno.test("talk shows line, expected, received and the last three messages, and exits 1", async () => {
  await using peer = await server("echo", "0");
  const { code, shown, told } = await client("talk", WRONG_REPLY, peer.address);
  assertEquals(code, 1);
  assertEquals(
    shown,
    [
      "wrong_reply.talk:4: expect three",
      "  expected  three",
      "  received  two",
      "  where     it differs at byte 1",
      "  messages  ← one",
      "            → two",
      "            ← two",
      "",
    ].join("\n"),
  );
  assertMatch(told, /^wrong_reply\.talk: failed in line 4 after /);
});

Deno.test("talk names the connection of each message, and escapes control characters", async () => {
  await using peer = await server("echo", "0", "--frame", "length:1");
  const path = await scriptFile(
    "named.talk",
    'frame length:1\nconnect {{address}} as ann\nann: send "\\u001b[2J"\nann: expect calm\n',
  );
  const { code, shown } = await client("talk", path, peer.address);
  assertEquals(code, 1);
  assertStringIncludes(
    shown,
    '  received  "\\u001b[2J"\n  where     it differs at byte 0\n  messages  ann → \\x1b[2J\n            ann ← \\x1b[2J\n',
  );
});

Deno.test("talk runs several scripts one after the other, with a summary", async () => {
  await using peer = await server("echo", "0");
  const { code, told } = await client(
    ...["talk", ECHO, WRONG_REPLY, ECHO, peer.address],
  );
  assertEquals(code, 1);
  assertMatch(
    told,
    /^echo\.talk: passed.*\nwrong_reply\.talk: failed.*\necho\.talk: passed.*\n3 scripts: 2 passed, 1 failed in /,
  );
});

Deno.test("talk replaces names by --set, and knows the address", async () => {
  await using peer = await server("echo", "0");
  const path = await scriptFile(
    "set.talk",
    "connect {{address}}\nsend {{greeting}}, {{name}}\nexpect hello=there, Ann\n",
  );
  const { code, told } = await client(
    ...["talk", path, peer.address, "--set", "greeting=hello=there"],
    ...["--set=name=Ann"],
  );
  assertEquals(code, 0, told);
});

Deno.test("talk takes scripts that name their servers, and no address", async () => {
  await using peer = await server("echo", "0");
  const path = await scriptFile(
    "own.talk",
    `connect ${peer.address}\nsend hi\nexpect hi\nconnect length:1@${peer.address} as raw\nraw: send hex 61 0a\nraw: expect hex 61 0a\nwithin 20ms raw: none\n`,
  );
  const { code, told } = await client("talk", path);
  assertEquals(code, 0, told);
});

Deno.test("talk reads a script from standard input, and the files beside a script", async () => {
  await using peer = await server("echo", "0", "--frame", "length:4");
  await scriptFile("request.bin", Uint8Array.of(0, 255, 10));
  const path = await scriptFile(
    "file.talk",
    "send file request.bin\nexpect hex 00 ff 0a\nfinish\nexpect end",
  );
  const file = await client("talk", path, `length:4@${peer.address}`);
  assertEquals(file.code, 0, file.shown);
  const { code, told } = await clientWith(
    ["send hi\nexp", "ect hi\n"],
    ...["talk", "-", peer.address, "--frame", "length:4"],
  );
  assertEquals([code, /^standard input: passed/.test(told)], [0, true], told);
});

Deno.test("talk exits 4 where nothing listens, and runs the other scripts all the same", async () => {
  const address = `tcp://127.0.0.1:${freePort()}`;
  const { code, shown, told } = await client("talk", ECHO, ECHO, address);
  assertEquals([code, shown], [4, ""]);
  assertMatch(
    told,
    /^echo\.talk: cannot connect to .*: connection refused.*\necho\.talk: .*\n2 scripts: 0 passed, 2 failed/,
  );
});

Deno.test("talk logs each statement with --verbose, and JSON with --log json", async () => {
  await using peer = await server("echo", "0");
  const { told } = await client("talk", ECHO, peer.address, "-v");
  assertStringIncludes(
    told,
    "echo.talk:1: send hello\necho.talk:2: expect hello\n",
  );
  const json = await client(
    ...["talk", WRONG_REPLY, peer.address, "--log", "json"],
  );
  const { at: _, durationMs: __, script, ...event } = JSON.parse(json.told);
  assertEquals([script.endsWith("wrong_reply.talk"), event], [true, {
    event: "script",
    passed: false,
    steps: 4,
    line: 4,
    error: "wrong_reply.talk:4: expect three",
  }]);
});

Deno.test("talk exits 2 with the place where a script is wrong, before it connects", async () => {
  const path = await scriptFile("wrong.talk", "send hi\n  expct hi\n");
  const { code, shown, told } = await client("talk", ECHO, path, "1");
  assertEquals([code, shown], [2, ""]);
  assertMatch(
    told,
    /^parley-client: wrong\.talk:2:3: there is no statement "expct" \(did you mean expect\?\)/,
  );
});

/** A script, the arguments behind it, and what is said. */
const REFUSED: readonly (readonly [
  script: string,
  args: readonly string[],
  said: string,
])[] = [
  [
    "send {{nme}}",
    ["1", "--set", "name=x"],
    "x.talk:1:6: {{nme}} has no value here (did you mean {{name}}?) (--set); give it one",
  ],
  ["send hi", ["1", "--set", "id=7"], "--set id=...: x.talk has no {{id}}"],
  [
    "send {{a}}",
    ["1", "--set", "a=1", "--set", "a=2"],
    "--set a=... is given twice",
  ],
  ["send hi", ["1", "--set", "7"], '--set: "7" is not a name and a value'],
  ["send hi", [], "x.talk:1 needs the address of the server"],
  ["connect 7342\nsend hi", ["1"], "no script uses tcp://127.0.0.1:1"],
  [
    "pause 1ms",
    ["1"],
    "no script uses tcp://127.0.0.1:1, as there is nothing to send or to expect",
  ],
  [
    "connect 7342 7343\nsend hi",
    [],
    'x.talk:1: "7342 7343" is not one address',
  ],
  ["connect 99999\nsend hi", [], "x.talk:1: cannot use port 99999"],
  ["connect a:0 as b\nsend hi", ["1"], "x.talk:1: cannot connect to tcp://a:0"],
  ["send hi", ["1", "2"], '"1" is not a file; there is one address'],
  ["send hi", ["lgin"], '"lgin" is neither a file nor an address'],
  ["send hi", ["http://127.0.0.1/"], "its scheme must be tcp"],
  ["finish", ["udp:1"], "x.talk:1: datagrams have no end"],
  [
    "frame line\nsend hi",
    ["udp:1"],
    "x.talk:2: frame means nothing at udp://127.0.0.1:1",
  ],
  [
    "frame line\nsend hi",
    ["ws://127.0.0.1:1/"],
    "x.talk:2: frame means nothing at ws://127.0.0.1:1/",
  ],
  [
    "send hi",
    ["ws://127.0.0.1:1/", "--frame", "line"],
    "--frame means nothing over WebSocket",
  ],
  ["send hi", ["1", "--ca", "ca.pem"], "--ca is for TLS"],
  ["send hi", ["1", "--ping", "1s"], "--ping is for WebSocket"],
  ["send hi", ["1", "--report", "-"], "--report needs the name of a file"],
  ["send hi", ["1", "--timeout", "5"], '"5" is not a duration'],
  ['send "a\\nb"', ["1"], "x.talk:1:6: cannot send message with a line feed"],
  [
    "send file nope.bin",
    ["1"],
    "x.talk:1:11: cannot read nope.bin: there is no such file",
  ],
  [
    "frame line\nconnect length:4@1 as b\nb: send hi",
    [],
    "x.talk:2: frame line and length:4@ contradict each other",
  ],
];

for (const [script, args, wanted] of REFUSED) {
  Deno.test(`talk exits 2 for ${JSON.stringify(script)} with ${args.join(" ")}`, async () => {
    const path = await scriptFile("x.talk", script);
    const { code, shown, told } = await client("talk", path, ...args);
    assertEquals([code, shown, told.split("\n").length], [2, "", 2], told);
    assertStringIncludes(told, wanted);
  });
}

Deno.test("talk exits 2 for bytes that are not UTF-8, and 9 for a script that is not there", async () => {
  const path = await scriptFile(
    "latin.talk",
    Uint8Array.of(0x23, 0x0a, 0x73, 0xe9, 0x0a),
  );
  const { code, told } = await client("talk", path, "1");
  assertEquals(code, 2);
  assertStringIncludes(told, "latin.talk:2: this is not UTF-8");
  const missing = await client("talk", pathOf("missing.talk"), "1");
  assertEquals(missing.code, 9);
  assertStringIncludes(missing.told, "missing.talk: there is no such file");
});

Deno.test("talk refuses a report that cannot be written, before it connects", async () => {
  const report = pathOf("no/such/folder.xml");
  const { code, told } = await client("talk", ECHO, "1", "--report", report);
  assertEquals(code, 9);
  assertStringIncludes(told, "no/such/folder.xml: there is no such folder");
});

Deno.test("talk speaks UDP and WebSocket", async () => {
  const path = await scriptFile(
    "any.talk",
    'send hello\nexpect HELLO\nsend "two\\nlines"\nexpect "TWO\\nLINES"\nwithin 20ms none\n',
  );
  await using both = await server("upper", "udp://127.0.0.1:0");
  assertEquals((await client("talk", path, both.address)).code, 0);
  await using web = await server("upper", "ws://127.0.0.1:0/");
  assertEquals((await client("talk", path, web.address)).code, 0);
  const late = await client(
    ...["talk", WRONG_REPLY, "udp:9", "--timeout", "20ms"],
  );
  assertEquals(late.code, 1);
  assertStringIncludes(late.shown, "received  nothing within 20 ms");
});

Deno.test("talk records what goes over its connections", async () => {
  await using peer = await server("echo", "0");
  const file = pathOf("session.jsonl");
  const { code } = await client(
    ...["talk", ECHO, peer.address, "--record", file],
  );
  assertEquals(code, 0);
  const shown = await client("show", file);
  assertStringIncludes(shown.shown, "hello");
});
