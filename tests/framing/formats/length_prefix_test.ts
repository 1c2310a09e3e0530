import { FrameDecoder, lengthPrefix } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { codecSuite } from "../../support/codec_suite.ts";

const P = "HELLO, WORLD";
const samples = ["", "a", "hello", P, "\0\0\0\x01", "\xff\xff\xff\xff\xff"];

codecSuite({
  framing: "length:4",
  samples,
  golden: [["hello", "\0\0\0\x05hello"], ["", "\0\0\0\0"]],
  rejects: [
    ["\xff\xff\xff\xff", "too_large", "size of 4294967295 bytes exceeds"],
    [
      "\0\0\x03\xe9",
      "too_large",
      "size of 1001 bytes exceeds the limit of 1000",
    ],
    ["GET / HTTP/1.1\r\n", "too_large", "this looks like an HTTP client"],
    ["HTTP/1.1 400", "too_large", "this looks like an HTTP server"],
    ["SSH-2.0-x", "too_large", "this looks like an SSH peer"],
    ["\x16\x03\x01\x02\0", "too_large", "this looks like TLS"],
    ["hello\n", "too_large", 'the length bytes read "hell"'],
    [
      "\x0b\0\0\0hello world",
      "too_large",
      "as a little-endian number the length would be 11",
    ],
    ["\0\0", "truncated", "after 2 of 4 header bytes"],
    ["\0\0\0\x05", "truncated", "after 0 of the 5 bytes"],
    ["\0\0\0\x05he", "truncated", "after 2 of the 5 bytes"],
    ["\0\0\0\x01a\0\0\0\x05he", "truncated", "message 2 at byte 5"],
  ],
  refuses: [["x".repeat(1001), "the limit is 1000 bytes"]],
});

codecSuite({
  framing: "length:1",
  samples,
  golden: [
    ["hello world", "\x0bhello world"],
    ["x".repeat(255), "\xff" + "x".repeat(255)],
  ],
  refuses: [["x".repeat(256), "the 1-byte field holds 0 to 255"]],
});
codecSuite({
  framing: "length:2",
  samples,
  golden: [[P, "\0\x0c" + P]],
});
codecSuite({ framing: "length:3", samples, golden: [["a", "\0\0\x01a"]] });
codecSuite({
  framing: "length:8",
  samples,
  golden: [["hello world", "\0\0\0\0\0\0\0\x0bhello world"]],
  rejects: [
    [
      "\0\x20\0\0\0\0\0\x01",
      "too_large",
      "size of 9007199254740993 bytes",
    ],
    [
      "\xff\xff\xff\xff\xff\xff\xff\xff",
      "too_large",
      "size of 18446744073709551615 bytes",
    ],
  ],
});
codecSuite({
  framing: "length:4,le",
  samples,
  golden: [["hello world", "\x0b\0\0\0hello world"]],
  rejects: [[
    "\0\0\0\x0b",
    "too_large",
    "as a big-endian number the length would be 11",
  ]],
});
codecSuite({ framing: "length:8,le", samples });
codecSuite({
  framing: "length:2,inclusive",
  samples,
  golden: [["hello", "\0\x07hello"]],
  rejects: [["\0\x01x", "malformed", "shorter than its header of 2"]],
});

// The rows of Netty's documentation.
codecSuite({
  framing: "length:2,strip=0",
  samples: ["\0\0", "\0\x0c" + P],
  golden: [["\0\x0c" + P, "\0\x0c" + P]],
  refuses: [
    ["\0\x0d" + P, "does not say 12"],
    ["a", "must begin with the last 2 bytes of the header"],
  ],
});
codecSuite({
  framing: "length:2,inclusive,strip=0",
  samples: ["\0\x02", "\0\x0e" + P],
  golden: [["\0\x0e" + P, "\0\x0e" + P]],
});
codecSuite({
  framing: "length:3,offset=2,strip=0",
  samples: ["ab\0\0\0", "\xca\xfe\0\0\x0c" + P],
  golden: [["\xca\xfe\0\0\x0c" + P, "\xca\xfe\0\0\x0c" + P]],
});
codecSuite({
  framing: "length:3,adjust=2,strip=0",
  samples: ["\0\0\0\xca\xfe", "\0\0\x0c\xca\xfe" + P],
  golden: [["\0\0\x0c\xca\xfe" + P, "\0\0\x0c\xca\xfe" + P]],
});
codecSuite({
  framing: "length:2,offset=1,adjust=1",
  samples: ["\xfe", "\xfe" + P],
  golden: [["\xfe" + P, "\0\0\x0c\xfe" + P]],
  reads: [["\xca\0\x0c\xfe" + P, ["\xfe" + P]]],
});
codecSuite({
  framing: "length:2,inclusive,offset=1",
  samples: ["\xfe", "\xfe" + P, ""],
  golden: [["\xfe" + P, "\0\0\x10\xfe" + P]],
  reads: [["\xca\0\x10\xfe" + P, ["\xfe" + P]]],
});
codecSuite({
  framing: "length:2,strip=4",
  samples: ["", "a", "hello"],
  golden: [["hello", "\0\x07\0\0hello"]],
  rejects: [["\0\x01ab", "malformed", "of which 4 are to be stripped"]],
});

Deno.test("lengthPrefix() says the same for adjust of minus the header as for inclusive", () => {
  assertEquals(
    lengthPrefix({ bytes: 2, offset: 1, adjust: -3 }).toString(),
    "length:2,inclusive,offset=1",
  );
});

Deno.test("lengthPrefix() refuses options out of range", () => {
  for (
    const options of [
      { bytes: 9 as 8 },
      { bytes: 0 as 8 },
      { mask: 6 },
      { unit: 0 },
      { tail: -1 },
      { offset: -1 },
      { offset: 8193 },
      { strip: 0.5 },
      { adjust: -9000 },
      { adjust: -8192, inclusive: true },
    ]
  ) assertThrows(() => lengthPrefix(options), RangeError, "Cannot use");
});

Deno.test("lengthPrefix() never rounds a length, also without a limit", () => {
  const decode = (...last: number[]) => {
    const decoder = new FrameDecoder(lengthPrefix({ bytes: 8 }), {
      maxMessageBytes: Infinity,
    });
    decoder.push(Uint8Array.of(...last));
    return decoder.next();
  };
  assertEquals(decode(0, 0x1f, 255, 255, 255, 255, 255, 255), undefined);
  assertThrows(
    () => decode(0, 0x20, 0, 0, 0, 0, 0, 1),
    Error,
    "size of 9007199254740993 bytes",
  );
});
