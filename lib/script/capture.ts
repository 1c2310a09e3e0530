/**
 * The values that messages gave to names.
 *
 * A name captures once. Where it stands again, the same value is expected.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { JsonValue } from "../encoding/json.ts";
import { sameJson } from "./same_json.ts";

/** A value that was captured or given. */
export interface Captured {
  /** How it is sent. */
  readonly bytes: Uint8Array;
  /** It as JSON, if a json pattern captured it. */
  readonly json?: JsonValue;
}

const ENCODER = new TextEncoder();
// Not for deciding whether something is text: it may be sent back as bytes.
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** A captured text. */
export function capturedText(text: string): Captured {
  return { bytes: ENCODER.encode(text) };
}

/** A captured value of JSON: a string as its text, all else as JSON. */
export function capturedJson(json: JsonValue): Captured {
  const text = typeof json === "string" ? json : JSON.stringify(json);
  return { bytes: ENCODER.encode(text), json };
}

/** Names and their values. */
export class Captures {
  readonly #values: Map<string, Captured>;

  /**
   * @param before Those that a trial begins with.
   */
  constructor(before?: Captures) {
    this.#values = new Map(before === undefined ? [] : before.#values);
  }

  /**
   * Gives a name's value.
   *
   * @throws {TypeError} If no message has given it one, as a group of a regular
   * expression that took no part in the match.
   */
  valueOf(name: string): Captured {
    const found = this.#values.get(name);
    if (found !== undefined) return found;
    throw new OptionTypeError({
      reason: `{{${name}}} has no value, as no message has given it one`,
    });
  }

  /** Gives a name's value as text. */
  textOf(name: string): string {
    return LENIENT.decode(this.valueOf(name).bytes);
  }

  /**
   * Gives a name a value, unless it has one.
   *
   * @returns Whether it has this value now.
   */
  take(name: string, value: Captured): boolean {
    const before = this.#values.get(name);
    if (before === undefined) {
      // A message is a view of the buffer that it was received in.
      this.#values.set(name, { ...value, bytes: value.bytes.slice() });
      return true;
    }
    return before.json !== undefined && value.json !== undefined
      ? sameJson(before.json, value.json)
      : sameBytes(before.bytes, value.bytes);
  }

  /** Takes over what a trial has captured. */
  become(trial: Captures): void {
    for (const [name, value] of trial.#values) this.#values.set(name, value);
  }

  /** All of them but some, as text. */
  textsWithout(
    names: ReadonlyMap<string, unknown>,
  ): ReadonlyMap<string, string> {
    const captured = [...this.#values.keys()].filter((key) => !names.has(key));
    return new Map(captured.map((name) => [name, this.textOf(name)]));
  }
}

/** Whether two messages are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
