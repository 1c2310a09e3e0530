/**
 * The parts of one frame of every framing, as a person reads them.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  explainFrame,
  parseFraming,
  PROTOCOLS,
} from "../../../lib/framing/mod.ts";
import { FORMATS } from "../../../lib/framing/formats.ts";
import { latin1 } from "../../support/chunkings.ts";

/** A framing, a frame, and its parts: their kinds, sizes and texts. */
const FRAMES: readonly (readonly [
  framing: string,
  frame: string,
  ...parts: string[],
])[] = [
  ["raw", "hi", "payload 2"],
  ["close", "hi", "payload 2"],
  ["fixed:4", "abcd", "payload 4"],
  ["fixed:4,pad=#", "a###", "payload 1", "padding 3"],
  ["fixed:4", "ab", "payload 2: payload, 2 of 4 bytes"],
  ["header:4", "2   hi", "length 4: length 2", "payload 2"],
  ["header:4", "x   hi", "unknown 6: does not fit the framing"],
  ["header:4", "2 ", "header 2: header, cut off"],
  ["varint", "\x02hi", "length 1: length 2", "payload 2"],
  ["varint", "\x82\0hi", "length 2: length 2", "payload 2"],
  ["mqtt", "\xc0\0", "header 1", "length 1: length 0"],
  ["netstring", "2:hi,", ...["length 1: length 2", "delimiter 1: colon"], ...[
    "payload 2",
    "delimiter 1: comma",
  ]],
  ["netstring", "2:hi;", ...["length 1: length 2", "delimiter 1: colon"], ...[
    "payload 2",
    "unknown 1: does not fit the framing",
  ]],
  [
    "octet-count",
    "2 hi",
    ...["length 1: length 2", "delimiter 1: space"],
    "payload 2",
  ],
  [
    "syslog",
    "\r\n<1>a\n",
    ...["filler 2: line ends", "payload 4"],
    "delimiter 1: LF",
  ],
  [
    "syslog",
    "2 hi",
    ...["length 1: length 2", "delimiter 1: space"],
    "payload 2",
  ],
  ["content-length", "A: b\r\nContent-Length: 2\r\n\r\n{}", ...[
    "header 6: header line",
    "length 19: length 2",
    "delimiter 2: empty line",
    "payload 2",
  ]],
  ["slip", "\xc0\xc0a\xdb\xdc\xdb\xdd\xc0", ...[
    "filler 1: empty frames",
    "delimiter 1: END (c0)",
    "payload 1",
    "escape 2: escape for c0",
    "escape 2: escape for db",
    "delimiter 1: END (c0)",
  ]],
  ["slip", "a\xdbx\xc0", "payload 1", "unknown 3: does not fit the framing"],
  ["hdlc", "\x7e\x7d\x5ea\x7e", ...[
    "delimiter 1: flag (7e)",
    "escape 2: escape for 7e",
    "payload 1",
    "delimiter 1: flag (7e)",
  ]],
  ["cobs", "\0\x03\x11\x22\x02\x33\0", ...[
    "filler 1: empty frames",
    "escape 1: group of 2",
    "payload 2",
    "escape 1: 00, group of 1",
    "payload 1",
    "delimiter 1: zero",
  ]],
  [
    "cobs",
    "\x05a\0",
    "escape 1: group of 4",
    "unknown 2: does not fit the framing",
  ],
  ["dle", "\x10\x02a\x10\x10\x10\x03", ...[
    "delimiter 2: DLE STX",
    "payload 1",
    "escape 2: escape for 10",
    "delimiter 2: DLE ETX",
  ]],
  ["json-seq", "\n\x1e\x1e[1,\n2]\n", ...[
    "filler 2: blanks",
    "delimiter 1: RS",
    "payload 6",
    "delimiter 1: LF",
  ]],
  ["json-seq", " \n", "filler 2: blanks"],
  ["json", "\n {}", "filler 2: blanks", "payload 2"],
  ["json", "12", "payload 2"],
  ["json", "12\n", "payload 2", "filler 1: blanks"],
  ["json", "[}", "unknown 2: does not fit the framing"],
  ["resp", "*2\r\n$2\r\nhi\r\n+OK\r\n", ...[
    "header 2: array 2",
    "delimiter 2: CR LF",
    "length 2: length 2",
    "delimiter 2: CR LF",
    "payload 2",
    "delimiter 2: CR LF",
    "header 1: simple string",
    "payload 2",
    "delimiter 2: CR LF",
  ]],
  ["resp", "$-1\r\n", "length 3: length -1", "delimiter 2: CR LF"],
  ["resp", "$?\r\n;2\r\nab\r\n;0\r\n", ...[
    "length 2: length ?",
    "delimiter 2: CR LF",
    "length 2: length 2",
    "delimiter 2: CR LF",
    "payload 2",
    "delimiter 2: CR LF",
    "length 2: length 0",
    "delimiter 2: CR LF",
  ]],
  ["rpc", "\0\0\0\x01a\x80\0\0\x01b", ...[
    "length 4: length 1, more fragments follow",
    "payload 1",
    "length 4: length 1, last fragment",
    "payload 1",
  ]],
  ["ber", "\x30\x81\x02hi", "header 1: tag", "length 2: length 2", "payload 2"],
  ["mllp", "\x0bhi\x1c\r", ...[
    "delimiter 1: start 0b",
    "payload 2",
    "delimiter 2: end 1c 0d",
  ]],
  ["fix", "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", ...[
    "header 10: version",
    "length 4: length 5",
    "payload 5",
    "checksum 7: checksum 163",
  ]],
  ["amqp", "AMQP\0\0\x09\x01", ...[
    "header 4: protocol header",
    "header 1: protocol 0",
    "header 3: version 0.9.1",
  ]],
  ["amqp", "\x01\0\x02\0\0\0\x01a\xce", ...[
    "header 1: type 1",
    "header 2: channel 2",
    "length 4: length 1",
    "payload 1",
    "delimiter 1: end",
  ]],
  ["mysql", "\x01\0\0\x03a", ...[
    "length 3: length 1",
    "header 1: sequence 3",
    "payload 1",
  ]],
  ["nats", "PUB greet 5\r\nhello\r\n", ...[
    "header 10: words",
    "length 1: length 5",
    "delimiter 2: CR LF",
    "payload 5",
    "delimiter 2: CR LF",
  ]],
  ["memcached", "set k 0 0 2\r\nhi\r\n", ...[
    "header 10: words",
    "length 1: length 2",
    "delimiter 2: CR LF",
    "payload 2",
    "delimiter 2: CR LF",
  ]],
  ["postgres", "Q\0\0\0\x06a\0", ...[
    'header 1: type "Q" (51)',
    "length 4: length 6",
    "payload 2",
  ]],
  ["postgres", "\0\0\0\x08\x04\xd2\x16\x2f", ...[
    "length 4: length 8",
    "header 4: version or request",
  ]],
  ["postgres", "S", 'header 1: answer "S" (53)'],
  ["postgres", "\x16\x03\x01\0\x01a", ...[
    "header 1: type 22",
    "header 2: version 769",
    "length 2: length 1",
    "payload 1",
  ]],
  ["smtp", "250-a\r\n250 b\r\n", ...[
    "header 4: code 250, more follows",
    "payload 1",
    "delimiter 2: CR LF",
    "header 4: code 250",
    "payload 1",
    "delimiter 2: CR LF",
  ]],
  ["smtp", "221\r\n", "header 3: code 221", "delimiter 2: CR LF"],
  ["nmea", "\\s:a*1\\$GP,1*27\r\n", ...[
    "header 7: TAG block",
    "delimiter 1: start",
    "payload 4",
    "checksum 3: checksum 27",
    "delimiter 2: CR LF",
  ]],
  ["stomp", "SEND\ncontent-length:2\n\nhi\0", ...[
    "header 5: command",
    "length 17: length 2",
    "delimiter 1: empty line",
    "payload 2",
    "delimiter 1: NUL",
  ]],
  ["stomp", "\n", "delimiter 1: heart-beat"],
  ["websocket", "\x81\x82abcdhi", ...[
    "header 1: text, last",
    "length 1: length 2",
    "header 4: mask",
    "payload 2: payload, masked",
  ]],
  ["websocket", "\x02\x7e\0\x02hi", ...[
    "header 1: binary, more fragments follow",
    "length 3: length 2",
    "payload 2",
  ]],
  ["websocket", "HTTP/1.1 101 a\r\nb: c\r\n\r\n", ...[
    "header 16: first line",
    "header 6: header line",
    "delimiter 2: empty line",
  ]],
  ["nats", "PING\r\n", "header 4: words", "delimiter 2: CR LF"],
];

for (const [framing, frame, ...wanted] of FRAMES) {
  Deno.test(`${framing} explains ${JSON.stringify(frame)}`, () => {
    const parts = explainFrame(parseFraming(framing), latin1(frame), {
      from: "server",
    });
    assertEquals(
      parts.map(({ kind, size, text }) =>
        text === kind ? `${kind} ${size}` : `${kind} ${size}: ${text}`
      ),
      wanted,
    );
  });
}

// How a format is written that needs a value.
const VALUES: Record<string, string> = {
  delimiter: "delimiter:x",
  fixed: "fixed:4",
};

Deno.test("smtp names the parts of what a client sends", () => {
  const explained = (frame: string) =>
    explainFrame(parseFraming("smtp"), latin1(frame), { from: "client" })
      .map(({ kind, size }) => `${kind} ${size}`);
  assertEquals(explained("QUIT\r\n"), ["header 4", "delimiter 2"]);
  assertEquals(explained("a\r\n.\r\n"), ["payload 3", "delimiter 3"]);
  assertEquals(explained("BDAT 4 LAST\r\nhi\r\n"), [
    ...["header 5", "length 1", "header 5", "delimiter 2"],
    "payload 4",
  ]);
});

Deno.test("every framing that has a name explains any bytes without gaps, in printable words", () => {
  const names = [...FORMATS.keys(), ...PROTOCOLS.map(({ name }) => name)];
  for (const name of names) {
    const framing = parseFraming(VALUES[name] ?? name);
    assertEquals(typeof framing.explain, "function", name);
    for (let seed = 0; seed < 256; seed++) {
      const bytes = Uint8Array.from(
        { length: seed % 40 },
        (_, i) => (seed * 31 + i * i * 7) % (seed % 3 === 0 ? 64 : 256),
      );
      for (const from of ["client", "server"] as const) {
        const parts = explainFrame(framing, bytes, { from, index: seed % 3 });
        assertEquals(
          parts.reduce((at, { offset, size }) => {
            assertEquals(offset, at);
            return at + size;
          }, 0),
          bytes.length,
        );
        for (const { text } of parts) assertMatch(text, /^[ -~]+$/);
      }
    }
  }
});

Deno.test("slip, hdlc, cobs, dle, rpc and resp explain a mebibyte of small parts in bounded time", () => {
  const size = 1024 * 1024;
  for (
    const [name, pattern] of [
      ["slip", "\xdb\xdc"],
      ["hdlc", "\x7d\x5e"],
      ["cobs", "\x01"],
      ["dle", "\x10\x10"],
      ["rpc", "\0\0\0\x01a"],
      ["resp", "+\r\n"],
    ] as const
  ) {
    const bytes = latin1(pattern.repeat(Math.ceil(size / pattern.length)));
    if (name === "dle") bytes[1] = 2;
    const begin = performance.now();
    const parts = explainFrame(parseFraming(name), bytes);
    assertEquals(parts.length, 1000, name);
    // A quadratic search takes minutes.
    assertLess(performance.now() - begin, 20_000, name);
  }
});
