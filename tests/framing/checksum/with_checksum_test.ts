/**
 * Checksums, held against the check values of the catalogue and against a second
 * implementation that computes bit by bit.
 *
 * @module
 */

import {
  type ChecksumName,
  FrameDecoder,
  lengthPrefix,
  parseFraming,
  raw,
  untilClose,
  withChecksum,
} from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  CHECKSUM_NAMES,
  checksumOf,
} from "../../../lib/framing/checksum/crc.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

/** Width, polynomial, whether bits are reversed, the final XOR, little-endian. */
const MODELS: Readonly<
  Record<ChecksumName, readonly [number, bigint, boolean, bigint, boolean]>
> = {
  "16-ccitt": [16, 0x1021n, false, 0n, false],
  "16-x25": [16, 0x1021n, true, 0xffffn, true],
  "16-modbus": [16, 0x8005n, true, 0n, true],
  "32": [32, 0x04c11db7n, true, 0xffffffffn, false],
  "32-le": [32, 0x04c11db7n, true, 0xffffffffn, true],
};

/** The catalogue's model, one bit after the other. */
function model(name: ChecksumName, text: string): number {
  const [width, polynomial, reversed, xor] = MODELS[name];
  const mask = (1n << BigInt(width)) - 1n;
  let register = mask;
  for (const byte of latin1(text)) {
    for (let i = 0; i < 8; i++) {
      const bit = BigInt(byte >> (reversed ? i : 7 - i)) & 1n;
      const top = register >> BigInt(width - 1);
      register = (register << 1n) & mask;
      if (top !== bit) register ^= polynomial;
    }
  }
  let value = 0n;
  for (let i = 0; i < width; i++) {
    const bit = (register >> BigInt(i)) & 1n;
    value |= bit << BigInt(reversed ? width - 1 - i : i);
  }
  return Number(value ^ xor);
}

/** The checksum as it stands behind a message. */
function trailer(name: ChecksumName, text: string): string {
  const bytes = Array.from(
    { length: MODELS[name][0] / 8 },
    (_, i) => String.fromCharCode((model(name, text) / 256 ** i) & 255),
  );
  return (MODELS[name][4] ? bytes : bytes.reverse()).join("");
}

for (const name of CHECKSUM_NAMES) {
  Deno.test(`checksum ${name} is what its catalogue says, for any bytes`, () => {
    const check: Record<ChecksumName, number> = {
      "16-ccitt": 0x29b1,
      "16-x25": 0x906e,
      "16-modbus": 0x4b37,
      "32": 0xcbf43926,
      "32-le": 0xcbf43926,
    };
    assertEquals(checksumOf(name).of(latin1("123456789")), check[name]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assertEquals(
          checksumOf(name).of(bytes),
          model(name, fromLatin1(bytes)),
        );
      }),
      { numRuns: 3000 },
    );
  });
}

const framed = (text: string) => String.fromCharCode(text.length + 2) + text;
const modbus = (text: string) => text + trailer("16-modbus", text);

codecSuite({
  framing: "length:1,crc=16-modbus",
  samples: ["", "a", "hello", "\0\xff"],
  golden: [["hi", "\x04hi\xee\x5e"], ["", "\x02\xff\xff"]],
  reads: [[framed("") + trailer("16-modbus", ""), [""]]],
  rejects: [
    ["\x04hi\xee\x5f", "malformed", "must be 0x5eee, and is 0x5fee"],
    ["\x01a", "malformed", "its 1 bytes are too few for a checksum of 2"],
    ["\x04hi\xee", "truncated", "after 3 of the 4 bytes"],
  ],
  refuses: [["a".repeat(254), "the 1-byte field holds 0 to 255"]],
});

for (const name of CHECKSUM_NAMES) {
  const hello = trailer(name, "hello");
  codecSuite({
    framing: `length:2,crc=${name}`,
    samples: ["", "a", "hello"],
    golden: [[
      "hello",
      `\0${String.fromCharCode(5 + hello.length)}hello${hello}`,
    ]],
    rejects: [["\xff\xff", "too_large", "exceeds the limit of 1000 bytes"]],
  });
}

// A length that does not count the checksum, and one that covers its header.
codecSuite({
  framing: "length:1,adjust=2,crc=16-ccitt",
  samples: ["", "hello"],
  golden: [["hello", "\x05hello\xd2\x6e"]],
});
codecSuite({
  framing: "length:1,strip=0,crc=16-modbus",
  samples: [framed("hello"), framed("")],
  golden: [[framed("hi"), modbus(framed("hi"))]],
  refuses: [["\x03hi", "length"]],
});

for (
  const [framing, hi] of [
    ["slip", "hi"],
    ["cobs", "hi"],
    ["hdlc", "hi"],
    ["dle", "hi"],
    ["netstring", "hi"],
    ["varint", "hi"],
    ["header:3", "hi"],
    ["rpc", "hi"],
    ["octet-count", "hi"],
    ["content-length", "hi"],
    ["fixed:6", "hi"],
  ] as const
) {
  codecSuite({
    framing: `${framing},crc=32-le`,
    samples: framing.startsWith("fixed") ? [hi, "\0\xff"] : [hi, "", "\xc0\0"],
  });
}

Deno.test("parseFraming() takes a tail for the checksum's, and refuses one of another size", () => {
  const framing = parseFraming("length:1,tail=2,crc=16-ccitt");
  const decoder = new FrameDecoder(framing);
  decoder.push(latin1("\x05hello\xd2\x6e"));
  assertEquals(fromLatin1(decoder.next()!), "hello");
});

Deno.test("a frame with a wrong checksum is skipped where its end is known, also in a sequence", () => {
  const good = framed("ok") + trailer("16-modbus", "ok");
  for (
    const [framing, begin] of [
      ["length:1,crc=16-modbus", ""],
      ["fixed:1 then length:1,crc=16-modbus", "!"],
    ] as const
  ) {
    const bad: string[] = [];
    const decoder = new FrameDecoder(framing, {
      badFrames: "skip",
      onBadFrame: ({ reason, details }) =>
        bad.push(`${details.streamOffset}: ${reason}`),
    });
    decoder.push(latin1(begin + good + "\x03abc" + good));
    const messages: string[] = [];
    for (let m; (m = decoder.next()) !== undefined;) {
      messages.push(fromLatin1(m));
    }
    assertEquals(messages.slice(begin.length), ["ok", "ok"]);
    assertEquals(bad, [
      `${begin.length + 5}: its checksum must be 0xb97f, and is 0x6362`
        .replace("0xb97f", `0x${model("16-modbus", "a").toString(16)}`),
    ]);
  }
});

Deno.test("a frame whose length is wrong is not skipped, checksum or not", () => {
  const decoder = new FrameDecoder("length:2,crc=32", {
    badFrames: "skip",
    maxMessageBytes: 10,
  });
  decoder.push(latin1("\xff\xff"));
  const error = assertThrows(() => decoder.next()) as {
    details: { declaredBytes: number; limitBytes: number };
  };
  assertEquals(error.details.declaredBytes, 65531);
  assertEquals(error.details.limitBytes, 10);
});

Deno.test("withChecksum() refuses messages without an end of their own, and an unknown name", () => {
  assertThrows(() => withChecksum(raw(), "32"), TypeError, "checksum needs");
  assertThrows(() => withChecksum(untilClose(), "32"), TypeError);
  assertThrows(
    () => withChecksum(lengthPrefix(), "64" as ChecksumName),
    TypeError,
    '"16-ccitt", "16-x25", "16-modbus", "32" or "32-le"',
  );
});

/** A length of one byte, the message, and its checksum. */
function summed(name: ChecksumName): (text: Text) => string {
  return (text) => {
    const size = text.take(1).charCodeAt(0);
    const whole = text.take(size);
    const bytes = MODELS[name][0] / 8;
    const message = whole.slice(0, Math.max(0, size - bytes));
    if (size < bytes || whole !== message + trailer(name, message)) {
      throw new Refusal("malformed");
    }
    return message;
  };
}

for (const name of CHECKSUM_NAMES) {
  oracleTest({
    framing: `length:1,crc=${name}`,
    read: summed(name),
    parts: fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => {
        const message = fromLatin1(bytes);
        const whole = message + trailer(name, message);
        return String.fromCharCode(whole.length) + whole;
      }),
    ),
  });
}
