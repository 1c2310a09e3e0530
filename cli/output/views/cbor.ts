/**
 * CBOR (RFC 8949) as its diagnostic notation. A message may hold several values,
 * one after the other (RFC 8742).
 *
 * @module
 */

import { type Token, Tokenizer } from "cborg";
import {
  bytes,
  checkLevel,
  entries,
  float,
  list,
  malformed,
  quoted,
} from "./notation.ts";

/**
 * Shows a message.
 *
 * @throws {Error} If it is not CBOR.
 */
export function cbor(message: Uint8Array): string {
  const tokens = new Tokenizer(message, {
    allowBigInt: true,
    allowIndefinite: true,
    allowUndefined: true,
  });
  const values: string[] = [];
  do values.push(value(tokens, 0)); while (!tokens.done());
  return values.join(", ");
}

function value(tokens: Tokenizer, level: number): string {
  const text = next(tokens, level);
  if (text !== undefined) return text;
  throw malformed("a break stands where a value must be");
}

/** Writes the next value; `undefined` is a break. */
function next(tokens: Tokenizer, level: number): string | undefined {
  checkLevel(level);
  if (tokens.done()) throw malformed("it ends inside of a value");
  const token: Token = tokens.next();
  switch (token.type.name) {
    case "break":
      return undefined;
    case "string":
      return quoted(token.value);
    case "bytes":
      return bytes(token.value);
    case "float":
      return float(token.value);
    case "array":
      return list(items(tokens, token.value, level + 1));
    case "map":
      return entries(pairs(tokens, token.value, level + 1));
    case "tag":
      return `${token.value}(${value(tokens, level + 1)})`;
    default:
      // Integers, true, false, null and undefined.
      return String(token.value);
  }
}

/** The items of an array; `count` is `Infinity` if a break ends it. */
function items(tokens: Tokenizer, count: number, level: number): string[] {
  const found: string[] = [];
  while (found.length < count) {
    const item = next(tokens, level);
    if (item !== undefined) found.push(item);
    else if (count === Infinity) break;
    else throw malformed("a break stands in an array of known length");
  }
  return found;
}

function pairs(
  tokens: Tokenizer,
  count: number,
  level: number,
): [string, string][] {
  const found: [string, string][] = [];
  while (found.length < count) {
    const key = next(tokens, level);
    if (key !== undefined) found.push([key, value(tokens, level)]);
    else if (count === Infinity) break;
    else throw malformed("a break stands in a map of known length");
  }
  return found;
}
