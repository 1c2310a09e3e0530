/**
 * What a framing is called.
 *
 * @module
 */

import type { Framing } from "./framing.ts";

/**
 * Gives a framing's string, in errors and wherever people see it. An object literal
 * without a `toString` of its own has none, and is called `custom`.
 */
export function nameOf(framing: Framing | string): string {
  return hasName(framing) ? String(framing) : "custom";
}

/** Whether a framing says what it is called. */
export function hasName(framing: Framing | string): boolean {
  return typeof framing === "string" ||
    framing.toString !== Object.prototype.toString;
}
