/**
 * The options of a table as sections of a text.
 *
 * @module
 */

import type { Option, OptionTable } from "../arguments/option.ts";
import type { Section } from "./manual.ts";

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
    rows: optionRows(options),
  }));
}

/**
 * Makes a section of the options that are used most; of all if none is marked
 * as usual.
 */
export function usualOptions(table: OptionTable): Section[] {
  const all = Object.entries(table);
  if (all.length === 0) return [];
  const usual = all.filter(([, { usual }]) => usual === true);
  return usual.length === 0 || usual.length === all.length
    ? [{ title: "Options", rows: optionRows(all) }]
    : [{ title: "Options used most", rows: optionRows(usual) }];
}

function optionRows(
  options: readonly (readonly [string, Option<unknown>])[],
): Section["rows"] {
  return options.map(([name, option]) => [
    spelling(name, option),
    meaning(option),
  ]);
}

/** Writes an option as it is typed, such as `-o, --output FILE`. */
function spelling(
  name: string,
  { implied, letter, value }: Option<unknown>,
): string {
  const short = letter === undefined ? "" : `-${letter}, `;
  if (value === undefined) return `${short}--${name}`;
  const typed = implied === undefined ? ` ${value}` : `[=${value}]`;
  return `${short}--${name}${typed}`;
}

/** Says what an option does, and what holds without it. */
function meaning({ fallback, help }: Option<unknown>): string {
  return fallback === undefined ? help : `${help} (default ${fallback.text})`;
}
