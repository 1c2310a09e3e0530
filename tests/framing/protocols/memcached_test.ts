import fc from "fast-check";
import { fromLatin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

/** A packet of the binary protocol, as its documentation draws it. */
function binary(magic: string, opcode: string, body: string): string {
  const size = String.fromCharCode(0, 0, body.length >> 8, body.length & 255);
  return `${magic}${opcode}\0\0\0\0\0\0${size}${"\0".repeat(12)}${body}`;
}

const CLIENT = [
  "get a b c\r\n",
  "set greeting 0 60 5\r\nhello\r\n",
  "set empty 0 0 0 noreply\r\n\r\n",
  "cas a 0 0 2 77\r\n\r\n\r\n",
  "mg a v t\r\n",
  "ms a 2 T90 I\r\nhi\r\n",
  "mn\r\n",
  "SET upper 0 0 5\r\n", // not a command, and the server reads no data
  "version\n",
  binary("\x80", "\0", "key"),
];

codecSuite({
  framing: "memcached",
  from: "client",
  samples: CLIENT,
  golden: CLIENT.map((message) => [message, message] as const),
  reads: [[CLIENT.join(""), CLIENT]],
  rejects: [
    ["set a 0 0\r\n", "malformed", "set must be followed by 4 or 5 words"],
    ["set a 0 0 -1\r\n", "malformed", "of which number 4 is a size"],
    ["cas a 0 0 1\r\n", "malformed", "cas must be followed by 5 or 6 words"],
    ["ms a\r\n", "malformed", "ms must be followed by at least 2 words"],
    [
      "set a 0 0 2\r\nhixx",
      "malformed",
      'must be followed by CR LF, not by "x" (78) and "x" (78)',
    ],
    ["set a 0 0 1000\r\n", "too_large", "size of 1018 bytes"],
    ["set a 0 0 99999999999999999999\r\n", "too_large", "bytes exceeds"],
    [`get ${"a".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    ["set a 0 0 5\r\nhel", "truncated", "of at least 20"],
    ["\x80\0\0\0", "truncated", "of at least 24"],
    [
      `set ${"a".repeat(900)}${" ".repeat(90)}`,
      "truncated",
      "after 994 bytes",
    ],
  ],
  refuses: [
    ["get a", "it must be one whole memcached message, and it ends after 5"],
    ["get a\r\nget b\r\n", "its packet ends after 7 bytes"],
  ],
});

const SERVER = [
  "VALUE greeting 0 5\r\nhello\r\n",
  "VALUE a 0 2 77\r\n\r\n\r\n",
  "END\r\n",
  "STORED\r\n",
  "VA 2 t90\r\nhi\r\n",
  "VA 0\r\n\r\n",
  "HD\r\n",
  "EN\r\n",
  "STAT pid 1\r\n",
  "CLIENT_ERROR bad data chunk\r\n",
  binary("\x81", "\0", "value"),
];

codecSuite({
  framing: "memcached",
  from: "server",
  samples: SERVER,
  golden: SERVER.map((message) => [message, message] as const),
  reads: [[SERVER.join(""), SERVER]],
  rejects: [
    ["VALUE a 0\r\n", "malformed", "VALUE must be followed by 3 or 4 words"],
    ["VA x\r\n", "malformed", "VA must be followed by at least 1 words"],
    ["VA 1000\r\n", "too_large", "size of 1011 bytes"],
    ["END", "truncated", "after 3 bytes of a memcached message of at least 4"],
  ],
});

function packet(text: Text, magic: string, line: RegExp): string {
  const from = text.at;
  if (text.next === magic) {
    const head = text.take(12);
    let size = 0;
    for (const c of head.slice(8, 12)) size = size * 256 + c.charCodeAt(0);
    if (size + 24 > 1024 * 1024) throw new Refusal("too_large");
    text.take(12 + size);
    return text.text.slice(from, text.at);
  }
  const whole = text.while((c) => c !== "\n") + text.word("\n");
  const match = line.exec(whole.replace(/\r?\n$/, ""));
  if (match === null) return whole;
  const size = match[1] ?? match[2] ?? match[3];
  if (size === undefined) throw new Refusal("malformed");
  if (Number(size) > 1_000_000) throw new Refusal("too_large");
  const data = text.take(Number(size));
  if (text.take(2) !== "\r\n") throw new Refusal("malformed");
  return `${whole}${data}\r\n`;
}

const W = "[ \\t]+[^ \\t]+";
const N = "[ \\t]+(\\d{1,20})";
/** Matches a line that announces data; the size is missing in a wrong one. */
const COMMAND = new RegExp(
  `^(?:(?:set|add|replace|append|prepend)(?:(?:${W}){3}${N}(?:${W})?[ \\t]*$|(?=[ \\t]|$))` +
    `|cas(?:(?:${W}){3}${N}${W}(?:${W})?[ \\t]*$|(?=[ \\t]|$))` +
    `|ms(?:${W}${N}(?:${W})*[ \\t]*$|(?=[ \\t]|$)))`,
);
const ANSWER = new RegExp(
  `^(?:VALUE(?:(?:${W}){2}${N}(?:${W})?[ \\t]*$|(?=[ \\t]|$))` +
    `|VA(?:${N}(?:${W})*[ \\t]*$|(?=[ \\t]|$)))`,
);

const data = fc.string({
  unit: fc.constantFrom("a", "\r", "\n", "5", "\x80"),
  maxLength: 9,
});

oracleTest({
  framing: "memcached",
  from: "client",
  read: (text) => packet(text, "\x80", COMMAND),
  parts: fc.oneof(
    fc.constantFrom(...CLIENT),
    fc.tuple(fc.constantFrom("set a 0 0 ", "cas b 1 2 ", "ms c "), data)
      .map(([head, data]) =>
        `${head}${data.length}${
          head.startsWith("cas") ? " 7" : ""
        }\r\n${data}\r\n`
      ),
    fc.uint8Array({ maxLength: 9 }).map((body) =>
      binary("\x80", "\x01", fromLatin1(body))
    ),
  ),
});

oracleTest({
  framing: "memcached",
  from: "server",
  read: (text) => packet(text, "\x81", ANSWER),
  parts: fc.oneof(
    fc.constantFrom(...SERVER),
    fc.tuple(fc.constantFrom("VALUE a 0 ", "VA "), data)
      .map(([head, data]) => `${head}${data.length}\r\n${data}\r\n`),
    fc.uint8Array({ maxLength: 9 }).map((body) =>
      binary("\x81", "\x01", fromLatin1(body))
    ),
  ),
});
