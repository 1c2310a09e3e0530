/**
 * Takes a command line apart, strictly: what is not in the table of options is
 * refused by name, with the nearest name there is.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../output/exit_code.ts";
import { didYouMean } from "./nearest.ts";
import type { Option, OptionTable, ValuesOf } from "./option.ts";

/** What was on the command line. */
export interface Arguments<O extends OptionTable> {
  /** The arguments that are no options, as typed. */
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
 * @param args The arguments; after `--` none is an option.
 * @param table The options there are.
 * @returns Operands and options.
 * @throws {UsageError} If an option is unknown, lacks its value, has one it does
 * not take, is given twice, or its value is wrong.
 */
export function parseArguments<O extends OptionTable>(
  args: readonly string[],
  table: O,
): Arguments<O> {
  const names = Object.keys(table);
  const valued = names.filter((name) => table[name]!.value !== undefined);
  const flags = names.filter((name) => table[name]!.value === undefined);
  checkFlags(args, flags);
  const parsed = parseArgs(writtenOut(args, table), {
    // Never turned into numbers: `7342` is a port and `0x10` may be a message.
    string: ["_", ...valued],
    boolean: flags,
    // Repeated values end up in an array and can be refused.
    collect: valued,
    alias: letters(table, flags),
    "--": true,
    unknown: (arg, key) => {
      if (key !== undefined) throw unknown(arg, names);
    },
  }) as unknown as Record<string, unknown> & { _: string[]; "--"?: string[] };

  const options: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const name of flags) {
    options[name] = parsed[name] === true;
    if (parsed[name] === true) given.add(name);
  }
  for (const name of valued) {
    const values = parsed[name] ?? [];
    if (!Array.isArray(values)) throw unknown(`--${name}.`, names);
    if (values.length > 0) given.add(name);
    options[name] = valueOf(name, values, args, table);
  }
  return {
    operands: [...parsed._, ...parsed["--"] ?? []],
    given,
    options: options as ValuesOf<O>,
  };
}

/**
 * Tells whether an option is given anywhere before `--`, be the rest right or
 * wrong: who asks for help gets it.
 *
 * @param args The arguments.
 * @param names The spellings, such as `-h` and `--help`.
 * @returns Whether one of them is there.
 */
export function isGiven(
  args: readonly string[],
  names: readonly string[],
): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end))
    .some((arg) => names.includes(arg));
}

function valueOf(
  name: string,
  given: readonly unknown[],
  args: readonly string[],
  table: OptionTable,
): unknown {
  const option = table[name]!;
  if (option.many) {
    return given.flatMap((text) => parse(name, option, text as string, args));
  }
  if (given.length > 1) {
    throw new UsageError(
      `--${name} is given ${given.length} times; give it once`,
    );
  }
  if (given.length === 1) return parse(name, option, given[0] as string, args);
  const { fallback } = option;
  return fallback === undefined ? undefined : option.parse(fallback);
}

function parse(
  name: string,
  option: Option<unknown>,
  text: string,
  args: readonly string[],
): unknown {
  if (text === "" && !args.includes(`--${name}=`)) {
    const { value } = option;
    throw new UsageError(
      `--${name} needs a value: write --${name} ${value}, or --${name}=${value} if it begins with a dash`,
    );
  }
  try {
    return option.parse(text);
  } catch (cause) {
    // The library's own checks throw TypeError and RangeError.
    const reason = (cause as Error).message;
    throw new UsageError(
      `--${name}: ${reason[0]!.toLowerCase()}${reason.slice(1)}`,
      { cause },
    );
  }
}

/**
 * Writes out what is short: letters of options with a value, values that are
 * implied, and `-` as a value, which would be taken for an operand.
 */
function writtenOut(args: readonly string[], table: OptionTable): string[] {
  const end = args.indexOf("--");
  const options = args.slice(0, end === -1 ? args.length : end);
  const written: string[] = [];
  for (let i = 0; i < options.length; i++) {
    const name = valuedName(options[i]!, table);
    if (name === undefined) {
      written.push(options[i]!);
      continue;
    }
    const { implied } = table[name]!;
    if (implied !== undefined) written.push(`--${name}=${implied}`);
    else if (options[i + 1] !== "-") written.push(`--${name}`);
    else written.push(`--${name}=${options[++i]}`);
  }
  return end === -1 ? written : [...written, ...args.slice(end)];
}

/** The option with a value that an argument is the name of. */
function valuedName(arg: string, table: OptionTable): string | undefined {
  const name = arg.startsWith("--")
    ? arg.slice(2)
    : Object.keys(table).find((name) => arg === `-${table[name]!.letter}`);
  if (name === undefined || !Object.hasOwn(table, name)) return undefined;
  return table[name]!.value === undefined ? undefined : name;
}

/** A flag with a value would silently be on. */
function checkFlags(args: readonly string[], flags: readonly string[]): void {
  for (const arg of args) {
    if (arg === "--") return;
    const name = /^--([^=]+)=/.exec(arg)?.[1];
    if (name !== undefined && flags.includes(name)) {
      throw new UsageError(`--${name} takes no value: write --${name} alone`);
    }
  }
}

function letters(
  table: OptionTable,
  flags: readonly string[],
): Record<string, string> {
  const alias: Record<string, string> = {};
  for (const name of flags) {
    const { letter } = table[name]!;
    if (letter !== undefined) alias[letter] = name;
  }
  return alias;
}

function unknown(arg: string, names: readonly string[]): UsageError {
  const typed = arg.replace(/[=.].*$/s, "");
  const near = didYouMean(typed, names.map((name) => `--${name}`));
  const hint = near === ""
    ? "; a value or message that begins with a dash goes behind = or --"
    : near.replaceAll('"', "");
  return new UsageError(`there is no option ${typed}${hint}`);
}
