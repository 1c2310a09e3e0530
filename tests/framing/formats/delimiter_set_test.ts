import { delimiter } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, type ReadMessage, Refusal } from "../../support/oracle.ts";

codecSuite({
  framing: "delimiter:\\n|\\r\\n|\\0",
  samples: ["", "a", "hello", "a\rb"],
  golden: [["hello", "hello\n"], ["", "\n"]],
  reads: [
    ["a\r\nb\nc\0\0d\r\r\n", ["a", "b", "c", "", "d\r"]],
  ],
  rejects: [
    ["x".repeat(1001), "too_large", "limit of 1000 bytes"],
    [`${"x".repeat(1001)}\r\n`, "too_large", "limit of 1000 bytes"],
    ["a\nb", "truncated", "after 1 bytes without the delimiter"],
  ],
  refuses: [
    ["a\nb", 'one of the delimiters "\\n", "\\r\\n", "\\0" is found at byte 1'],
    // With the LF that is sent the CR would be part of the longer delimiter.
    ["a\r", "is found at byte 1"],
    ["\0", "is found at byte 0"],
  ],
});

codecSuite({
  framing: "delimiter:;|#*#,keep",
  samples: [";", "hello;", "a#*#", "#*;", "##*#"],
  golden: [["hello;", "hello;"], ["#*#", "#*#"]],
  reads: [["a;b#*#;", ["a;", "b#*#", ";"]]],
  rejects: [
    ["x".repeat(1001), "too_large", "limit of 1000 bytes"],
    [`${"x".repeat(1000)};`, "too_large", "limit of 1000 bytes"],
    [`${"x".repeat(998)}#*#`, "too_large", "limit of 1000 bytes"],
    [";#*", "truncated", "after 2 bytes without the delimiter"],
  ],
  refuses: [
    ["", 'it must end with one of the delimiters ";", "#*#"'],
    ["a", "it must end with"],
    ["a;b", "is found at byte 1, before its end"],
    ["a;;", "is found at byte 1, before its end"],
  ],
});

codecSuite({
  framing: "delimiter:aa,keep,eof",
  samples: ["aa", "baa", "abaa"],
  golden: [["baa", "baa"]],
  reads: [["aaab", ["aa", "ab"]]],
  refuses: [["aaa", "is found at byte 0, before its end"]],
  eof: true,
});

/** Reads up to the first delimiter, the longest of those that end there. */
function reader(
  delimiters: readonly string[],
  keep: boolean,
): ReadMessage {
  return (text) => {
    const rest = text.text.slice(text.at);
    for (let end = 1; end <= rest.length; end++) {
      const [found] = delimiters
        .filter((one) => rest.slice(0, end).endsWith(one))
        .sort((a, b) => b.length - a.length);
      if (found === undefined) continue;
      text.take(end);
      return rest.slice(0, keep ? end : end - found.length);
    }
    throw new Refusal("truncated");
  };
}

const SETS = [
  ["\n", "\r\n", "\0"],
  ["ab", "ba"],
  ["b", "aab", "xx", "xyx"],
] as const;

for (const set of SETS) {
  for (const keep of [false, true]) {
    const names: Record<string, string> = {
      "\n": "\\n",
      "\r\n": "\\r\\n",
      "\0": "\\0",
    };
    const written = set.map((one) => names[one] ?? one).join("|");
    oracleTest({
      framing: `delimiter:${written}${keep ? ",keep" : ""}`,
      isNeverMalformed: true,
      read: reader(set, keep),
      parts: fc.oneof(
        fc.string({
          unit: fc.constantFrom(..."abxy\r\n\0"),
          maxLength: 12,
        }),
        fc.constantFrom(...set),
      ),
    });
  }
}

Deno.test("delimiter() refuses a delimiter that can never be found", () => {
  for (const list of [["a", "ab"], ["xay", "a"], ["a", "a"], ["aa", "aab"]]) {
    assertThrows(() => delimiter(list), TypeError);
  }
  // One that ends with another one is found, as the longest counts.
  assertEquals(
    delimiter(["a", "ba", "cba"]).toString(),
    "delimiter:a|ba|cba",
  );
  assertThrows(() => delimiter([]), RangeError, "there must be 1 to 16");
  assertThrows(() => delimiter(["a", ""]), RangeError, "0 bytes");
});
