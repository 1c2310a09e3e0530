import { varintPrefix } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { codecSuite, encodeAll } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

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

codecSuite({
  framing: "varint,offset=2",
  samples,
  golden: [["hello", "\0\0\x05hello"]],
  reads: [["\x01\x02\x83\0abc", ["abc"]]],
  rejects: [
    [`\0\0${"\x80".repeat(10)}`, "malformed", "more than 10 bytes"],
    ["\0\0\xe9\x07", "too_large", "size of 1001 bytes"],
    ["\0\0", "truncated", "inside the header, after 2 bytes"],
  ],
});

codecSuite({
  framing: "varint:2",
  samples: [...samples, long(128)],
  reads: [["\x83\0abc", ["abc"]]],
  rejects: [["\x80\x80", "malformed", "more than 2 bytes"]],
});

codecSuite({
  framing: "varint:1",
  samples,
  rejects: [["\x80", "malformed", "more than 1 bytes"]],
  refuses: [[long(128), "the length field holds at most 127"]],
});

// What MQTT 3.1.1 calls the fixed header: a byte, then the remaining length.
codecSuite({
  framing: "varint:4,offset=1,strip=0",
  samples: ["\xc0\0", "\x30\x05hello", `\x30\x80\x01${long(128)}`],
  golden: [["\x30\x05hello", "\x30\x05hello"]],
  reads: [["\xc0\0\xd0\0\x30\x81\0a", ["\xc0\0", "\xd0\0", "\x30\x81\0a"]]],
  rejects: [
    ["\x30\xff\xff\xff\xff", "malformed", "more than 4 bytes"],
    ["\x30\xff\xff\xff\x7f", "too_large", "size of 268435460 bytes"],
    ["\x30", "truncated", "after 1 bytes of a packet of at least 2"],
    ["\x30\x80", "truncated", "after 2 bytes of a packet of at least 3"],
    ["\x30\x05he", "truncated", "after 4 bytes of a packet of at least 7"],
  ],
  refuses: [
    ["", "it must be one whole packet, and it ends after 0 bytes"],
    ["\x30\x05he", "it ends after 4 bytes"],
    ["\x30\x01he", "its packet ends after 3 bytes"],
    ["\x30\xff\xff\xff\xff\x01", "its length has more than 4 bytes"],
  ],
});

const offsets = fc.constantFrom("\0", "\x30", "\xff");
const varint = (size: number, width: number): string =>
  Array.from({ length: width }, (_, i) =>
    String.fromCharCode(
      (size >> 7 * i) % 128 + (i === width - 1 ? 0 : 128),
    )).join("");

oracleTest({
  framing: "varint:4,offset=1,strip=0",
  read(text) {
    const from = text.at;
    text.take(1);
    let size = 0;
    for (let i = 0;; i++) {
      if (i === 4) throw new Refusal("malformed");
      const byte = text.take(1).charCodeAt(0);
      size += byte % 128 * 128 ** i;
      if (byte < 128) break;
    }
    if (text.at - from + size > 1024 * 1024) throw new Refusal("too_large");
    text.take(size);
    return text.text.slice(from, text.at);
  },
  parts: fc.oneof(
    fc.tuple(
      offsets,
      fc.string({ unit: fc.constantFrom("a", "\x80"), maxLength: 200 }),
      fc.integer({ min: 2, max: 4 }),
    )
      .map(([first, text, width]) => first + varint(text.length, width) + text),
    { weight: 1, arbitrary: fc.constant("\0\x80\x80\x80\x80") },
  ),
});

Deno.test("varintPrefix() refuses options that say nothing possible", () => {
  assertThrows(() => varintPrefix({ bytes: 11 }), RangeError, "bytes of 11");
  assertThrows(() => varintPrefix({ offset: -1 }), RangeError, "offset of -1");
  assertThrows(
    () => varintPrefix({ strip: 1 as 0 }),
    RangeError,
    "strip of 1: it must be 0, or left out to drop the header",
  );
});

Deno.test("varintPrefix() writes three bytes from 16,384 bytes on", () => {
  const header = (size: number, count: number) =>
    encodeAll("varint", [new Uint8Array(size)]).slice(0, count);
  assertEquals(header(16383, 2), Uint8Array.of(0xff, 0x7f));
  assertEquals(header(16384, 3), Uint8Array.of(0x80, 0x80, 0x01));
});
