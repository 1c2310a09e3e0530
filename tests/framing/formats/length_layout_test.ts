/**
 * Lengths of other widths, in other units, with flags beside them and bytes after
 * the message.
 *
 * @module
 */

import { lengthPrefix, type LengthPrefixOptions } from "@parley/parley/framing";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutAt, fromLatin1, latin1 } from "../../support/chunkings.ts";
import { codecSuite, decodeAll, encodeAll } from "../../support/codec_suite.ts";
import { readStream, Refusal } from "../../support/oracle.ts";

const samples = ["", "a", "hello", "\0\xff"];

codecSuite({
  framing: "length:5",
  samples,
  golden: [["hello", "\0\0\0\0\x05hello"]],
  rejects: [
    ["\x01\0\0\0\0", "too_large", "size of 4294967296 bytes"],
    ["\xff\xff\xff\xff\xff", "too_large", "size of 1099511627775 bytes"],
  ],
});

codecSuite({
  framing: "length:6,le",
  samples,
  golden: [["hello", "\x05\0\0\0\0\0hello"]],
  rejects: [["\0\0\0\0\0\x01", "too_large", "size of 1099511627776 bytes"]],
});

codecSuite({
  framing: "length:7",
  samples,
  rejects: [
    [
      "\x1f\xff\xff\xff\xff\xff\xff",
      "too_large",
      "size of 9007199254740991 bytes",
    ],
    ["\x20\0\0\0\0\0\x01", "too_large", "size of 9007199254740993 bytes"],
  ],
});

codecSuite({
  framing: "length:2,mask=0xfff",
  samples,
  golden: [["hello", "\0\x05hello"]],
  reads: [["\xf0\x05hello\x40\0", ["hello", ""]]],
  rejects: [["\xff\xff", "too_large", "size of 4095 bytes"]],
});

// The flags are the message's own, in either byte order.
codecSuite({
  framing: "length:2,strip=0,mask=0x7fff",
  samples: ["\0\0", "\x80\x01a", "\0\x05hello"],
  golden: [["\x80\x01a", "\x80\x01a"]],
  refuses: [["\x80\x02a", "must be 1"], ["\x81\x01a", "must be 128"]],
});
codecSuite({
  framing: "length:2,le,strip=0,mask=0x7fff",
  samples: ["\0\0", "\x01\x80a", "\x05\0hello"],
  golden: [["\x01\x80a", "\x01\x80a"]],
});

codecSuite({
  framing: "length:2,unit=4",
  samples: ["", "abcd", "abcdefgh"],
  golden: [["abcdefgh", "\0\x02abcdefgh"]],
  rejects: [
    ["\0\xfb", "too_large", "size of 1004 bytes"],
    ["\0\x01abc", "truncated", "after 3 of the 4 bytes"],
  ],
  refuses: [[
    "abc",
    "its length counts 4 bytes as one, and 3 is not a multiple",
  ]],
});

// RTP's and RTCP's way: words of four bytes, one less than all of them.
codecSuite({
  framing: "length:2,offset=2,strip=0,unit=4",
  samples: ["\x80\xc9\0\x01SSRC", "\x80\xcb\0\0"],
  golden: [["\x80\xc9\0\x01SSRC", "\x80\xc9\0\x01SSRC"]],
});

codecSuite({
  framing: "length:1,tail=2",
  samples,
  golden: [["hello", "\x05hello\0\0"]],
  reads: [["\x01axx\0yy", ["a", ""]]],
  rejects: [
    ["\x01ax", "truncated", "after 2 of the 3 bytes"],
    ["\0x", "truncated", "after 1 of the 2 bytes"],
  ],
});

codecSuite({
  framing: "length:2,inclusive,tail=1",
  samples,
  golden: [["hello", "\0\x07hello\0"]],
  rejects: [
    ["\0\x01", "malformed", "shorter than its header of 2 and its tail of 1"],
  ],
});

/** A layout whose parts do not contradict each other. */
const layout: fc.Arbitrary<Required<Omit<LengthPrefixOptions, "inclusive">>> =
  fc
    .record({
      bytes: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8),
      offset: fc.nat(3),
      littleEndian: fc.boolean(),
      adjust: fc.integer({ min: -2, max: 3 }),
      keeps: fc.boolean(),
      bits: fc.integer({ min: 4, max: 64 }),
      unit: fc.constantFrom(1, 1, 2, 4),
      tail: fc.nat(3),
    }).map(({ bytes, bits, keeps, ...rest }) => ({
      ...rest,
      bytes: bytes as 1,
      mask: Math.min(2 ** Math.min(bits, 8 * bytes), 2 ** 53) - 1,
      strip: keeps ? 0 : rest.offset + bytes,
    }));

Deno.test("length: reads and writes any layout as a second implementation does, in 3000 random streams", () => {
  const seen = { clean: 0, malformed: 0, truncated: 0, too_large: 0 };
  fc.assert(
    fc.property(
      layout,
      fc.array(
        fc.tuple(fc.nat(20), fc.uint8Array({ minLength: 90, maxLength: 90 })),
      ),
      fc.constantFrom(false, false, true),
      fc.array(fc.nat(200), { maxLength: 6 }),
      (layout, contents, isCut, places) => {
        const { bytes, offset, littleEndian, adjust, strip, mask, unit, tail } =
          layout;
        const framing = lengthPrefix(layout).toString();
        const header = offset + bytes;
        let stream = contents.map(([value, content]) => {
          const size = Math.max(0, value * unit + adjust) + header + tail;
          const frame = content.slice(0, size);
          for (let i = 0; i < bytes; i++) {
            frame[offset + i] = 0;
          }
          frame[offset + (littleEndian ? 0 : bytes - 1)] = value;
          return fromLatin1(frame);
        }).join("");
        if (isCut) stream = stream.slice(0, -1);
        const expected = readStream((text) => {
          text.take(offset);
          const field = Array.from(text.take(bytes), (c) => c.charCodeAt(0));
          if (littleEndian) field.reverse();
          const whole = field.reduce((v, b) => v * 256n + BigInt(b), 0n);
          // The largest mask leaves nothing out, so what is above it is an error
          // and never a rounded number.
          const value = mask === Number.MAX_SAFE_INTEGER
            ? whole
            : whole & BigInt(mask);
          const size = Number(value) * unit + header + adjust - strip;
          if (size < 0 || size < header - strip) throw new Refusal("malformed");
          if (size > 1024 * 1024) throw new Refusal("too_large");
          const from = text.at - header;
          text.take(size + strip - header + tail);
          return text.text.slice(from + strip, from + strip + size);
        }, stream);
        const { messages, error } = decodeAll(
          framing,
          cutAt(latin1(stream), places),
        );
        const code = error?.slice(0, error.indexOf(":"));
        assertEquals({ messages, code }, expected);
        seen[expected.code ?? "clean"]++;
        // What is written is read again, and so are its flags if it keeps them.
        const written = encodeAll(framing, messages.map(latin1));
        assertEquals(decodeAll(framing, [written]).messages, messages);
      },
    ),
    { numRuns: 3000 },
  );
  for (const kind of ["clean", "malformed", "truncated"] as const) {
    if (seen[kind] < 10) throw new Error(`only ${seen[kind]} are ${kind}`);
  }
});
