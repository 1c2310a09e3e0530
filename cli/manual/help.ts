/**
 * The text of a command's `--help`, made of its manual so that it cannot differ
 * from what is parsed. It fits 80 columns, and goes from the usual to the rare:
 * operands, options by subject, details, exit codes.
 *
 * @module
 */

import type { Option, OptionTable } from "../arguments/option.ts";
import { EXIT_CODES, type ExitCode } from "../output/exit_code.ts";
import { overviewText, sectionText } from "./layout.ts";
import type { Manual, Section } from "./manual.ts";

/**
 * Writes a manual.
 *
 * @returns The text, without the last line feed.
 */
export function helpText(manual: Manual): string {
  const { details, examples, name, operands, summary, usage } = manual;
  const overview = { name, summary, usages: [usage], examples, sections: [] };
  const sections = [
    ...operands,
    ...optionSections(manual.options),
    ...details,
    exitCodeSection(manual.exitCodes),
  ];
  return [overviewText(overview), ...sections.map(sectionText)].join("\n\n");
}

/**
 * Makes a section for each subject, in the order in which the table has them.
 */
export function optionSections(table: OptionTable): Section[] {
  const subjects = Map.groupBy(
    Object.entries(table),
    ([, { subject }]) =>
      subject === undefined ? "Options" : `Options for ${subject}`,
  );
  return [...subjects].map(([title, options]) => ({
    title,
    rows: options.map(([name, option]) => [
      spelling(name, option),
      meaning(option),
    ]),
  }));
}

/**
 * Writes an option as it is typed.
 *
 * @returns Such as `-o, --output FILE`.
 */
export function spelling(
  name: string,
  { implied, letter, value }: Option<unknown>,
): string {
  const short = letter === undefined ? "" : `-${letter}, `;
  if (value === undefined) return `${short}--${name}`;
  const typed = implied === undefined ? ` ${value}` : `[=${value}]`;
  return `${short}--${name}${typed}`;
}

/** Says what an option does, and what holds without it. */
export function meaning({ fallback, help }: Option<unknown>): string {
  return fallback === undefined ? help : `${help} (default ${fallback.text})`;
}

/**
 * Makes the section of the exit codes.
 *
 * @param only Those to show; all unless given.
 */
export function exitCodeSection(only?: readonly ExitCode[]): Section {
  const rows = EXIT_CODES
    .filter(([code]) => only === undefined || only.includes(code))
    .map(([code, means]) => [String(code), means] as const);
  return { title: "Exit codes", rows };
}
