import { fixedLength, FrameDecoder } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "fixed:5",
  samples: ["hello", "12345", "\0\0\0\0\0"],
  golden: [["hello", "hello"]],
  reads: [["helloworld", ["hello", "world"]], ["", []]],
  rejects: [["hellowo", "truncated", "message 2 at byte 5"]],
  refuses: [
    ["four", "fixed at 5 bytes and there is no padding"],
    ["sixsix", "fixed at 5 bytes"],
  ],
});

codecSuite({
  framing: "fixed:8,pad=#",
  samples: ["", "a", "hello", "a#b", "12345678"],
  golden: [
    ["hello", "hello###"],
    ["", "########"],
    ["12345678", "12345678"],
  ],
  rejects: [["hello##", "truncated", "after 7 of its 8 bytes"]],
  refuses: [
    ["a#", 'ends in "#" (23)'],
    ["#######7#", "fixed at 8 bytes"],
  ],
});

codecSuite({
  framing: "fixed:6,pad=\\0",
  samples: ["", "a", "a\0b"],
  golden: [["a", "a\0\0\0\0\0"]],
});
codecSuite({ framing: "fixed:3,pad=\\,", samples: ["", "a"] });

codecSuite({
  framing: "fixed:2000",
  samples: ["x".repeat(2000)],
  rejects: [["x", "too_large", "size of 2000 bytes exceeds the limit of 1000"]],
});

Deno.test("fixedLength() refuses a size of 0 and a padding of two bytes", () => {
  assertThrows(() => fixedLength({ bytes: 0 }), RangeError, "from 1 to");
  assertThrows(() => fixedLength({ bytes: 1.5 }), RangeError, "1.5");
  assertThrows(() => fixedLength({ bytes: 2 ** 31 }), RangeError, "2147483648");
  for (const pad of ["ab", "", "é", 256, -1]) {
    assertThrows(() => fixedLength({ bytes: 4, pad }), RangeError, "one byte");
  }
  assertEquals(fixedLength({ bytes: 4, pad: 35 }).toString(), "fixed:4,pad=#");
});

Deno.test("fixedLength() knows how many bytes a frame lacks once it has begun", () => {
  const decoder = new FrameDecoder("fixed:5");
  assertEquals([decoder.next(), decoder.missingBytes], [undefined, 0]);
  decoder.push(Uint8Array.of(1, 2));
  assertEquals([decoder.next(), decoder.missingBytes], [undefined, 3]);
});
