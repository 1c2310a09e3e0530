import fc from "fast-check";
import { fromLatin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

codecSuite({
  framing: "hdlc",
  samples: ["a", "hello", "\x7e", "\x7d", "\x7d\x5e", "\x7e\x7e\x7d\x7d"],
  golden: [
    ["\x01\x7e\x02\x7d\x03", "\x7e\x01\x7d\x5e\x02\x7d\x5d\x03\x7e"],
    ["hello", "\x7ehello\x7e"],
  ],
  reads: [
    ["hello\x7e", ["hello"]],
    ["\x7e\x7e\x7ea\x7eb\x7e\x7e", ["a", "b"]],
    // A sender may escape any byte, an escape too.
    ["\x7d\x21\x7d\x31\x7d\x7d\x7e", ["\x01\x11\x5d"]],
    ["\x7e", []],
  ],
  rejects: [
    ["ab\x7d\x7e", "malformed", "(7d) at position 3 is followed by"],
    ["a\x7ebc", "truncated", "message 2 at byte 2"],
    ["a\x7d", "truncated", "of a frame, before the flag (7e)"],
    ["x".repeat(1001) + "\x7e", "too_large", "limit of 1000 bytes"],
    ["\x7d\x5e".repeat(1001), "too_large", "limit of 1000 bytes"],
  ],
  refuses: [["", "the receiver skips empty frames"]],
});

oracleTest({
  framing: "hdlc",
  read(text) {
    text.while((c) => c === "\x7e");
    if (text.isAtEnd) return undefined;
    const frame = text.while((c) => c !== "\x7e");
    if (text.isAtEnd) throw new Refusal("truncated");
    text.take(1);
    // RFC 1662, 4.2: take the escape away, turn over bit 20 of what follows.
    const message = frame.replaceAll(
      /\x7d([^])/g,
      (_, c: string) => String.fromCharCode(c.charCodeAt(0) ^ 0x20),
    );
    const pairs = frame.replaceAll(/\x7d[^]/g, "");
    if (pairs.includes("\x7d")) throw new Refusal("malformed");
    return message;
  },
  parts: fc.oneof(
    { weight: 1, arbitrary: fc.constant("a\x7d\x7e") },
    {
      weight: 9,
      arbitrary: fc.array(
        fc.oneof(fc.constantFrom(0x7e, 0x7d, 0x5e, 0x5d), fc.nat(255)),
        {
          minLength: 1,
          maxLength: 12,
        },
      ).map((bytes) => {
        const stuffed = bytes.flatMap((b) =>
          b === 0x7e || b === 0x7d ? [0x7d, b ^ 0x20] : [b]
        );
        return `\x7e${fromLatin1(Uint8Array.from(stuffed))}\x7e`;
      }),
    },
  ),
});
