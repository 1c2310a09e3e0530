import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

codecSuite({
  framing: "ber",
  samples: [
    "\x05\x00",
    "\x02\x01\x05",
    "\x04\x05hello",
    "\x04\x81\x05hello",
    "\x04\x84\x00\x00\x00\x05hello",
    "\x7f\x84\x0a\x01\xff",
    "\x1f\x81\x80\x80\x01\x00",
    `\x04\x81\x80${"a".repeat(128)}`,
    `\x30\x82\x01\x00${"b".repeat(256)}`,
  ],
  golden: [["\x30\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"]],
  reads: [
    ["\x30\x00\x05\x00\x04\x01a", ["\x30\x00", "\x05\x00", "\x04\x01a"]],
    ["\x04\x88\0\0\0\0\0\0\0\x01a", ["\x04\x88\0\0\0\0\0\0\0\x01a"]],
  ],
  rejects: [
    ["\x00\x00", "malformed", "a tag of 00 ends contents of indefinite length"],
    ["\x30\x80\x05\x00\x00\x00", "malformed", "its length is indefinite (80)"],
    ["\x30\xff", "malformed", "reserved byte ff"],
    ["\x30\x89", "malformed", "its length has 9 bytes, and at most 8"],
    ["\x1f\x80\x01\x00", "malformed", "its tag begins with zeros"],
    ["\x1f\x81\x81\x81\x81\x81", "malformed", "more than 5 bytes"],
    ["\x30", "truncated", "after 1 bytes of a BER element of at least 2"],
    ["\x1f\x81", "truncated", "after 2 bytes of a BER element"],
    ["\x30\x82\x01", "truncated", "of at least 4"],
    [
      "\x30\x05abc",
      "truncated",
      "after 5 bytes of a BER element of at least 7",
    ],
    ["\x30\x82\x03\xe5", "too_large", "declared size of 1001 bytes"],
    ["\x30\x85\x01\0\0\0\0", "too_large", "size of 4294967303 bytes"],
    [
      `\x30\x88${"\xff".repeat(8)}`,
      "too_large",
      "size of 18446744073709551615 bytes",
    ],
  ],
  refuses: [
    ["", "it must be one whole BER element, and it ends after 0 bytes"],
    ["\x30\x05abc", "it ends after 5 bytes"],
    ["\x30\x01abc", "its packet ends after 3 bytes"],
    ["\x30\x80\x00\x00", "its length is indefinite"],
  ],
});

oracleTest({
  framing: "ber",
  read(text) {
    const from = text.at;
    const byte = () => text.take(1).charCodeAt(0);
    const tag = byte();
    if (tag === 0) throw new Refusal("malformed");
    if (tag % 32 === 31) {
      for (let i = 1;; i++) {
        const more = byte();
        if (i === 1 && more === 128) throw new Refusal("malformed");
        if (more < 128) break;
        if (i === 4) throw new Refusal("malformed");
      }
    }
    let size = byte();
    if (size === 128 || size > 136) throw new Refusal("malformed");
    if (size > 128) {
      const bytes = size - 128;
      size = [...text.take(bytes)]
        .reduce((value, c) => value * 256 + c.charCodeAt(0), 0);
    }
    if (text.at - from + size > 1024 * 1024) throw new Refusal("too_large");
    text.take(size);
    return text.text.slice(from, text.at);
  },
  parts: fc.tuple(
    fc.constantFrom("\x02", "\x30", "\x60", "\x1f\x81\x01", "\xbf\x7f"),
    fc.uint8Array({ maxLength: 140 }),
    fc.nat(3),
  ).map(([tag, content, width]) => {
    const { length } = content;
    const bytes = [length >> 16, length >> 8 & 255, length & 255];
    const field = width === 0 && length < 128
      ? [length]
      : [128 + Math.max(1, width), ...bytes.slice(3 - Math.max(1, width))];
    return tag + fromLatin1(Uint8Array.from([...field, ...content]));
  }),
});
