import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import { oracleTest } from "../../support/oracle.ts";

codecSuite({
  framing: "dle",
  samples: ["", "a", "hello", "\x10", "\x10\x10", "\x02\x03", "\x10\x03"],
  golden: [
    ["\x01\x10\x02", "\x10\x02\x01\x10\x10\x02\x10\x03"],
    ["", "\x10\x02\x10\x03"],
  ],
  reads: [["\x10\x02a\x10\x03\x10\x02\x10\x10\x10\x03", ["a", "\x10"]]],
  rejects: [
    [
      "x",
      "malformed",
      'must begin with DLE STX (10 02), and has "x" (78) at position 1',
    ],
    ["\x10\x03", "malformed", "has byte 03 at position 2"],
    [
      "\x10\x02a\x10b",
      "malformed",
      'the DLE (10) at position 4 must be followed by DLE or ETX (03), not by "b"',
    ],
    [
      "\x10\x02a\x10\x02b",
      "malformed",
      "another DLE STX (10 02) comes at position 4",
    ],
    ["\x10", "truncated", "after the DLE (10) that begins a message"],
    ["\x10\x02a\x10", "truncated", "after 2 bytes of a message"],
    [`\x10\x02${"x".repeat(1001)}`, "too_large", "limit of 1000 bytes"],
    [`\x10\x02${"\x10\x10".repeat(1001)}`, "too_large", "limit of 1000 bytes"],
  ],
});

oracleTest({
  framing: "dle",
  read(text) {
    text.word("\x10\x02");
    let message = "";
    for (;;) {
      message += text.while((c) => c !== "\x10");
      text.oneOf("\x10");
      if (text.oneOf("\x10\x03") === "\x03") return message;
      message += "\x10";
    }
  },
  parts: fc.array(fc.oneof(fc.constantFrom(0x10, 2, 3), fc.nat(255)), {
    maxLength: 12,
  }).map((bytes) => {
    const doubled = bytes.flatMap((b) => b === 0x10 ? [b, b] : [b]);
    return `\x10\x02${fromLatin1(Uint8Array.from(doubled))}\x10\x03`;
  }),
});
