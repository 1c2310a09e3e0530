import { codecSuite } from "../../support/codec_suite.ts";

/** The bytes from one value to another, both included. */
function range(from: number, to: number): string {
  return Array.from(
    { length: to - from + 1 },
    (_, i) => String.fromCharCode(from + i),
  ).join("");
}

const FULL = range(1, 254);

codecSuite({
  framing: "cobs",
  samples: ["", "\0", "\0\0", "a", "hello", "a\0b", "\x11\0\0\0"],
  golden: [
    ["", "\x01\0"],
    ["\0", "\x01\x01\0"],
    ["\0\0", "\x01\x01\x01\0"],
    ["\x11\x22\0\x33", "\x03\x11\x22\x02\x33\0"],
    ["\x11\x22\x33\x44", "\x05\x11\x22\x33\x44\0"],
    ["\x11\0\0\0", "\x02\x11\x01\x01\x01\0"],
    [FULL, `\xff${FULL}\0`],
    ["\0" + FULL, `\x01\xff${FULL}\0`],
    [range(1, 255), `\xff${FULL}\x02\xff\0`],
    [range(2, 255) + "\0", `\xff${range(2, 255)}\x01\x01\0`],
    [range(3, 255) + "\0\x01", `\xfe${range(3, 255)}\x02\x01\0`],
  ],
  reads: [
    [`\xff${FULL}\x01\0`, [FULL]],
    ["\0\0\x02a\0\0\0\x02b\0\0", ["a", "b"]],
    ["\0", []],
  ],
  rejects: [
    ["\x05ab\0", "malformed", "zero at position 4 comes before the end"],
    ["\x01\0\x03a\0", "malformed", "message 2 at byte 2"],
    ["\x05ab", "truncated", "after 3 bytes of a frame"],
    ["\x02a", "truncated", "before the zero"],
    ["\x01".repeat(1002) + "\0", "too_large", "limit of 1000 bytes"],
  ],
});

codecSuite({
  framing: "cobs",
  samples: [FULL, FULL + FULL, FULL + "\0", range(1, 253), range(0, 255)],
});
