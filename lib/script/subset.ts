/**
 * JSON that contains a pattern: objects may have more members, arrays have the
 * same length.
 *
 * @module
 */

import type { JsonValue } from "../encoding/json.ts";
import { capturedJson, type Captures } from "./capture.ts";
import type { JsonPattern } from "./statement.ts";
import { textOf } from "./template.ts";

/**
 * Compares a value with a pattern, and captures.
 *
 * @param captures Where the values of new names go, also if the value differs.
 * @param path Where the value is, such as `.items[2]`.
 * @returns Where it differs, in words; `undefined` if it does not.
 */
export function differenceOf(
  value: JsonValue,
  pattern: JsonPattern,
  captures: Captures,
  path = "",
): string | undefined {
  switch (pattern.type) {
    case "anything":
      return undefined;
    case "name": {
      const { name } = pattern;
      if (captures.take(name, capturedJson(value))) return undefined;
      return differs(path, value, `{{${name}}} is ${captures.textOf(name)}`);
    }
    case "scalar":
    case "text": {
      const wanted = pattern.type === "text"
        ? textOf(pattern.text, captures)
        : pattern.value;
      if (value === wanted) return undefined;
      return differs(path, value, `${shown(wanted)} is expected`);
    }
    case "array":
      return arrayDifference(value, pattern.items, captures, path);
    case "object":
      return objectDifference(value, pattern.members, captures, path);
  }
}

function arrayDifference(
  value: JsonValue,
  items: readonly JsonPattern[],
  captures: Captures,
  path: string,
): string | undefined {
  if (!Array.isArray(value)) {
    return differs(path, value, "an array is expected");
  }
  if (value.length !== items.length) {
    return `${placeOf(path)} has ${elements(value.length)}, and ${
      elements(items.length)
    } ${items.length === 1 ? "is" : "are"} expected`;
  }
  for (const [at, item] of items.entries()) {
    const found = differenceOf(value[at]!, item, captures, `${path}[${at}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function objectDifference(
  value: JsonValue,
  members: Extract<JsonPattern, { type: "object" }>["members"],
  captures: Captures,
  path: string,
): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return differs(path, value, "an object is expected");
  }
  for (const [template, member] of members) {
    const key = textOf(template, captures);
    const place = `${path}${memberOf(key)}`;
    if (!Object.hasOwn(value, key)) return `${place} is missing`;
    const found = differenceOf(value[key]!, member, captures, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

function differs(path: string, value: JsonValue, wanted: string): string {
  return `${placeOf(path)} is ${shown(value)}, and ${wanted}`;
}

function placeOf(path: string): string {
  return path === "" ? "the value" : path;
}

function memberOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function elements(count: number): string {
  return count === 1 ? "1 element" : `${count} elements`;
}

const MOST_SHOWN = 60;

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}...`;
}
