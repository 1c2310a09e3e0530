import { parseFraming } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { synonym } from "../../lib/framing/synonyms.ts";

for (
  const [word, framing] of [
    ["crlf", "line,crlf"],
    ["newline", "line"],
    ["NDJSON", "line"],
    ["uint32", "length:4"],
    ["u16le", "length:2,le"],
    ["protobuf", "varint"],
    ["length_prefixed", "length:4"],
    ["nul", "delimiter:\\0"],
    ["tpkt", "length:2,inclusive,offset=2"],
    ["json-rpc", "content-length"],
    ["none", "raw"],
  ]
) {
  Deno.test(`parseFraming() answers "${word}" with ${framing}`, () => {
    const error = assertThrows(
      () => parseFraming(word!),
      TypeError,
      `Cannot use framing "${word}": there is no framing "${word}"; try framing ${framing}`,
    );
    assertEquals((error as { framing?: string }).framing, framing);
    parseFraming(framing!);
  });
}

Deno.test("a word that nothing means has no synonym", () => {
  assertEquals(synonym("constructor"), undefined);
  assertEquals(synonym(""), undefined);
});
