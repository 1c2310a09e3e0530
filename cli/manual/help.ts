/**
 * The text of a command's `--help`, made of its manual so that it cannot differ
 * from what is parsed. It fits 80 columns and has two lengths:
 *
 * ```text
 * --help      one screen: usage, examples, operands, the options used most
 * --help all  operands, options by subject, details, exit codes
 * ```
 *
 * A command whose whole text fits one screen shows it both times.
 *
 * @module
 */

import type { OptionTable } from "../arguments/option.ts";
import type { Program } from "../program.ts";
import { allManuals } from "./all_manuals.ts";
import { exitCodeSection } from "./exit_code_section.ts";
import { overviewText, sectionText } from "./layout.ts";
import type { Manual, Section } from "./manual.ts";
import { optionSections, usualOptions } from "./option_sections.ts";
import { topicsOf } from "./topics.ts";

/** How much of a manual is shown: one screen, or all of it. */
export type Extent = "screen" | "all";

/** What a page may have, so that it can be read without scrolling back. */
const SCREEN_ROWS = 40;

/**
 * Writes a manual.
 *
 * @returns The text, without the last line feed.
 */
export function helpText(
  program: Program,
  manual: Manual,
  extent: Extent,
): string {
  const { details, operands, options } = manual;
  const codes = exitCodeSection(manual.exitCodes);
  const topics = topicsRow(program);
  const all = textOf(manual, [
    ...operands,
    ...optionSections(options),
    ...details,
    codes,
    { title: "More", rows: [topics] },
  ]);
  if (extent === "all" || all.split("\n").length <= SCREEN_ROWS) return all;
  const omitted = [...details, codes].map(({ title }) =>
    title.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
  );
  return textOf(manual, [
    ...operands,
    ...usualOptions(options),
    {
      title: "More",
      rows: [["--help all", ["all options", ...omitted].join(", ")], topics],
    },
  ]);
}

/**
 * Writes the overview of an executable.
 *
 * @param extent `"all"` adds every option of every command.
 * @returns The text, without the last line feed.
 */
export async function programHelp(
  program: Program,
  extent: Extent,
): Promise<string> {
  const text = overviewText(await program.overview());
  if (extent === "screen") return text;
  const options: Record<string, OptionTable[string]> = {};
  for (const manual of (await allManuals(program)).values()) {
    // The first command's words stand for an option of several commands.
    for (const [name, option] of Object.entries(manual.options)) {
      options[name] ??= option;
    }
  }
  const sections = [...optionSections(options), exitCodeSection()];
  return [text, ...sections.map(sectionText)].join("\n\n");
}

function textOf(manual: Manual, sections: readonly Section[]): string {
  const { examples, name, summary, usage } = manual;
  const overview = { name, summary, usages: [usage], examples, sections: [] };
  return [overviewText(overview), ...sections.map(sectionText)].join("\n\n");
}

function topicsRow({ name, nameless }: Program): Section["rows"][number] {
  const topics = [
    ...Object.keys(nameless),
    ...Object.keys(topicsOf(name)),
  ];
  return [`${name} help TOPIC`, topics.join(", ")];
}
