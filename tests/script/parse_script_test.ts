/**
 * Reading scripts: the grammar, and what each mistake is answered with.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import {
  parseScript,
  type ParseScriptOptions,
  ScriptError,
} from "../../lib/testing/mod.ts";
import { ParsedScript } from "../../lib/script/statement.ts";
import { bytesOf } from "../../lib/script/template.ts";

/** The actions of a script without those that open its connections. */
function actions(text: string, options: ParseScriptOptions = {}) {
  const script = parseScript(text, options);
  if (!(script instanceof ParsedScript)) throw new TypeError("not read");
  return script.steps.map(({ action }) => action)
    .filter(({ type }) => type !== "connect");
}

/** What a script sends, as bytes. */
function sent(text: string, options: ParseScriptOptions = {}): number[][] {
  return actions(text, options).map((action) =>
    action.type === "send" ? [...bytesOf(action.value)] : []
  );
}

const ascii = (text: string) => [...new TextEncoder().encode(text)];

Deno.test("parseScript() reads every form of a value", () => {
  const readFile = (path: string) => new TextEncoder().encode(`<${path}>`);
  assertEquals(
    sent(
      [
        'send {"hello": 1}',
        String.raw`send "two lines\nin JSON quotes"  `,
        'send text "quoted"  ',
        "send text ",
        "send hex 00 ff10",
        "send base64 AP8Q",
        "send file a b.bin",
        'send ""',
        "send hexagon",
        "send  twice blank ",
        "\tsend indented",
        "send é # no comment",
      ].join("\n"),
      { readFile },
    ),
    [
      ascii('{"hello": 1}'),
      ascii("two lines\nin JSON quotes"),
      ascii('"quoted"  '),
      [],
      [0, 255, 16],
      [0, 255, 16],
      ascii("<a b.bin>"),
      [],
      ascii("hexagon"),
      ascii(" twice blank "),
      ascii("indented"),
      ascii("é # no comment"),
    ],
  );
});

Deno.test("parseScript() replaces names that have a value everywhere", () => {
  const variables = { id: "7", digits: "0aff", path: "x", ms: "20ms" };
  const readFile = (path: string) => new TextEncoder().encode(path);
  assertEquals(
    sent(
      'send a{{id}}b\nsend "{{id}}\\n\\u007b{id}}"\nsend hex {{digits}}\nsend file {{path}}.bin\npause {{ms}}',
      { variables, readFile },
    ),
    [ascii("a7b"), ascii("7\n{{id}}"), [10, 255], ascii("x.bin"), []],
  );
  assertEquals(actions("pause {{ms}}", { variables }), [
    { type: "pause", ms: 20 },
  ]);
});

Deno.test("parseScript() takes CR LF, a byte order mark, comments and blank lines", () => {
  assertEquals(
    sent("\ufeff# a script\r\n\r\n  # more\r\nsend hello\r\n"),
    [ascii("hello")],
  );
});

Deno.test("parseScript() tells patterns from messages that begin like them", () => {
  const types = actions([
    "expect any",
    "expect any as reply",
    "expect any thing",
    "expect end of story",
    "expect text end",
    'expect "reset"',
    'expect json {"a": {{reply}}, "b": "{{*}}"}',
    "expect jsonish",
    "expect /^a\\/b$/im ",
    "expect text /usr/bin",
    "expect end ",
  ].join("\n")).map((action) =>
    action.type === "expect" ? action.pattern.type : action.type
  );
  assertEquals(types, [
    ...["any", "any", "value", "value", "value", "value", "json", "value"],
    ...["expression", "value", "end"],
  ]);
});

Deno.test("parseScript() gives connections the settings above them, and opens the given one at its first statement", () => {
  const { connections, steps } = parseScript(
    [
      "frame length:4",
      "connect tcp://127.0.0.1:1 as bob",
      "frame line",
      "max-message 1KiB",
      "within 2s",
      "send hi",
      "within 10ms bob: expect hi",
      "bob: close",
      "connect {{address}} as bob",
      "bob: finish",
      "bob: expect end",
    ].join("\n"),
    { variables: { address: "unix:/tmp/app.sock" } },
  );
  assertEquals(
    connections.map(({ options: { framing, maxMessageBytes }, ...plan }) => ({
      ...plan,
      framing: String(framing),
      maxMessageBytes,
    })),
    [
      {
        name: "bob",
        address: "tcp://127.0.0.1:1",
        line: 2,
        needsStreamAt: undefined,
        framing: "length:4",
        maxMessageBytes: undefined,
      },
      {
        name: "",
        address: undefined,
        line: 6,
        needsStreamAt: undefined,
        framing: "line",
        maxMessageBytes: 1024,
      },
      {
        name: "bob",
        address: "unix:/tmp/app.sock",
        line: 9,
        needsStreamAt: 10,
        framing: "line",
        maxMessageBytes: 1024,
      },
    ],
  );
  assertEquals(steps.map(({ connection, line }) => `${connection}@${line}`), [
    ...["bob@2", "@6", "@6", "bob@7", "bob@8", "bob@9", "bob@10", "bob@11"],
  ]);
});

Deno.test("parseScript() opens no connection for a pause", () => {
  const { connections } = parseScript(
    "pause 1ms\nconnect a as b\nb: pause 1ms",
  );
  assertEquals(connections.map(({ name }) => name), ["b"]);
});

Deno.test("parseScript() takes the framing of its options where the script has none", () => {
  const framing = (address: string | undefined) =>
    address?.startsWith("udp:") ? undefined : "length:2";
  const { connections } = parseScript(
    "send hi\nconnect udp://127.0.0.1:1 as log\nlog: send hi",
    { framing },
  );
  assertEquals(connections.map(({ options }) => String(options.framing)), [
    "length:2",
    "undefined",
  ]);
});

/** A script, and the place and the text of its error. */
const WRONG: readonly (readonly [script: string, error: string])[] = [
  ["", "1:1: the script has no statements; write for example: send hello"],
  ["# nothing\n", "2:1: the script has no statements"],
  ["sned hi", '1:1: there is no statement "sned" (did you mean send?)'],
  ["recv hi", '1:1: there is no statement "recv" (did you mean expect?)'],
  ["send", '1:5: send needs a message; for an empty one write send ""'],
  ["  send  ", "1:8: send needs a message"],
  ['send "abc', "1:6: this is not a string of JSON, which begins with a quote"],
  ['send "a" b', "1:6: this is not a string of JSON"],
  ['send "\\q"', "1:6: this is not a string of JSON"],
  ["send hex 0", "1:10: this is not hex; hex needs two digits for each byte"],
  ["send hex", "1:6: hex needs two digits for each byte"],
  ["send base64 ?", "1:13: this is not base64"],
  ['send json {"a": 1}', "1:6: json is a pattern, and send needs a message"],
  ["send file a.bin", "1:11: files are not read here (readFile)"],
  ["send a {{nme}}", "1:8: {{nme}} has no value here (did you mean {{name}}?)"],
  ["send {{ name }}", "1:6: {{ name }} is not a name in braces"],
  ["send {{*}}", "1:6: {{*}} stands for any value of a json pattern alone"],
  ['expect json {"a": tru}', "1:13: the pattern is not JSON"],
  ['expect json {"a": "{{ b }}"}', "1:20: {{ b }} is not a name in braces"],
  ['expect json {"a": "x{{b}}"}', "1:21: {{b}} has no value here"],
  ["expect /a(/", "1:9: Invalid regular expression"],
  [
    "expect /usr/bin",
    '1:8: a regular expression has flags of i, m, s, u and v, not "bin"',
  ],
  [
    "expect /a",
    "1:8: a message that begins with / is a regular expression, and its second / is missing",
  ],
  ["expect //", "1:8: the regular expression is empty"],
  [
    "expect /(?<$x>a)/",
    '1:9: the group "$x" has a name that cannot stand in braces',
  ],
  ["expect any as 1st", '1:15: "1st" is not a name'],
  [
    "expect any as id\nsend hex {{id}}",
    "2:10: {{id}} is captured in line 1, and hex must be known before the script runs",
  ],
  ["within 5 send hi", '1:8: "5" is not a duration (did you mean "5s"?)'],
  ["within 1s pause 2s", "1:11: pause has a duration of its own"],
  ["within 1s frame line", "1:11: frame has a line of its own"],
  [
    "bob: within 1s expect hi",
    "1:6: within has a line of its own; or stands in front",
  ],
  ["pause", "1:6: a duration is missing"],
  ["none # quiet", "1:6: nothing stands behind none"],
  [
    "frame lenght:4\nsend a",
    '1:7: cannot use framing "lenght:4": there is no framing "lenght" (did you mean "length"?)',
  ],
  [
    "max-message 12k\nsend a",
    '1:13: "12k" is not a size (did you mean "12KiB"?)',
  ],
  [
    "send a\nframe line",
    "2:1: frame applies to the connections that are opened below it",
  ],
  ["frame line\nframe raw\nsend a", "1:1: frame applies to the connections"],
  ["connect", "1:1: connect needs an address"],
  ["connect as bob", "1:1: connect needs an address"],
  ["connect 7342 as", '1:1: "" is not a name for a connection'],
  ["connect 7342 as send", '1:1: "send" is not a name for a connection'],
  [
    "bob: send hi",
    "1:1: the connection bob is not open; write above: connect ADDRESS as bob",
  ],
  [
    "connect 1 as bob\nconnect 2 as bob",
    "2:1: the connection bob is open since line 1",
  ],
  ["send hi\nconnect 7342", "2:1: the connection is open since line 1"],
  ["bob:", "1:5: a statement is missing"],
  ["finish\nsend hi", "2:1: the connection has finished sending in line 1"],
  ["expect end\nexpect hi", "2:1: the connection has ended in line 1"],
  ["expect end\nnone", "2:1: the connection has ended in line 1"],
  ["expect reset\nsend hi", "2:1: the connection has ended in line 1"],
  [
    "close\nsend hi",
    "2:1: the connection was closed in line 1; to open it again write: connect ADDRESS",
  ],
  [
    'frame line\nsend "a\\nb"',
    "2:6: cannot send message with a line feed at byte 1: it would arrive as two lines",
  ],
  [
    "max-message 3\nframe line\nwithin 1s send abcd",
    "3:16: cannot send message of 4 bytes: the limit is 3 bytes",
  ],
  [
    `expect json ${"[".repeat(600)}${"]".repeat(600)}`,
    "1:13: the pattern is nested deeper than 500 levels",
  ],
];

for (const [text, wanted] of WRONG) {
  Deno.test(`parseScript() refuses ${JSON.stringify(text.slice(0, 40))} with its place`, () => {
    const error = assertThrows(
      () => parseScript(text, { name: "x.talk", variables: { name: "n" } }),
      ScriptError,
      `x.talk:${wanted}`,
    );
    assertEquals(`${error.line}:${error.column}`, /^\d+:\d+/.exec(wanted)![0]);
  });
}

Deno.test("parseScript() gives the reason why a file cannot be read", () => {
  const readFile = () => {
    throw new Error("there is no such file");
  };
  assertThrows(
    () => parseScript("send file a.bin", { readFile }),
    ScriptError,
    "script:1:11: cannot read a.bin: there is no such file",
  );
});

Deno.test("parseScript() bounds the size of a script", () => {
  const text = `send ${"x".repeat(16 * 1024 * 1024)}`;
  assertThrows(() => parseScript(text), ScriptError, "more than 16777216");
});

Deno.test("parseScript() with swap turns a script around", () => {
  const text = [
    "send hello",
    "expect {{greeting}}",
    'expect json {"a": [1, "{{greeting}}"]}',
    "within 100ms none",
    "pause 5ms",
    "finish",
    "expect end",
  ].join("\n");
  const variables = { greeting: "welcome" };
  const turned = actions(text, { variables, swap: true }).map((action) => {
    switch (action.type) {
      case "send":
        return `send ${new TextDecoder().decode(bytesOf(action.value))}`;
      case "expect":
        return `expect ${
          action.pattern.type === "value"
            ? new TextDecoder().decode(bytesOf(action.pattern.value))
            : action.pattern.type
        }`;
      case "pause":
        return `pause ${action.ms}`;
      default:
        return action.type;
    }
  });
  assertEquals(turned, [
    ...["expect hello", "send welcome", 'send {"a":[1,"welcome"]}'],
    ...["pause 200", "pause 5", "expect end", "finish"],
  ]);
});

for (
  const [text, what] of [
    ["expect any", "any"],
    ["expect any as x", "any"],
    ["expect /a/", "a regular expression"],
    ['expect json {"a": "{{x}}"}', "a json pattern that captures"],
    ['expect json ["{{*}}"]', "a json pattern that captures"],
    ["expect reset", "a reset"],
  ] as const
) {
  Deno.test(`parseScript() with swap refuses ${text}, with its line`, () => {
    assertThrows(
      () => parseScript(`send hi\n${text}`, { name: "x.talk", swap: true }),
      ScriptError,
      `x.talk:2:8: ${what}`,
    );
  });
}
