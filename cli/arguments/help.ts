/**
 * The text of `--help`, made of the table of options so that it cannot differ
 * from what is parsed. It fits 80 columns, and goes from what everybody types to
 * what somebody looks up: operands, options by subject, details, exit codes.
 *
 * @module
 */

import { EXIT_CODES, type ExitCode } from "../output/exit_code.ts";
import type { Option, OptionTable } from "./option.ts";

/** What `--help` says besides the options. */
export interface Manual {
  /** Name of the executable. */
  readonly name: string;
  /** What comes behind the name. */
  readonly usage: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** Command lines to try. */
  readonly examples: readonly string[];
  /** What its operands may be. */
  readonly operands: readonly Section[];
  /** The options. */
  readonly options: OptionTable;
  /** What else is to know. */
  readonly details: readonly Section[];
  /** The exit codes there are; all of the table's unless given. */
  readonly exitCodes?: readonly ExitCode[];
}

/** A part of the text with a title. */
export interface Section {
  /** The title. */
  readonly title: string;
  /** Rows of a term and what it means; without a term, a paragraph. */
  readonly rows: readonly (readonly [string, string])[];
}

const COLUMNS = 80;

/**
 * Writes the whole manual.
 *
 * @param manual What to say.
 * @returns The text, without the last line feed.
 */
export function helpText(manual: Manual): string {
  const sections = [
    ...manual.operands,
    ...optionSections(manual.options),
    ...manual.details,
    exitCodeSection(manual.exitCodes),
  ];
  return [shortHelpText(manual), ...sections.map(sectionText)].join("\n\n");
}

/**
 * Writes what somebody needs who typed the name alone.
 *
 * @param manual What to say.
 * @returns The text, without the last line feed.
 */
export function shortHelpText(manual: Manual): string {
  return [
    `${manual.name}: ${manual.summary}`,
    "",
    `Usage: ${manual.name} ${manual.usage}`,
    "",
    "Examples:",
    ...manual.examples.map((example) => `  ${example}`),
  ].join("\n");
}

/** A section for each subject, in the order in which the table has them. */
function optionSections(table: OptionTable): Section[] {
  const subjects = Map.groupBy(
    Object.entries(table),
    ([, { subject }]) =>
      subject === undefined ? "Options" : `Options for ${subject}`,
  );
  return [...subjects].map(([title, options]) => ({
    title,
    rows: options.map(([name, option]) => optionRow(name, option)),
  }));
}

function optionRow(
  name: string,
  { fallback, help, implied, letter, value }: Option<unknown>,
): readonly [string, string] {
  const short = letter === undefined ? "" : `-${letter}, `;
  const long = value === undefined
    ? `--${name}`
    : implied === undefined
    ? `--${name} ${value}`
    : `--${name}[=${value}]`;
  const standard = fallback === undefined ? "" : ` (default ${fallback})`;
  return [short + long, help + standard];
}

function exitCodeSection(only?: readonly ExitCode[]): Section {
  const rows = EXIT_CODES
    .filter(([code]) => only === undefined || only.includes(code))
    .map(([code, means]) => [String(code), means] as const);
  return { title: "Exit codes", rows };
}

function sectionText({ title, rows }: Section): string {
  const terms = rows.map(([term]) => term.length);
  const indent = Math.min(29, Math.max(...terms)) + 2;
  const lines = rows.flatMap(([term, means]) => {
    if (term === "") return wrap(means, COLUMNS - 2).map((line) => `  ${line}`);
    const [first = "", ...rest] = wrap(means, COLUMNS - 2 - indent);
    const margin = " ".repeat(indent);
    return [
      `  ${term.padEnd(indent)}${first}`,
      ...rest.map((line) => `  ${margin}${line}`),
    ];
  });
  return [`${title}:`, ...lines].join("\n");
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line += (line === "" ? "" : " ") + word;
    }
  }
  return [...lines, line];
}
