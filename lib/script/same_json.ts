/**
 * Whether two values of JSON are the same.
 *
 * @module
 */

import type { JsonValue } from "../encoding/json.ts";

/** Whether two values are the same, whatever the order of members. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  if (a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const [left, right] = [a, b] as Record<string, JsonValue>[];
  return keys.length === Object.keys(b).length &&
    keys.every((key) =>
      Object.hasOwn(right!, key) && sameJson(left![key]!, right![key]!)
    );
}
