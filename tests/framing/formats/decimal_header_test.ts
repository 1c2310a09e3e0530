import { decimalHeader } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { codecSuite } from "../../support/codec_suite.ts";

const samples = ["", "a", "hello", "5         hello", "\0\xff"];

codecSuite({
  framing: "header:10",
  samples,
  golden: [["hello world", "11        hello world"], ["", "0         "]],
  reads: [
    ["        11hello world", ["hello world"]],
    ["   11     hello world", ["hello world"]],
    ["0000000011hello world", ["hello world"]],
  ],
  rejects: [
    ["          ", "malformed", "is blank"],
    ["-5        hello", "malformed", 'has "-" (2d) at position 1'],
    ["+5        hello", "malformed", 'has "+" (2b) at position 1'],
    ["5 5       hello", "malformed", 'has "5" (35) at position 3'],
    ["5\t        hello", "malformed", "has byte 09 at position 2"],
    ["5\0\0\0\0\0\0\0\0\0hello", "malformed", "has byte 00 at position 2"],
    ["0x5       hello", "malformed", 'has "x"'],
    ["5.0       hello", "malformed", 'has "."'],
    ["GET / HTTP/1.1\r\n\r\n", "malformed", "this looks like an HTTP client"],
    [
      "1001      x",
      "too_large",
      "size of 1001 bytes exceeds the limit of 1000",
    ],
    ["9999999999", "too_large", "size of 9999999999 bytes"],
    ["5    ", "truncated", "inside the header, after 5 bytes"],
    ["5         ", "truncated", "after 0 of the 5 bytes"],
    ["5         hel", "truncated", "after 3 of the 5 bytes"],
  ],
});

codecSuite({
  framing: "header:5,zero",
  samples,
  golden: [["hello world", "00011hello world"]],
  reads: [["11   hello world", ["hello world"]]],
});

codecSuite({
  framing: "header:10,right",
  samples,
  golden: [["hello world", "        11hello world"]],
});

codecSuite({
  framing: "header:1",
  samples: ["", "a", "123456789"],
  refuses: [["1234567890", "room for 1 digits"]],
});

codecSuite({
  framing: "header:32",
  samples: ["a"],
  rejects: [
    [
      "00000000000000009007199254740993",
      "too_large",
      "size of 9007199254740993 bytes",
    ],
    ["9".repeat(32), "too_large", `size of ${"9".repeat(32)} bytes`],
  ],
});

Deno.test("decimalHeader() refuses a width of 0 and zeros on the right", () => {
  assertThrows(() => decimalHeader({ digits: 0 }), RangeError, "1 to 32");
  assertThrows(() => decimalHeader({ digits: 33 }), RangeError, "1 to 32");
  assertThrows(
    () => decimalHeader({ zero: true, align: "left" }),
    RangeError,
    "another number",
  );
  assertEquals(
    decimalHeader({ zero: true, align: "right" }).toString(),
    "header:10,zero",
  );
});
