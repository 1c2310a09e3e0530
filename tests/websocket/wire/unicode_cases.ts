/**
 * Section 6 of the Autobahn test suite: UTF-8. The texts are those of Markus Kuhn's
 * stress test, in the suite's order and with its numbers. A name without a number is
 * a case that the suite does not have.
 *
 * @module
 */

import type { Case } from "./cases.ts";
import { type FrameSpec, utf8 } from "./frames.ts";

const TEXT = 1;
const CONTINUATION = 0;
const HELLO = utf8("Hello-µ@ßöäüàá-UTF-8!!");
// The second character is U+1F79, of three bytes.
const KOSME = Uint8Array.fromHex("cebae1bdb9cf83cebcceb5");

/** Text, half of a pair of surrogates, and text again. */
export const SURROGATE: Uint8Array = Uint8Array.of(
  ...KOSME,
  ...[0xed, 0xa0, 0x80],
  ...utf8("edited"),
);

const bytes = (...values: number[]) => Uint8Array.from(values);
const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

/** What the events of a message are called. */
function message(payload: Uint8Array): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload);
  return text.length <= 40
    ? `text ${JSON.stringify(text)}`
    : `text ${text.length} characters, ${text.slice(0, 8)}`;
}

/** A text in fragments. */
function fragments(...parts: Uint8Array[]): FrameSpec[] {
  return parts.map((payload, i) => ({
    opcode: i === 0 ? TEXT : CONTINUATION,
    fin: i === parts.length - 1,
    payload,
  }));
}

function good(name: string, ...parts: Uint8Array[]): Case {
  const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
  return { name, frames: fragments(...parts), events: [message(whole)] };
}

function bad(name: string, ...parts: Uint8Array[]): Case {
  return { name, frames: fragments(...parts), events: [], error: 1007 };
}

const each = (payload: Uint8Array) => [...payload].map((byte) => bytes(byte));

/** Sections 6.2 to 6.4: fragments, and failing fast. */
function* inFragments(): Iterable<Case> {
  yield good("6.2.1 text", HELLO);
  yield good(
    "6.2.2 two fragments at the end of a character",
    utf8("Hello-µ@ßöä"),
    utf8("üàá-UTF-8!!"),
  );
  yield good("6.2.3 a fragment for each byte", ...each(HELLO));
  yield good("6.2.4 the same of another text", ...each(KOSME));
  yield bad("6.3.1 a surrogate in one frame", SURROGATE);
  yield bad("6.3.2 the same, a fragment for each byte", ...each(SURROGATE));
  // The suite sends the last part later, and wants the refusal before it.
  yield early(
    "6.4.1 fail fast: the second fragment is bad",
    KOSME,
    hex("f4 90 80 80"),
    utf8("edited"),
  );
  const above = bytes(...KOSME, ...hex("f4 90 80 80"), ...utf8("edited"));
  yield early(
    "6.4.2 fail fast: the second fragment is one byte, which is bad",
    above.subarray(0, 12),
    above.subarray(12, 13),
    above.subarray(13),
  );
  for (const [number, end] of [["6.4.3", 15], ["6.4.4", 13]] as const) {
    yield {
      name: `${number} fail fast: ${end} bytes of a frame of ${above.length}`,
      frames: [{
        opcode: TEXT,
        payload: above.subarray(0, end),
        declares: above.length,
      }],
      events: [],
      error: 1007,
    };
  }
}

/** A text in fragments, which is refused before the last one. */
function early(name: string, ...parts: Uint8Array[]): Case {
  return {
    name,
    frames: fragments(...parts).slice(0, -1),
    events: [],
    error: 1007,
  };
}

/** The text of each case of 6.5 to 6.23, and whether it is UTF-8. */
const TEXTS: readonly (readonly [section: string, isGood: boolean, string])[] =
  [
    ["6.5", true, "68656c6c6f 24 776f726c64"],
    ["6.5", true, "68656c6c6f c2a2 776f726c64"],
    ["6.5", true, "68656c6c6f e282ac 776f726c64"],
    ["6.5", true, "68656c6c6f f0a4ada2 776f726c64"],
    ["6.5", true, "ceba e1bdb9 cf83 cebc ceb5"],
    // All beginnings of a text.
    ["6.6", false, "ce"],
    ["6.6", true, "ceba"],
    ["6.6", false, "ceba e1"],
    ["6.6", false, "ceba e1bd"],
    ["6.6", true, "ceba e1bdb9"],
    ["6.6", false, "ceba e1bdb9 cf"],
    ["6.6", true, "ceba e1bdb9 cf83"],
    ["6.6", false, "ceba e1bdb9 cf83 ce"],
    ["6.6", true, "ceba e1bdb9 cf83 cebc"],
    ["6.6", false, "ceba e1bdb9 cf83 cebc ce"],
    ["6.6", true, "ceba e1bdb9 cf83 cebc ceb5"],
    // The first and the last character of each length.
    ...good4("6.7", "00", "c280", "e0a080", "f0908080"),
    ["6.8", false, "f888808080"],
    ["6.8", false, "fc8480808080"],
    ...good4("6.9", "7f", "dfbf", "efbfbf", "f48fbfbf"),
    ["6.10", false, "f7bfbfbf"],
    ["6.10", false, "fbbfbfbfbf"],
    ["6.10", false, "fdbfbfbfbfbf"],
    ...good4("6.11", "ed9fbf", "ee8080", "efbfbd", "f48fbfbf"),
    ["6.11", false, "f4908080"],
    // Continuation bytes alone.
    ...all("6.12", ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80"]),
    ["6.12", false, "80bf80bf80bf"],
    ["6.12", false, range(0x80, 0xbe, "")],
    // First bytes alone. As above, the suite leaves out the last one of each range.
    ["6.13", false, range(0xc0, 0xde, "20")],
    ["6.13", false, range(0xe0, 0xee, "20")],
    ["6.13", false, range(0xf0, 0xf6, "20")],
    ["6.13", false, range(0xf8, 0xfa, "20")],
    ["6.13", false, range(0xfc, 0xfc, "20")],
    // The last continuation byte is missing.
    ...all("6.14", ["c0", "e080", "f08080", "f8808080", "fc80808080"]),
    ...all("6.14", ["df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"]),
    [
      "6.15",
      false,
      "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf",
    ],
    ...all("6.16", ["fe", "ff", "fefeffff"]),
    // Forms that are too long.
    ...all("6.17", ["c0af", "e080af", "f08080af", "f8808080af"]),
    ["6.17", false, "fc80808080af"],
    ...all("6.18", ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf"]),
    ["6.18", false, "fc83bfbfbfbf"],
    ...all("6.19", ["c080", "e08080", "f0808080", "f880808080"]),
    ["6.19", false, "fc8080808080"],
    // Surrogates, alone and in pairs.
    ...all("6.20", ["eda080", "edadbf", "edae80", "edafbf", "edb080"]),
    ["6.20", false, "edbe80"],
    ["6.20", false, "edbfbf"],
    ...all("6.21", ["eda080edb080", "eda080edbfbf", "edadbfedb080"]),
    ...all("6.21", ["edadbfedbfbf", "edae80edb080", "edae80edbfbf"]),
    ...all("6.21", ["edafbfedb080", "edafbfedbfbf"]),
    // Code points that are no characters, which are good UTF-8.
    ["6.22", true, "efbfbe"],
    ["6.22", true, "efbfbf"],
    ...nonCharacters().map((text) => ["6.22", true, text] as const),
    ...good4("6.23", "efbfb9", "efbfba", "efbfbb", "efbfbc"),
    ["6.23", true, "efbfbd"],
    ["6.23", true, "efbfbe"],
    ["6.23", true, "efbfbf"],
  ];

function good4(section: string, ...texts: string[]) {
  return texts.map((text) => [section, true, text] as const);
}

function all(section: string, texts: readonly string[]) {
  return texts.map((text) => [section, false, text] as const);
}

/** Every byte of a range, with something behind each. */
function range(from: number, to: number, behind: string): string {
  let text = "";
  for (let byte = from; byte <= to; byte++) text += byte.toString(16) + behind;
  return text;
}

/** U+1FFFE, U+1FFFF, U+2FFFE, ... U+10FFFF. */
function nonCharacters(): string[] {
  return Array.from({ length: 16 }, (_, i) => i + 1).flatMap((plane) =>
    [0xfffe, 0xffff].map((low) =>
      utf8(String.fromCodePoint(plane * 0x1_0000 + low)).toHex()
    )
  );
}

/** Section 6 without 6.1, which is about empty fragments. */
export function* unicode(): Iterable<Case> {
  yield* inFragments();
  const counts = new Map<string, number>();
  for (const [section, isGood, text] of TEXTS) {
    const number = (counts.get(section) ?? 0) + 1;
    counts.set(section, number);
    const name = `${section}.${number} ${text.slice(0, 40)}`;
    yield isGood ? good(name, hex(text)) : bad(name, hex(text));
  }
  for (const byte of [0xbf, 0xdf, 0xef, 0xf7, 0xfb, 0xfd]) {
    yield bad(`the byte ${byte.toString(16)} before a space`, bytes(byte, 32));
  }
}
