import { delimiter } from "@parley/parley/framing";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cutAt, latin1 } from "../../support/chunkings.ts";
import { codecSuite, decodeAll } from "../../support/codec_suite.ts";

const samples = ["", "a", "hello", "#", "**", "\n", "a,b"];

codecSuite({
  framing: "delimiter:#*#",
  samples: [...samples, "##", "#*", "*#*"].filter((text) =>
    !text.endsWith("#*")
  ),
  golden: [["hello", "hello#*#"], ["", "#*#"], ["##", "###*#"]],
  reads: [["one#*#two#*#", ["one", "two"]], ["##*##*#", ["#", ""]]],
  rejects: [
    ["abc#*", "truncated", "after 5 bytes"],
    ["x".repeat(1001) + "#*#", "too_large", "limit of 1000 bytes"],
    ["x".repeat(1001) + "#*", "too_large", "limit of 1000 bytes"],
    ["x".repeat(1000) + "#*x", "too_large", "limit of 1000 bytes"],
    ["x".repeat(1000) + "#*", "truncated", "after 1002 bytes"],
  ],
  refuses: [
    ["a#*#b", "found at byte 1"],
    // Its own end and the delimiter's beginning make the delimiter.
    ["x#*", "found at byte 1"],
  ],
});

codecSuite({
  framing: "delimiter:ABC",
  samples: [...samples, "xxA", "AB", "ABAB"],
  reads: [["xxABCyyABCABzzABC", ["xx", "yy", "ABzz"]]],
});

codecSuite({
  framing: "delimiter:aab",
  samples: [...samples, "aa", "ab"],
  golden: [["a", "aaab"], ["aaaa", "aaaaaab"]],
  reads: [["aaaabaab", ["aa", ""]]],
});

codecSuite({
  framing: "delimiter:aa",
  samples: ["", "b", "bab"],
  refuses: [["a", "found at byte 0"], ["ba", "found at byte 1"]],
});

codecSuite({
  framing: "delimiter:abcabd",
  samples: [...samples, "abc", "abcabc", "abcab"],
  reads: [["abcabcabd", ["abc"]]],
});

codecSuite({ framing: "delimiter:\\0", samples, golden: [["a", "a\0"]] });
codecSuite({
  framing: "delimiter:\\,\\\\\\xff",
  samples,
  golden: [["a", "a,\\\xff"]],
});
codecSuite({
  framing: "delimiter:\\r\\n,eof",
  samples: [...samples, "a\r"],
  eof: true,
  reads: [["a\r\nb", ["a", "b"]], ["a\r\nb\r", ["a", "b\r"]]],
});

Deno.test("delimiter() takes a string as its UTF-8 and copies an array", () => {
  const bytes = Uint8Array.of(35, 42);
  const framing = delimiter(bytes);
  bytes.fill(0);
  assertEquals(framing.toString(), "delimiter:#*");
  assertEquals(delimiter("€").toString(), "delimiter:\\xe2\\x82\\xac");
});

Deno.test("delimiter() refuses 0 and 257 bytes", () => {
  assertThrows(() => delimiter(""), RangeError, "1 to 256");
  assertThrows(() => delimiter("x".repeat(257)), RangeError, "257 bytes");
  delimiter("x".repeat(256));
});

Deno.test("delimiter() with eof holds a last message without its end to the limit", () => {
  const decode = (text: string) =>
    decodeAll("delimiter:#*#,eof", [latin1(text)], 5);
  assertEquals(decode("a#*#hello").messages, ["a", "hello"]);
  assertStringIncludes(decode("a#*#hello#").error!, "too_large");
});

Deno.test("delimiter() finds what a plain search finds, whatever repeats in it", () => {
  const text = (maxLength: number) =>
    fc.string({
      unit: fc.constantFrom("a", "b", "c"),
      minLength: 1,
      maxLength,
    });
  fc.assert(
    fc.property(
      text(7),
      fc.array(fc.oneof(text(7), text(1)), { maxLength: 30 }),
      fc.array(fc.nat(60), { maxLength: 8 }),
      (end, parts, places) => {
        // The beginnings of the delimiter itself are the hard parts.
        const stream = parts.map((part) =>
          part.length > 3 ? end.slice(0, part.length) : part
        ).join("");
        const messages = `${stream}${end}`.split(end);
        messages.pop();
        const decoded = decodeAll(
          `delimiter:${end}`,
          cutAt(latin1(stream + end), places),
        );
        assertEquals(decoded.messages, messages);
      },
    ),
    { numRuns: 5000 },
  );
});
