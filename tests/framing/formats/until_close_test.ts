import { codecSuite } from "../../support/codec_suite.ts";
import { ByteSink, untilClose } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { latin1 } from "../../support/chunkings.ts";

codecSuite({
  framing: "close",
  samples: ["", "a", "hello", "\0\xff\n"],
  golden: [["hello", "hello"], ["", ""]],
  rejects: [
    [
      "x".repeat(1001),
      "too_large",
      "limit of 1000 bytes (maxMessageBytes); it begins 78",
    ],
  ],
  refuses: [["x".repeat(1001), "the limit is 1000 bytes"]],
});

Deno.test("untilClose() refuses to send a second message", () => {
  const sink = new ByteSink();
  const encoder = untilClose().encoder({ maxMessageBytes: 10 });
  encoder.encode(latin1("a"), sink);
  assertThrows(() => encoder.encode(latin1("b"), sink), RangeError, "second");
  assertEquals(sink.pieces(), [latin1("a")]);
});
