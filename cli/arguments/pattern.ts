/**
 * Patterns of messages: a text that is in them, or `/a regular expression/`.
 *
 * @module
 */

import { reasonOf } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

/** Tells whether a message matches. */
export type Pattern = (message: Uint8Array) => boolean;

// A regular expression looks at no more of a message. It may take far longer than
// its text suggests, and what a person looks for stands in front.
const LOOKED_AT_BYTES = 64 * 1024;

// Up to here, calling a decoder takes longer than looking at the bytes one by one.
const SHORT_BYTES = 256;

// Each byte is one character, for texts too: what is compared are bytes.
const BYTES = new TextDecoder("latin1");
const UTF8 = new TextDecoder();

/**
 * Reads a pattern.
 *
 * @param typed What was typed; an empty text is in every message.
 * @throws {UsageError} If it is a regular expression that cannot be read.
 */
export function parsePattern(typed: string): Pattern {
  const [, source] = /^\/(.+)\/$/s.exec(typed) ?? [];
  return source === undefined ? contains(typed) : matches(source);
}

function contains(text: string): Pattern {
  if (text === "") return () => true;
  const bytes = new TextEncoder().encode(text);
  const wanted = BYTES.decode(bytes);
  return (message) =>
    message.length <= SHORT_BYTES
      ? containsBytes(message, bytes)
      : BYTES.decode(message).includes(wanted);
}

/** Looks at every place in turn, which is quadratic at worst. */
function containsBytes(message: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0]!;
  const last = message.length - wanted.length;
  for (let at = 0; at <= last; at++) {
    if (message[at] !== first) continue;
    let same = 1;
    while (same < wanted.length && message[at + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
}

function matches(source: string): Pattern {
  const expression = compiled(source);
  return (message) =>
    expression.test(UTF8.decode(message.subarray(0, LOOKED_AT_BYTES)));
}

function compiled(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new UsageError(
      `/${source}/ is not a regular expression: ${reasonOf(cause)}`,
      { cause },
    );
  }
}
