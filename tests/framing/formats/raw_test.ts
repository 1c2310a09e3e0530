import { FrameDecoder, raw } from "@parley/parley/framing";
import { assertEquals } from "@std/assert";
import { codecSuite } from "../../support/codec_suite.ts";
import { latin1 } from "../../support/chunkings.ts";

codecSuite({
  framing: "raw",
  samples: ["", "a", "hello", "\0\xff\n"],
  refuses: [["x".repeat(1001), "the limit is 1000 bytes"]],
});

Deno.test("raw() gives each chunk as it came, in pieces of at most maxMessageBytes", () => {
  const decoder = new FrameDecoder(raw(), { maxMessageBytes: 3 });
  decoder.push(latin1("hello"));
  assertEquals(decoder.next(), latin1("hel"));
  assertEquals(decoder.next(), latin1("lo"));
  assertEquals(decoder.next(), undefined);
});
