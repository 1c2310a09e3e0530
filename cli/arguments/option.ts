/**
 * What an option is. One table of them gives the parser, the defaults, the
 * refusals, the text of `--help`, the completions and the manual pages.
 *
 * @module
 */

import type { Kind } from "./kinds.ts";

/** One option of the command line. */
export interface Option<T> {
  /** What it does, as `--help` shows it. */
  readonly help: string;
  /** The heading under which `--help all` shows it. */
  readonly subject?: string;
  /** Whether it is among the few that `--help` shows; `--help all` shows all. */
  readonly usual?: true;
  /** The library's options that it sets besides the one of the same name. */
  readonly sets?: readonly string[];
  /** The option that it contradicts, so that both together are refused. */
  readonly contradicts?: string;
  /** What it applies to; everything unless given. */
  readonly appliesTo?: readonly Kind[];
  /** Why it means nothing over a kind, and what to use there. */
  readonly instead?: Readonly<Partial<Record<Kind, string>>>;
  /** Name of its value, such as `SIZE`; an option without one is on or off. */
  readonly value?: string;
  /** The words that its value can be, for completions. */
  readonly words?: readonly string[];
  /** What its value is without the option, and how that is written. */
  readonly fallback?: { readonly value: T; readonly text: string };
  /** Its value when the option is given without one; a value then needs `=`. */
  readonly implied?: string;
  /** A single letter that means the same. */
  readonly letter?: string;
  /** Whether it may be given again; its values are then lists, joined in order. */
  readonly many?: true;
  /** Loads what `parse` needs, if that is too much for every start. */
  readonly load?: () => Promise<unknown>;
  /** Turns what was typed into a value; throws {@linkcode UsageError}. */
  readonly parse: (text: string) => T;
}

/** Options by name, in the order of `--help all`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values that a table of options gives. */
export type ValuesOf<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** What options in a group have in common. */
export interface Group {
  /** The heading under which `--help all` shows them. */
  readonly subject: string;
  /** What they apply to, unless an option says otherwise. */
  readonly appliesTo?: readonly Kind[];
  /** Whether `--help` shows them, and not `--help all` alone. */
  readonly usual?: true;
}

/**
 * Puts options into a group.
 *
 * @typeParam O The table of options.
 * @param group What they have in common.
 * @returns The same options, with what they have in common filled in.
 */
export function about<const O extends OptionTable>(
  group: Group,
  options: O,
): O {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.map(([name, option]) => [name, { ...group, ...option }]),
  ) as unknown as O;
}

/** What an option may have besides its value and its help. */
export type Extras = Pick<
  Option<unknown>,
  | "appliesTo"
  | "contradicts"
  | "implied"
  | "instead"
  | "letter"
  | "load"
  | "sets"
  | "usual"
  | "words"
>;

/** Describes an option that is on or off. */
export function flag(help: string, extras: Extras = {}): Option<boolean> {
  return { help, parse: () => true, ...extras };
}

/**
 * Describes an option with a value and a default.
 *
 * @typeParam T Type of the value.
 * @param name Name of the value, such as `SIZE`.
 * @param fallback The default, and how it is written.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @param extras What else there is to say.
 */
export function setting<T>(
  name: string,
  fallback: { readonly value: T; readonly text: string },
  parse: (text: string) => T,
  help: string,
  extras: Extras = {},
): Option<T> {
  return { value: name, fallback, parse, help, ...extras };
}

/**
 * Describes an option with a value and without a default.
 *
 * @typeParam T Type of the value.
 * @param name Name of the value, such as `SIZE`.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @param extras What else there is to say.
 * @returns The option; `undefined` when it is not given.
 */
export function optional<T>(
  name: string,
  parse: (text: string) => T,
  help: string,
  extras: Extras = {},
): Option<T | undefined> {
  return { value: name, parse, help, ...extras };
}

/**
 * Describes an option that may be given again.
 *
 * @typeParam T Type of one value.
 * @param name Name of the value, such as `FILE`.
 * @param parse Turns what was typed into a value.
 * @param help What it is for.
 * @param extras What else there is to say.
 * @returns The option; an empty list when it is not given.
 */
export function repeated<T>(
  name: string,
  parse: (text: string) => T,
  help: string,
  extras: Extras = {},
): Option<readonly T[]> {
  const list = (text: string) => [parse(text)];
  return { value: name, many: true, parse: list, help, ...extras };
}

/**
 * Describes an option whose value is one of several words.
 *
 * @typeParam W The words.
 * @param name Name of the value, such as `FORMAT`.
 * @param parse What {@linkcode oneOf} made of the words.
 * @param help What it is for.
 * @param extras What else there is to say.
 */
export function choice<const W extends string>(
  name: string,
  fallback: W,
  parse: WordParser<W>,
  help: string,
  extras: Extras = {},
): Option<W> {
  const { words } = parse;
  return setting(name, { value: fallback, text: fallback }, parse, help, {
    words,
    ...extras,
  });
}

/** Reads one of several words, and knows them. */
export interface WordParser<W extends string> {
  (text: string): W;
  /** The words. */
  readonly words: readonly W[];
}
