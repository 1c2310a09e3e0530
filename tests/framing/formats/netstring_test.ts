import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "netstring",
  samples: ["", "a", "hello", "5:hello,", ",", "0123456789"],
  golden: [["hello world", "11:hello world,"], ["", "0:,"]],
  reads: [["12:hello world!,0:,", ["hello world!", ""]]],
  rejects: [
    ["5:hello;", "malformed", 'must be followed by "," (2c), not by ";" (3b)'],
    ["05:hello,", "malformed", "must not begin with zero"],
    ["00:,", "malformed", "must not begin with zero"],
    ["\x16\x03\x01", "malformed", "this looks like TLS"],
    ["0:,\x16\x03", "malformed", "has byte 16 at position 1; it begins"],
    [":,", "malformed", 'has ":" (3a) at position 1'],
    ["-1:", "malformed", 'has "-" (2d) at position 1'],
    [" 5:hello,", "malformed", "has byte 20 at position 1"],
    ["5 :hello,", "malformed", "has byte 20 at position 2"],
    [
      "5 hello",
      "malformed",
      "looks like octet counting; try framing octet-count",
    ],
    ["1".repeat(21), "malformed", "more than 20 digits"],
    ["1001:", "too_large", "size of 1001 bytes"],
    [
      "99999999999999999999:",
      "too_large",
      "size of 99999999999999999999 bytes",
    ],
    ["5", "truncated", "inside the header, after 1 bytes"],
    ["5:", "truncated", "after 0 of the 5 bytes"],
    ["5:hello", "truncated", 'before the "," (2c)'],
  ],
});
