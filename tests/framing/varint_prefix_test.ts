import { assertEquals } from "@std/assert";
import { codecSuite, encodeAll } from "../support/codec_suite.ts";

const samples = ["", "a", "hello", "\0\x80\xff"];
const long = (size: number) => "x".repeat(size);

codecSuite({
  framing: "varint",
  samples: [...samples, long(128)],
  golden: [
    ["", "\0"],
    ["a", "\x01a"],
    [long(127), "\x7f" + long(127)],
    [long(128), "\x80\x01" + long(128)],
    [long(300), "\xac\x02" + long(300)],
  ],
  reads: [["\x83\0abc", ["abc"]], ["\x80\x80\x80\0", [""]]],
  rejects: [
    ["\xff\xff\xff\xff\x07", "too_large", "size of 2147483647 bytes"],
    ["\xff\xff\xff\xff\x0f", "too_large", "size of 4294967295 bytes"],
    [
      "\xff\xff\xff\xff\xff\xff\xff\x0f",
      "too_large",
      "size of 9007199254740991 bytes",
    ],
    [
      "\x81\x80\x80\x80\x80\x80\x80\x10",
      "too_large",
      "size of 9007199254740993 bytes",
    ],
    ["\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", "malformed", "more than 10"],
    ["\x80\x80\x80", "truncated", "inside the header, after 3 bytes"],
    ["\x05he", "truncated", "after 2 of the 5 bytes"],
  ],
});

codecSuite({
  framing: "varint,strict",
  samples,
  rejects: [["\x83\0abc", "malformed", "written in 2 bytes and needs fewer"]],
});

Deno.test("varintPrefix() writes three bytes from 16,384 bytes on", () => {
  const header = (size: number, count: number) =>
    encodeAll("varint", [new Uint8Array(size)]).slice(0, count);
  assertEquals(header(16383, 2), Uint8Array.of(0xff, 0x7f));
  assertEquals(header(16384, 3), Uint8Array.of(0x80, 0x80, 0x01));
});
