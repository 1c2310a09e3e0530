/**
 * One string names a framing everywhere: in code, on the command line, in
 * errors.
 *
 * ```text
 * framing    part [ then part ] ...              fixed:8 then length:4
 * part       name [:value] [,option[=value]] ... length:4,le    fixed:30,pad=#
 * ```
 *
 * The documentation of {@linkcode parseFraming} lists the options.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../check.ts";
import { describeError } from "../errors.ts";
import { announceParser } from "./by_name.ts";
import type { Framing } from "./framing.ts";
import { FORMATS } from "./formats.ts";
import { nearest } from "../nearest.ts";
import { sequence } from "./sequence.ts";
import { synonym } from "./synonyms.ts";
import { splitParts } from "./grammar/escapes.ts";
import { FramingArguments } from "./grammar/arguments.ts";
import { protocolFraming, PROTOCOLS } from "./protocols/protocols.ts";

/**
 * Reads the string of a framing, such as `line`, `length:4,le` or
 * `delimiter:#*#`, or the name of a protocol, such as `redis`. Bytes are written
 * as themselves, in UTF-8, or as one of the escapes `\n \r \t \0 \\ \, \|` and `\xHH`.
 *
 * An option is a flag or has a value. The order of options does not matter, and
 * each can be given once. Values are numbers in decimal or with `0x`, bytes with
 * the escapes `\n \r \t \0 \\ \, \| \xHH`, or words.
 *
 * | option | of | meaning |
 * | --- | --- | --- |
 * | `le`, `be` | `length` | which byte of the length comes first |
 * | `inclusive` | `length` | the length counts its own bytes and those before it |
 * | `offset=N` | `length`, `varint` | N bytes come before the length |
 * | `adjust=N` | `length` | N is added to the length; may be negative |
 * | `strip=N` | `length`, `varint` | N bytes of the frame are dropped, 0 keeps the header |
 * | `mask=N` | `length` | the bits of the field that are the length |
 * | `unit=N` | `length` | the length counts in N bytes |
 * | `tail=N` | `length` | N bytes follow that the length does not count; dropped, or the checksum of `crc` |
 * | `strict` | `varint` | a length that is longer than it needs is refused |
 * | `crc=NAME` | all whose messages may hold any bytes | a checksum ends the message; verified and dropped, added when sending |
 * | `keep` | `delimiter` | the delimiter is part of the message |
 * | `eof` | `line`, `delimiter` | the end of the stream ends the last message too |
 * | `crlf` | `line` | CR LF is sent |
 * | `pad=BYTE` | `fixed` | fills short messages, and is dropped from their ends |
 * | `zero`, `right` | `header` | how the digits are filled up |
 *
 * `A then B` is one message in framing A, then all others in B. Write ` then `
 * inside of a delimiter as `\x20then\x20`.
 *
 * @param text The string.
 * @returns The framing. Its `toString()` gives the canonical string, which this
 * function reads back.
 * @throws {TypeError} If it names no framing, or a value or option is wrong; the
 * message shows the right form.
 *
 * @example From a string and back
 * ```ts
 * import { parseFraming } from "@parley/parley/framing";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseFraming("length:4,le").toString(), "length:4,le");
 * assertThrows(() => parseFraming("lenght:4"), TypeError, 'did you mean "length"');
 * ```
 */
export function parseFraming(text: string): Framing {
  const parts = text.split(THEN);
  if (parts.length === 1) return parsePart(text);
  const [first, second, ...rest] = parts.map(parsePart);
  return sequence(first!, second!, ...rest);
}

const THEN = " then ";

function parsePart(text: string): Framing {
  const [head, ...options] = splitParts(text);
  const colon = head!.indexOf(":");
  const name = colon === -1 ? head! : head!.slice(0, colon);
  const format = FORMATS.get(name);
  if (format === undefined) return protocol(text, name);
  const value = colon === -1 ? undefined : head!.slice(colon + 1);
  try {
    const given = new FramingArguments(value, options);
    const framing = format.make(given);
    given.checkAllUsed(ownersOf);
    return framing;
  } catch (cause) {
    throw new OptionTypeError({
      action: `use framing "${text}"`,
      reason: inside(cause),
      advice: `the form is ${format.form}`,
      cause,
    });
  }
}

/**
 * The names with which the strings of framings begin, such as `"length"` in
 * `"length:4"`. The names of protocols are in {@linkcode PROTOCOLS}.
 *
 * @example Whether a word names a framing
 * ```ts
 * import { FRAMING_NAMES } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(FRAMING_NAMES.includes("netstring"), true);
 * ```
 */
export const FRAMING_NAMES: readonly string[] = [...FORMATS.keys()];

/** The framings that have an option of that name. */
function ownersOf(option: string): string[] {
  return Array.from(FORMATS).filter(([, format]) => {
    const given = new FramingArguments("1", []);
    try {
      format.make(given);
    } catch {
      // Not every framing can be made so, but each asks for its options.
    }
    return given.knows(option);
  }).map(([name]) => name);
}

/** The text of an error, to be read behind a colon. */
function inside(cause: unknown): string {
  const hasParts = cause instanceof OptionRangeError ||
    cause instanceof OptionTypeError;
  if (!hasParts || cause.action === undefined) return describeError(cause);
  const { action, value } = cause;
  const rest = describeError({ ...cause, action: undefined });
  return `cannot ${action}${value === undefined ? ":" : ""} ${rest}`;
}

/** The framing of a protocol, which takes neither a value nor options. */
function protocol(text: string, name: string): Framing {
  const framing = protocolFraming(name);
  if (framing === undefined) throw unknown(text, name);
  if (text === name) return framing;
  throw new OptionTypeError({
    action: `use framing "${text}"`,
    reason: `the protocol "${name}" takes no value and no options`,
  });
}

function unknown(text: string, name: string): TypeError {
  const framing = synonym(name);
  if (framing !== undefined) {
    return new OptionTypeError({
      action: `use framing "${text}"`,
      reason: `there is no framing "${name}"`,
      framing,
    });
  }
  const protocols = PROTOCOLS.map(({ name }) => name)
    .filter((name) => !FORMATS.has(name));
  const near = nearest(name, [...FORMATS.keys(), ...protocols]);
  const forms = [...FORMATS.keys()].join(", ");
  return new OptionTypeError({
    action: `use framing "${text}"`,
    reason: `there is no framing "${name}"` +
      (near === undefined ? "" : ` (did you mean "${near}"?)`),
    advice: near === undefined
      ? `there are ${forms}, and protocols such as redis and mqtt`
      : undefined,
  });
}

// What takes a framing's string finds the table from now on.
announceParser(parseFraming);
