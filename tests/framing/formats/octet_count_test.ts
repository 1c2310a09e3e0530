import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "octet-count",
  samples: ["a", "hello", "5 hello", " ", "<34>1 x\n"],
  golden: [["hello world", "11 hello world"]],
  reads: [["1 a2 bc", ["a", "bc"]]],
  rejects: [
    [
      "<134>1 a\n",
      "malformed",
      "this looks like line framing; try framing syslog",
    ],
    ["5 hello\r\n5 again\r\n", "malformed", "try framing syslog"],
    ["5:hello,", "malformed", "looks like netstrings; try framing netstring"],
    ["0 ", "malformed", "must not begin with zero"],
    ["05 hello", "malformed", "must not begin with zero"],
    ["<34>1 x\n", "malformed", 'has "<" (3c) at position 1'],
    [" 5 hello", "malformed", "has byte 20 at position 1"],
    ["1001 ", "too_large", "size of 1001 bytes"],
    ["5 hel", "truncated", "after 3 of the 5 bytes"],
    ["5 ", "truncated", "after 0 of the 5 bytes"],
  ],
  refuses: [["", "must not be zero"]],
});
