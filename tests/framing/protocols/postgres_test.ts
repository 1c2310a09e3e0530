/**
 * The framing `postgres`, both directions, held against a second implementation.
 *
 * @module
 */

import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

/** A length of four bytes that counts itself, and what it counts. */
function counted(content: string): string {
  const size = content.length + 4;
  return String.fromCharCode(0, 0, size >> 8, size & 255) + content;
}

const SSL = counted("\x04\xd2\x16\x2f");
const GSS = counted("\x04\xd2\x16\x30");
const CANCEL = counted("\x04\xd2\x16\x2e\0\0\0\x07\0\0\0\x09");
const START = counted("\0\x03\0\0user\0anna\0\0");
const START_3_2 = counted("\0\x03\0\x02user\0anna\0\0");
const QUERY = "Q" + counted("SELECT 1\0");
const SYNC = "S" + counted("");
const OK = "R" + counted("\0\0\0\0");
const READY = "Z" + counted("I");
const PARAMETER = "S" + counted("TimeZone\0UTC\0");
const NOTICE = "N" + counted("SNOTICE\0\0");
const HELLO = "\x16\x03\x01\0\x02\x01\0";
const RECORD = "\x17\x03\x03\0\x03abc";

codecSuite({
  framing: "postgres",
  from: "client",
  opening: [START],
  samples: [QUERY, SYNC, "p" + counted("secret\0"), "d" + counted("\xff\0")],
  reads: [
    [SSL + START + QUERY + SYNC, [SSL, START, QUERY, SYNC]],
    [GSS + SSL + START_3_2 + QUERY, [GSS, SSL, START_3_2, QUERY]],
    [SSL + HELLO + RECORD, [SSL, HELLO, RECORD]],
    [HELLO + RECORD + RECORD, [HELLO, RECORD, RECORD]],
    [CANCEL, [CANCEL]],
  ],
  rejects: [
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
    ["\0\0\0\x07", "malformed", "it must have at least 8"],
    ["\0\0\x27\x11", "malformed", "it must have at most 10000"],
    ["\0\0\0\x08\x01", "malformed", "first byte of the version"],
    [counted("\0\x02\0\0"), "malformed", "second byte of the version"],
    [START + "R", "malformed", 'the message type cannot be "R" (52)'],
    [START + "Q\0\0\0\x03", "malformed", "it must have at least 5"],
    [START + "Q\0\0\x03\xe8", "too_large", "size of 1001 bytes"],
    [HELLO + START, "malformed", "the content type must be byte 14 or"],
    [SSL.slice(0, 5), "truncated", "after 5 bytes of a PostgreSQL message"],
    [START + SYNC.slice(0, 3), "truncated", "of at least 5"],
  ],
  refuses: [
    [QUERY, "it must be one whole PostgreSQL message"],
    ["", "it ends after 0 bytes"],
    [START + QUERY, "its packet ends after"],
  ],
});

codecSuite({
  framing: "postgres",
  from: "server",
  opening: ["N", "S", OK],
  samples: [OK, PARAMETER, NOTICE, READY, "v" + counted("\0\x03\0\0\0\0\0\0")],
  golden: [["S", "S"], ["N", "N"], [OK, OK]],
  reads: [
    ["NS" + OK + PARAMETER + NOTICE + READY, [
      "N",
      "S",
      OK,
      PARAMETER,
      NOTICE,
      READY,
    ]],
    ["S" + HELLO + RECORD, ["S", HELLO, RECORD]],
  ],
  rejects: [
    ["HTTP/1.1 400", "too_large", "this looks like an HTTP server"],
    ["NG" + OK, "malformed", "encrypted with GSSAPI"],
    [OK + "Q", "malformed", 'the message type cannot be "Q" (51)'],
    ["\0", "malformed", "the message type cannot be byte 00"],
    ["N" + OK + "N", "truncated", "after 1 bytes of a PostgreSQL message"],
  ],
  refuses: [["NS", "its packet ends after 1 bytes"]],
});

const be = (text: string) =>
  Array.from(text).reduce((value, c) => value * 256 + c.charCodeAt(0), 0);

function take(text: Text, from: number, size: number): string {
  if (size > 1024 * 1024) throw new Refusal("too_large");
  text.take(Math.max(0, from + size - text.at));
  return text.text.slice(from, text.at);
}

function record(text: Text): string {
  const from = text.at;
  text.oneOf("\x14\x15\x16\x17\x18");
  text.oneOf("\x03");
  text.take(1);
  const size = be(text.take(2)) + 5;
  if (size > 5 + 16384 + 2048) throw new Refusal("malformed");
  return take(text, from, size);
}

function typed(text: Text, types: string): string {
  const from = text.at;
  text.oneOf(types);
  const size = be(text.take(4));
  if (size < 4) throw new Refusal("malformed");
  return take(text, from, size + 1);
}

/** How the client's packets look now, told from all that were read before. */
function phaseOf({ text, at }: Text): "start" | "typed" | "records" {
  for (let from = 0; from < at;) {
    if (text[from] === "\x16") return "records";
    if (text.slice(from + 4, from + 6) !== "\x04\xd2") return "typed";
    from += be(text.slice(from, from + 4));
  }
  return "start";
}

oracleTest({
  framing: "postgres",
  from: "client",
  read(text) {
    const from = text.at;
    const phase = phaseOf(text);
    if (phase === "typed") return typed(text, "BCDEFHPQSXcdfp");
    if (phase === "records" || text.next === "\x16") return record(text);
    const size = be(text.take(4));
    if (size < 8 || size > 10_000) throw new Refusal("malformed");
    text.oneOf("\0\x04");
    text.oneOf("\x03\xd2");
    return take(text, from, size);
  },
  parts: fc.tuple(
    fc.constantFrom("", SSL, GSS + SSL, CANCEL),
    fc.oneof(
      fc.array(fc.constantFrom(QUERY, SYNC, "X" + counted(""))).map((queries) =>
        START + queries.join("")
      ),
      fc.array(fc.constantFrom(RECORD)).map((records) =>
        HELLO + records.join("")
      ),
    ),
  ).map((parts) => parts.join("")),
});

oracleTest({
  framing: "postgres",
  from: "server",
  read(text) {
    const [first] = text.text.slice(0, text.at).replace(/^[SN]*/, "");
    if (first === "G") throw new Refusal("malformed");
    if (first === undefined && "SNG".includes(text.next)) return text.take(1);
    return (first ?? text.next) === "\x16"
      ? record(text)
      : typed(text, "123ACDEGHIKNRSTVWZcdnstv");
  },
  parts: fc.tuple(
    fc.constantFrom("", "N", "S", "NS", "NN"),
    fc.oneof(
      fc.array(fc.constantFrom(PARAMETER, NOTICE, READY)).map((replies) =>
        OK + replies.join("")
      ),
      fc.constantFrom(HELLO, HELLO + RECORD),
    ),
  ).map((parts) => parts.join("")),
});
