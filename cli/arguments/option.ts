/**
 * What an option is. One table of them gives the parser, the defaults and the
 * text of `--help`.
 *
 * @module
 */

import { didYouMean } from "./nearest.ts";
import { UsageError } from "../output/exit_code.ts";

/** One option of the command line. */
export interface Option<T> {
  /** What it is for, as `--help` shows it. */
  readonly help: string;
  /** What it is about: `--help` shows such options together. */
  readonly subject?: string;
  /** Name of its value, such as `SIZE`; an option without one is on or off. */
  readonly value?: string;
  /** The default, as one would type it. */
  readonly fallback?: string;
  /** Its value when it is given without one; a value then needs `=`. */
  readonly implied?: string;
  /** A single letter that means the same. */
  readonly letter?: string;
  /** Whether it may be given again; then its values are lists, one behind the other. */
  readonly many?: true;
  /** Turns what was typed into a value; throws {@linkcode UsageError}. */
  readonly parse: (text: string) => T;
}

/** Options by name, in the order of `--help`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values that a table of options gives. */
export type ValuesOf<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/**
 * Says what options are about.
 *
 * @typeParam O The table of options.
 * @param subject What they share, such as `TLS`.
 * @param options The options.
 * @returns The same options, which `--help` shows together.
 */
export function about<const O extends OptionTable>(
  subject: string,
  options: O,
): O {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.map(([name, option]) => [name, { ...option, subject }]),
  ) as unknown as O;
}

/**
 * Describes an option that is on or off.
 *
 * @param help What it does when it is on.
 * @param letter A single letter that means the same.
 * @returns The option.
 */
export function flag(help: string, letter?: string): Option<boolean> {
  return {
    help,
    parse: () => true,
    ...(letter === undefined ? {} : { letter }),
  };
}

/**
 * Describes an option with a value and a default.
 *
 * @typeParam T Type of the value.
 * @param value Name of the value, such as `SIZE`.
 * @param fallback The default, as one would type it.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @returns The option.
 */
export function setting<T>(
  value: string,
  fallback: string,
  parse: (text: string) => T,
  help: string,
): Option<T> {
  return { value, fallback, parse, help };
}

/**
 * Describes an option with a value and without a default.
 *
 * @typeParam T Type of the value.
 * @param value Name of the value, such as `SIZE`.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @returns The option; `undefined` when it is not given.
 */
export function optional<T>(
  value: string,
  parse: (text: string) => T,
  help: string,
): Option<T | undefined> {
  return { value, parse, help };
}

/**
 * Describes an option that may be given again.
 *
 * @typeParam T Type of one value.
 * @param value Name of the value, such as `FILE`.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @returns The option; an empty list when it is not given.
 */
export function repeated<T>(
  value: string,
  parse: (text: string) => T,
  help: string,
): Option<readonly T[]> {
  return { value, many: true, parse: (text) => [parse(text)], help };
}

/**
 * Makes a reader of one of several words.
 *
 * @typeParam W The words.
 * @param words The words.
 * @returns A function that gives the word or throws {@linkcode UsageError}.
 */
export function oneOf<const W extends string>(
  words: readonly W[],
): (text: string) => W {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new UsageError(
      `there is no "${text}"${didYouMean(text, words)}; write ${
        words.slice(0, -1).join(", ")
      } or ${words.at(-1)}`,
    );
  };
}

/**
 * Reads a count.
 *
 * @param text A whole number of at least 1.
 * @returns The number.
 * @throws {UsageError} If it is none.
 */
export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= Number.MAX_SAFE_INTEGER) return count;
  throw new UsageError(`"${text}" is no whole number of at least 1`);
}

/**
 * Reads the permissions of a file.
 *
 * @param text Three octal digits, as `chmod` takes them.
 * @returns The number.
 * @throws {UsageError} If it is none.
 */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return parseInt(text, 8);
  throw new UsageError(
    `"${text}" is no mode; write three octal digits as for chmod, such as 600 or 660`,
  );
}
