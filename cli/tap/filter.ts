/**
 * Which messages a tap shows: `--filter TEXT`, `--filter /RE/`, and `!` in front of
 * either to hide what matches.
 *
 * @module
 */

import { UsageError } from "../output/failure.ts";
import { reasonOf } from "../output/error_text.ts";

/** One filter. */
export interface Filter {
  /** Whether it hides what it matches; otherwise it shows it. */
  readonly hides: boolean;

  /** Whether it matches a message. */
  matches(message: Uint8Array): boolean;
}

// A regular expression looks at no more of a message. It may take far longer than
// its text suggests, and what a person looks for stands in front.
const LOOKED_AT_BYTES = 64 * 1024;

// Up to here, calling a decoder takes longer than looking at the bytes one by one.
const SHORT_BYTES = 256;

// Each byte is one character, for texts too: what is compared are bytes.
const BYTES = new TextDecoder("latin1");
const UTF8 = new TextDecoder();

/**
 * Reads a filter.
 *
 * @param typed What was typed.
 * @throws {UsageError} If it is empty, or is not a regular expression.
 */
export function parseFilter(typed: string): Filter {
  const hides = typed.startsWith("!");
  const wanted = hides ? typed.slice(1) : typed;
  if (wanted === "") {
    throw new UsageError(
      `"${typed}" looks for nothing; write a text, or /a regular expression/, with ! in front to hide what matches`,
    );
  }
  const [, source] = /^\/(.+)\/$/s.exec(wanted) ?? [];
  return {
    hides,
    matches: source === undefined ? contains(wanted) : matches(source),
  };
}

/** Whether a message is to be shown, as the filters say. */
export function passes(
  filters: readonly Filter[],
  message: Uint8Array,
): boolean {
  let hasShowing = false;
  let isShown = false;
  for (const filter of filters) {
    if (filter.hides && filter.matches(message)) return false;
    if (filter.hides) continue;
    hasShowing = true;
    isShown ||= filter.matches(message);
  }
  return isShown || !hasShowing;
}

function contains(text: string): (message: Uint8Array) => boolean {
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

function matches(source: string): (message: Uint8Array) => boolean {
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
