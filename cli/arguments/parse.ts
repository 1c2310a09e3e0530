/**
 * Takes a command line apart, strictly: an option that is not in the table is
 * refused by name, with the nearest name that is.
 *
 * `@std/cli` would take a message "true" after a flag for the flag's value,
 * and knows neither `-ofile` nor an empty value; `parseArgs` of `node:util`
 * takes 10 ms to load, a third of the whole start.
 *
 * @module
 */

import { errorText, nameFlags } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";
import type { ForeignOptions } from "./foreign_options.ts";
import { didYouMean } from "./nearest.ts";
import type { Option, OptionTable, ValuesOf } from "./option.ts";

/** What was on the command line. */
export interface Arguments<O extends OptionTable> {
  /** The arguments that are not options, as typed. */
  readonly operands: readonly string[];
  /** The options that were given, be it with the value of their default. */
  readonly given: ReadonlySet<string>;
  /** The value of every option, defaults filled in. */
  readonly options: ValuesOf<O>;
}

/**
 * Takes a command line apart.
 *
 * @typeParam O The table of options.
 * @param args The arguments; after `--` all of them are operands.
 * @returns Operands and options.
 * @param foreign Letters of other tools, with what to write instead.
 * @throws {UsageError} If an option is unknown, lacks its value, has one it does
 * not take, is given twice, or its value is wrong.
 */
export function parseArguments<O extends OptionTable>(
  args: readonly string[],
  table: O,
  foreign: ForeignOptions = {},
): Arguments<O> {
  nameFlags(table);
  const { operands, typed } = takeApart(args, table, foreign);
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    options[name] = valueOf(name, option, typed.get(name) ?? []);
  }
  for (const name of typed.keys()) {
    const { contradicts } = table[name]!;
    if (contradicts === undefined || !typed.has(contradicts)) continue;
    throw new UsageError(
      `--${name} and --${contradicts} contradict each other; leave one out`,
    );
  }
  return {
    operands,
    given: new Set(typed.keys()),
    options: options as ValuesOf<O>,
  };
}

/** Sorts arguments into operands and what was typed for each option. */
function takeApart(
  args: readonly string[],
  table: OptionTable,
  foreign: ForeignOptions,
): { operands: string[]; typed: Map<string, string[]> } {
  const operands: string[] = [];
  const typed = new Map<string, string[]>();
  const add = (name: string, text: string) =>
    void typed.set(name, [...typed.get(name) ?? [], text]);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      return { operands: [...operands, ...args.slice(i + 1)], typed };
    }
    if (arg === "-" || !arg.startsWith("-")) {
      operands.push(arg);
      continue;
    }
    for (const { name, text } of optionsIn(arg, table, foreign)) {
      const { implied, value } = table[name]!;
      if (value === undefined || text !== undefined) add(name, text ?? "");
      else if (implied !== undefined) add(name, implied);
      else add(name, valueBehind(name, args[++i], value));
    }
  }
  return { operands, typed };
}

/** The options of one argument: a long one, or letters of which the last may have a value. */
function* optionsIn(
  arg: string,
  table: OptionTable,
  foreign: ForeignOptions,
): Iterable<{ name: string; text: string | undefined }> {
  if (arg.startsWith("--")) {
    const [, name = "", text] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!Object.hasOwn(table, name)) {
      throw unknown(`--${name}`, name, table, foreign);
    }
    if (table[name]!.value === undefined && text !== undefined) {
      throw new UsageError(`--${name} takes no value: write --${name} alone`);
    }
    return yield { name, text };
  }
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const name = Object.keys(table).find((key) =>
      table[key]!.letter === letter
    );
    if (name === undefined) {
      throw unknown(`-${letter}`, letter, table, foreign);
    }
    if (table[name]!.value === undefined) {
      yield { name, text: undefined };
      continue;
    }
    const rest = arg.slice(at + 1).replace(/^=/, "");
    return yield { name, text: rest === "" ? undefined : rest };
  }
}

/** The argument after an option is its value, unless it looks like an option. */
function valueBehind(
  name: string,
  next: string | undefined,
  value: string,
): string {
  if (next !== undefined && (next === "-" || !next.startsWith("-"))) {
    return next;
  }
  throw new UsageError(
    `--${name} needs a value: write --${name} ${value}, or --${name}=${value} if it begins with a dash`,
  );
}

function valueOf(
  name: string,
  option: Option<unknown>,
  typed: readonly string[],
): unknown {
  if (option.value === undefined) return typed.length > 0;
  if (option.many) return typed.flatMap((text) => parse(name, option, text));
  if (typed.length > 1) {
    throw new UsageError(
      `--${name} is given ${typed.length} times; give it once`,
    );
  }
  return typed.length === 1
    ? parse(name, option, typed[0]!)
    : option.fallback?.value;
}

function parse(name: string, option: Option<unknown>, text: string): unknown {
  try {
    return option.parse(text);
  } catch (cause) {
    // The library's own checks throw TypeError and RangeError.
    throw new UsageError(`--${name}: ${errorText(cause)}`, { cause });
  }
}

function unknown(
  typed: string,
  name: string,
  table: OptionTable,
  foreign: ForeignOptions,
): UsageError {
  if (Object.hasOwn(foreign, name)) {
    return new UsageError(`there is no option ${typed}: ${foreign[name]}`);
  }
  const near = typed.startsWith("--")
    ? didYouMean(name, Object.keys(table), "--")
    : "";
  const hint = near === ""
    ? "; a value or message that begins with a dash goes behind = or --"
    : near;
  return new UsageError(`there is no option ${typed}${hint}`);
}
