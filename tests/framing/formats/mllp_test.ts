import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest } from "../../support/oracle.ts";

codecSuite({
  framing: "mllp",
  samples: ["", "a", "MSH|^~\\&|\rPID|1\r", "\r", "\x06"],
  golden: [["MSH|\r", "\x0bMSH|\r\x1c\r"], ["", "\x0b\x1c\r"]],
  reads: [["\x0ba\x1c\r\x0b\x1c\r\x0bb\r\x1c\r", ["a", "", "b\r"]]],
  rejects: [
    ["MSH|", "malformed", 'with the start byte 0b, not with "M"'],
    ["\x0ba\x1c\r\n", "malformed", "message 2 at byte 4"],
    [
      "\x0bab\x0bc\x1c\r",
      "malformed",
      "another start byte 0b comes after 2 bytes",
    ],
    ["\x0ba\x1cb", "malformed", 'must be followed by CR (0d), not by "b"'],
    ["\x0ba\x1c\x1c\r", "malformed", "not by byte 1c"],
    [
      "\x0bab",
      "truncated",
      "after 2 bytes of a message, before the bytes 1c 0d",
    ],
    ["\x0bab\x1c", "truncated", "before the CR (0d)"],
    ["\x0b", "truncated", "after 0 bytes"],
    [`\x0b${"x".repeat(1001)}`, "too_large", "limit of 1000 bytes"],
    [`\x0b${"x".repeat(1001)}\x0b`, "too_large", "limit of 1000 bytes"],
    [`\x0b${"x".repeat(1000)}\x0b`, "malformed", "another start byte"],
  ],
  refuses: [["a\x0bb", "it has a byte 0b"], ["a\x1c", "it has a byte 1c"]],
});

oracleTest({
  framing: "mllp",
  read(text) {
    text.oneOf("\x0b");
    const message = text.while((c) => c !== "\x0b" && c !== "\x1c");
    text.word("\x1c\r");
    return message;
  },
  parts: fc.oneof(
    fc.string({ unit: fc.constantFrom(..."MSH|\r\n\0\xff".split("")) })
      .map((message) => `\x0b${message}\x1c\r`),
    fc.constantFrom("\x0b", "\x1c", "\r"),
  ),
});
