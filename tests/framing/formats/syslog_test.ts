import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "syslog",
  samples: ["<134>1 a", "<1>", "5 hello"],
  golden: [["<1>hi", "5 <1>hi"]],
  reads: [
    ["<1>hi\n<2>ho\r\n", ["<1>hi", "<2>ho"]],
    ["5 <1>hi<2>ho\n3 <3>", ["<1>hi", "<2>ho", "<3>"]],
    ["5 <1>hi\n5 <2>ho\r\n", ["<1>hi", "<2>ho"]],
  ],
  rejects: [
    ["x", "malformed", 'begins with "<" or a length, not with "x" (78)'],
    ["0 ", "malformed", "begins with"],
    ["5x", "malformed", "at position 2"],
    ["<1>hi", "truncated", "without the line feed"],
    ["5 <1>", "truncated", "3 of the 5 bytes"],
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
  ],
  refuses: [["", "length must not be zero"]],
});
