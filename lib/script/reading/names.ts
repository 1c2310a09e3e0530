/**
 * The names that a script may write in braces, line by line.
 *
 * ```text
 * --set id=7            known before the first line, with its value
 * expect any as id      known from here on; its value is there when the script runs
 * ```
 *
 * @module
 */

import { nearest } from "../../nearest.ts";
import type { Excerpt } from "./excerpt.ts";

/** How a name is written. */
export const NAME: RegExp = /^[A-Za-z_]\w*$/;

/** The names that are known so far. */
export class Names {
  /** The names with given values that were used. */
  readonly used: Map<string, string> = new Map();
  readonly #given: ReadonlyMap<string, string>;
  readonly #capturedAt = new Map<string, number>();

  constructor(given: Readonly<Record<string, string>>) {
    this.#given = new Map(Object.entries(given));
  }

  /** Whether a line above gives it a value, or it was given one. */
  isKnown(name: string): boolean {
    return this.#given.has(name) || this.#capturedAt.has(name);
  }

  /** The value that was given; `undefined` if it is captured. */
  given(name: string): string | undefined {
    const value = this.#given.get(name);
    if (value !== undefined) this.used.set(name, value);
    return value;
  }

  /** The line that captures it. */
  capturedAt(name: string): number | undefined {
    return this.#capturedAt.get(name);
  }

  /** A message of this line gives it its value, unless it has one. */
  capture(name: string, line: number): void {
    if (!this.isKnown(name)) this.#capturedAt.set(name, line);
    this.given(name);
  }

  /**
   * Checks that a name has a value here.
   *
   * @param at Where it stands.
   * @throws {ScriptError} If it has none.
   */
  check(name: string, excerpt: Excerpt, at: number): void {
    if (this.isKnown(name)) return;
    const known = [...this.#given.keys(), ...this.#capturedAt.keys()];
    const near = nearest(name, known);
    throw excerpt.error({
      reason: `{{${name}}} has no value here${
        near === undefined ? "" : ` (did you mean {{${near}}}?)`
      }`,
      option: "variables",
      advice: "give it one, or capture it in a line above",
    }, at);
  }
}
