/**
 * The value and the options in a framing's string.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { splitParts, unescape } from "./escapes.ts";
import { nearest } from "../../nearest.ts";

/**
 * The value and options after a framing's name. A format calls each getter
 * once.
 */
export class FramingArguments {
  readonly #value: string | undefined;
  readonly #options = new Map<string, string | undefined>();
  readonly #known = new Set<string>();
  // Words that are written for an option, and the option.
  readonly #meant = new Map<string, string>();
  #valueUsed = false;

  /**
   * Splits the options.
   *
   * @param value The text after the colon, `undefined` without a colon.
   * @param options The parts after the commas.
   * @throws {TypeError} If an option is given twice.
   */
  constructor(value: string | undefined, options: readonly string[]) {
    this.#value = value;
    for (const option of options) {
      const equals = option.indexOf("=");
      const name = equals === -1 ? option : option.slice(0, equals);
      if (this.#options.has(name)) {
        throw wrong(`option "${name}" is given twice`);
      }
      this.#options.set(
        name,
        equals === -1 ? undefined : option.slice(equals + 1),
      );
    }
  }

  /**
   * The value as a number.
   *
   * @returns The number, or `undefined` if there is no colon.
   * @throws {TypeError} If it is not a decimal integer.
   */
  number(): number | undefined {
    this.#valueUsed = true;
    if (this.#value === undefined) return undefined;
    return toInteger("the value", this.#value);
  }

  /**
   * The value as bytes, or as several of them with `|` in between.
   *
   * @returns The bytes of each, escapes resolved.
   * @throws {TypeError} If an escape is unknown.
   */
  alternatives(): Uint8Array[] {
    this.#valueUsed = true;
    return splitParts(this.#value ?? "", "|").map(unescape);
  }

  /**
   * An option without value.
   *
   * @returns Whether it is there.
   * @throws {TypeError} If it has a value.
   */
  flag(name: string, others: readonly string[] = []): boolean {
    this.#known.add(name);
    for (const other of others) this.#meant.set(other, name);
    if (!this.#options.has(name)) return false;
    if (this.#options.get(name) === undefined) return true;
    throw wrong(`option "${name}" takes no value`);
  }

  /**
   * An option that is a number.
   *
   * @returns An object with the number under that name, or an empty one.
   * @throws {TypeError} If it is not a decimal integer.
   */
  integer<K extends string>(name: K): { [P in K]?: number } {
    const text = this.text(name);
    if (text === undefined) return {};
    return { [name]: toInteger(`option "${name}"`, text) } as {
      [P in K]?: number;
    };
  }

  /**
   * An option that has a value.
   *
   * @returns The value, escapes still in it, or `undefined` if it is not there.
   * @throws {TypeError} If it has no value.
   */
  text(name: string): string | undefined {
    this.#known.add(name);
    if (!this.#options.has(name)) return undefined;
    const text = this.#options.get(name);
    if (text !== undefined && text !== "") return text;
    throw wrong(`option "${name}" needs a value`);
  }

  /** Whether a getter has asked for an option of that name. */
  knows(option: string): boolean {
    return this.#known.has(option);
  }

  /**
   * Refuses a value or an option that no getter has used.
   *
   * @param ownersOf The framings that have an option.
   * @throws {TypeError} If there is an unknown option, or a value that this
   * framing does not take.
   */
  checkAllUsed(ownersOf: (option: string) => readonly string[]): void {
    if (this.#value !== undefined && !this.#valueUsed) {
      throw wrong(`it takes no value "${this.#value}"`);
    }
    for (const name of this.#options.keys()) {
      if (this.#known.has(name)) continue;
      const owners = ownersOf(name);
      if (owners.length > 0) {
        throw wrong(
          `option "${name}" does not apply to it, only to ${owners.join(", ")}`,
        );
      }
      const near = this.#meant.get(name.toLowerCase()) ??
        nearest(name, this.#known);
      throw wrong(
        `there is no option "${name}"` +
          (near === undefined ? "" : ` (did you mean "${near}"?)`),
      );
    }
  }
}

function toInteger(what: string, text: string): number {
  if (/^(?:-?\d{1,15}|0x[\da-f]{1,13})$/i.test(text)) return Number(text);
  throw wrong(`${what} "${text}" is not a number`);
}

/**
 * The error for a wrong value or option. The caller adds the framing's string
 * and its form.
 */
export function wrong(reason: string): TypeError {
  return new OptionTypeError({ reason });
}
