import { ByteQueue, FrameDecoder } from "@parley/parley/framing";
import { assert, assertEquals } from "@std/assert";
import { codecSuite } from "../../support/codec_suite.ts";

codecSuite({
  framing: "json-seq",
  samples: [
    "{}",
    "1",
    '"a"',
    '{"a":1}',
    "[1,\n2]",
    '"\\"]\\\\"',
    '\n{"a":"}\\""}',
    "true ",
    "[[],[]]\r",
  ],
  golden: [['{"a":1}', '\x1e{"a":1}\n'], ["12", "\x1e12\n"]],
  reads: [
    ["\x1e\x1e\x1e{}\n", ["{}"]],
    ["\x1e1\n\n \r\n\t\x1e2\n\n", ["1", "2"]],
    ['\x1e{\n"a": [\n1\n]\n}\n\x1e3\n', ['{\n"a": [\n1\n]\n}', "3"]],
    ['\x1e"{[\\"{"\n', ['"{[\\"{"']],
    ["\x1ehello\n", ["hello"]],
    ["\n\n", []],
  ],
  rejects: [
    ["{}\n", "malformed", 'separator 1e, not with "{" (7b)'],
    ["\x1e{}\n1\n", "malformed", "message 2 at byte 4"],
    ["\x1e12\x1e34\n", "malformed", "cut by another record separator after 2"],
    ["\x1e\n\x1e1\n", "malformed", "cut by another record separator after 1"],
    ["\x1e", "truncated", "after 0 bytes of a text"],
    ["\x1e\x1e", "truncated", "message 1 at byte 1"],
    ["\x1e12", "truncated", "after 2 bytes of a text"],
    ["\x1e[1\n", "truncated", "after 3 bytes of a text"],
    [`\x1e${"x".repeat(1001)}\n`, "too_large", "limit of 1000 bytes"],
  ],
  refuses: [
    ["", "not one whole JSON text"],
    [" \n", "not one whole JSON text"],
    ["[1", "not one whole JSON text"],
    ['"a', "not one whole JSON text"],
    ["1\n2", "a line feed behind its JSON"],
    ["{}\n", "a line feed behind its JSON"],
    ["[\x1e]", "a record separator"],
  ],
});

Deno.test("json-seq makes no view and no search per line of a text", () => {
  let calls = 0;
  class Counted extends ByteQueue {
    override indexOf(value: number, from?: number): number {
      calls++;
      return super.indexOf(value, from);
    }
    override peek(start: number, end: number): Uint8Array {
      calls++;
      return super.peek(start, end);
    }
  }
  const decoder = new FrameDecoder("json-seq", { queue: new Counted() });
  decoder.push(new TextEncoder().encode(`\x1e${"[\n".repeat(10_000)}`));
  assertEquals(decoder.next(), undefined);
  assert(calls < 10, `${calls}`);
});
