import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

codecSuite({
  framing: "rpc",
  samples: ["", "a", "hello", "\x80\0\0\x01"],
  golden: [["hello", "\x80\0\0\x05hello"], ["", "\x80\0\0\0"]],
  reads: [
    ["\0\0\0\x03hel\x80\0\0\x02lo", ["hello"]],
    ["\0\0\0\x01a\0\0\0\x01b\x80\0\0\0\x80\0\0\x01c", ["ab", "c"]],
  ],
  rejects: [
    ["\0\0\0\0", "malformed", "a fragment without bytes must be the last one"],
    ["\0\0\0\x01a\0\0\0\0", "malformed", "a fragment without bytes"],
    ["\x80\0", "truncated", "after 2 of the 4 bytes of a fragment's header"],
    ["\x80\0\0\x05hel", "truncated", "2 bytes before the end of a fragment"],
    ["\0\0\0\x01a", "truncated", "after 1 bytes of a record, before its last"],
    ["\0\0\0\x01a\x80", "truncated", "after 1 of the 4 bytes"],
    ["\x80\0\x03\xe9", "too_large", "declared size of 1001 bytes"],
    [
      `\0\0\x03\xe8${"x".repeat(1000)}\x80\0\0\x01`,
      "too_large",
      "declared size of 1001 bytes",
    ],
    ["GET ", "too_large", "this looks like an HTTP client"],
  ],
});

oracleTest({
  framing: "rpc",
  read(text) {
    let record = "";
    for (;;) {
      const [a, b, c, d] = [...text.take(4)].map((x) => x.charCodeAt(0));
      const size = (a! & 127) * 2 ** 24 + b! * 2 ** 16 + c! * 256 + d!;
      if (size === 0 && a! < 128) throw new Refusal("malformed");
      if (record.length + size > 1024 * 1024) throw new Refusal("too_large");
      record += text.take(size);
      if (a! >= 128) return record;
    }
  },
  parts: fc.oneof(
    fc.constant("\0\0\0\0"),
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 4,
    }).map((fragments) =>
      fragments.map((bytes, i) =>
        (i === fragments.length - 1 ? "\x80" : "\0") + "\0\0" +
        fromLatin1(Uint8Array.of(bytes.length, ...bytes))
      ).join("")
    ),
  ),
});
