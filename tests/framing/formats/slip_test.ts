import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "slip",
  samples: ["a", "hello", "\xc0", "\xdb", "\xdb\xdc", "\xc0\xc0\xdb\xdb"],
  golden: [
    ["\x01\xc0\x02\xdb\x03", "\xc0\x01\xdb\xdc\x02\xdb\xdd\x03\xc0"],
    ["hello", "\xc0hello\xc0"],
  ],
  reads: [
    ["hello\xc0", ["hello"]],
    ["\xc0\xc0\xc0a\xc0b\xc0\xc0\xc0", ["a", "b"]],
    ["\xc0", []],
  ],
  rejects: [
    [
      "\xc0ab\xdbx\xc0",
      "malformed",
      'at byte 1 (slip): the ESC (db) at position 3 must be followed by dc or dd, not by "x" (78)',
    ],
    ["ab\xdb\xc0", "malformed", "not by byte c0"],
    ["a\xc0bc", "truncated", "message 2 at byte 2"],
    ["a\xdb", "truncated", "before the END"],
    ["x".repeat(1001) + "\xc0", "too_large", "limit of 1000 bytes"],
    ["x".repeat(1000) + "\xdb", "too_large", "limit of 1000 bytes"],
    ["\xdb\xdc".repeat(1001), "too_large", "limit of 1000 bytes"],
  ],
  refuses: [["", "skips empty packets"]],
});
