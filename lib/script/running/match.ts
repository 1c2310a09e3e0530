/**
 * Compares a message with a pattern.
 *
 * @module
 */

import { bounded } from "../../search/bounded_expression.ts";
import { describeError, TimeoutError } from "../../errors.ts";
import { capturedText, Captures, sameBytes } from "../capture.ts";
import type { Pattern } from "../statement.ts";
import { sameJson } from "../same_json.ts";
import { differenceOf } from "../subset.ts";
import { bytesOf, textOf } from "../template.ts";
import { utf8Of, writtenValue } from "./written.ts";

/** A regular expression looks at no more of a message. */
const LOOKED_AT_BYTES: number = 64 * 1024;

/** A pattern of a message, and not of the end. */
export type MessagePattern = Exclude<Pattern, { type: "end" | "reset" }>;

/**
 * Compares a message with a pattern. If it fits, what the pattern captures is kept.
 *
 * @returns Where it differs, in words; `undefined` if it fits.
 */
export function mismatch(
  pattern: MessagePattern,
  message: Uint8Array,
  captures: Captures,
): string | undefined {
  // A message that does not fit captures nothing.
  const trial = new Captures(captures);
  const found = compare(pattern, message, trial);
  if (found === undefined) captures.become(trial);
  return found;
}

function compare(
  pattern: MessagePattern,
  message: Uint8Array,
  captures: Captures,
): string | undefined {
  switch (pattern.type) {
    case "value": {
      const wanted = bytesOf(pattern.value, captures);
      const found = bytesDifference(message, wanted);
      return found !== undefined && isSameJson(message, wanted)
        ? `${found}; as JSON both are the same, which expect json compares`
        : found;
    }
    case "any": {
      const { name } = pattern;
      if (name === undefined || captures.take(name, { bytes: message })) {
        return undefined;
      }
      return `{{${name}}} is ${writtenValue(captures.valueOf(name).bytes)}`;
    }
    case "json":
      return jsonDifference(message, pattern, captures);
    case "expression":
      return expressionDifference(message, pattern, captures);
  }
}

function bytesDifference(
  message: Uint8Array,
  wanted: Uint8Array,
): string | undefined {
  if (sameBytes(message, wanted)) return undefined;
  const at = wanted.findIndex((byte, i) => byte !== message[i]);
  return at === -1
    ? `it goes on after byte ${wanted.length}`
    : at === message.length
    ? `it ends after byte ${at}`
    : `it differs at byte ${at}`;
}

/** Whether two messages are the same object or array, written in different ways. */
function isSameJson(message: Uint8Array, wanted: Uint8Array): boolean {
  const texts = [message, wanted].map((bytes) => utf8Of(bytes)?.trim() ?? "");
  if (!texts.every((text) => /^[{[]/.test(text))) return false;
  try {
    const [a, b] = texts.map((text) => JSON.parse(text));
    return sameJson(a, b);
  } catch {
    // One of them is not JSON, or is nested too deeply.
    return false;
  }
}

/** Compares a message with a pattern of JSON. */
export function jsonDifference(
  message: Uint8Array,
  { json }: MessagePattern & { type: "json" },
  captures: Captures,
): string | undefined {
  const text = utf8Of(message);
  if (text === undefined) return "it is not UTF-8, and so not JSON";
  try {
    return differenceOf(JSON.parse(text), json, captures);
  } catch (error) {
    // Of a message that a peer nests as deep as it can.
    if (error instanceof RangeError) return "it is nested too deeply";
    if (error instanceof SyntaxError) {
      return `it is not JSON: ${describeError(error)}`;
    }
    throw error;
  }
}

function expressionDifference(
  message: Uint8Array,
  { flags, source }: MessagePattern & { type: "expression" },
  captures: Captures,
): string | undefined {
  const expression = new RegExp(textOf(source, captures, escaped), flags);
  const text = LENIENT.decode(message.subarray(0, LOOKED_AT_BYTES));
  let found: RegExpExecArray | null;
  try {
    found = bounded(expression).exec(text);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return error.reason;
  }
  if (found === null) {
    return message.length > LOOKED_AT_BYTES
      ? "its first 64 KiB, which alone are looked at, do not match"
      : "it does not match";
  }
  for (const [name, value] of Object.entries(found.groups ?? {})) {
    // A group may take no part in the match.
    if (value === undefined || captures.take(name, capturedText(value))) {
      continue;
    }
    return `the group ${name} is ${value}, and {{${name}}} is ${
      captures.textOf(name)
    }`;
  }
  return undefined;
}

const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** So that a value stands for itself inside a regular expression. */
function escaped(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
