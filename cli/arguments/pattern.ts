/**
 * Patterns of messages: a text that is in them, or `/a regular expression/`, with
 * flags behind it if there are any.
 *
 * @module
 */

import { bounded } from "../../lib/search/bounded_expression.ts";
import { parseExpression } from "../../lib/search/written_expression.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

/**
 * Tells whether a message matches. A regular expression that takes too long throws a
 * `TimeoutError`.
 */
export type Pattern = (message: Uint8Array) => boolean;

// A regular expression looks at no more of a message: what a person looks for stands
// in front.
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
  const expression = readExpression(typed);
  return expression === undefined ? contains(typed) : matches(expression);
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

function matches(expression: RegExp): Pattern {
  const search = bounded(expression);
  return (message) =>
    search.test(UTF8.decode(message.subarray(0, LOOKED_AT_BYTES)));
}

/**
 * Reads a regular expression of the command line.
 *
 * @returns It, or `undefined` if the text is not between slashes.
 * @throws {UsageError} If it cannot be read.
 */
export function readExpression(typed: string): RegExp | undefined {
  try {
    return parseExpression(typed);
  } catch (cause) {
    throw new UsageError(
      `"${typed}" is not a regular expression: ${errorText(cause)}`,
      { cause },
    );
  }
}
