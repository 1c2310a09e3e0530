/**
 * The manual page of an executable, in the language `mdoc`.
 *
 * @module
 */

import { wrap } from "./layout.ts";
import type { Manual, Overview, Section } from "./manual.ts";
import { optionSections } from "./option_sections.ts";

/** The parts of a page. */
export interface PageParts {
  /** The executable as a whole. */
  readonly overview: Overview;
  /** Its manuals. */
  readonly manuals: ReadonlyMap<string, Manual>;
  /** Topics of several commands. */
  readonly topics: readonly Section[];
}

/**
 * Writes the page.
 *
 * @returns The page, without the last line feed.
 */
export function manPage({ manuals, overview, topics }: PageParts): string {
  const { examples, name, summary, usages } = overview;
  const lines = [
    // No fixed date: the page is written on demand.
    ".Dd $Mdocdate$",
    `.Dt ${name.toUpperCase()} 1`,
    ".Os",
    ".Sh NAME",
    `.Nm ${name}`,
    `.Nd ${escaped(summary)}`,
    ".Sh SYNOPSIS",
    ...usages.flatMap((usage) => [`.Nm`, escaped(usage)]),
    ".Sh DESCRIPTION",
    ...overview.sections.flatMap((section) => sectionLines(section, ".Ss")),
  ];
  for (const manual of manuals.values()) lines.push(...manualLines(manual));
  for (const topic of topics) {
    // The exit codes have a section of their own in every page.
    if (topic.title !== "Exit codes") lines.push(...sectionLines(topic, ".Sh"));
  }
  const codes = topics.find(({ title }) => title === "Exit codes");
  if (codes !== undefined) lines.push(".Sh EXIT STATUS", ...rowLines(codes));
  lines.push(".Sh EXAMPLES", ...exampleLines(examples));
  return lines.join("\n");
}

function manualLines(manual: Manual): string[] {
  const { details, examples, name, operands, summary, usage } = manual;
  const sections = [
    ...operands,
    ...optionSections(manual.options),
    ...details,
  ];
  return [
    `.Sh ${escaped(name).toUpperCase()}`,
    `.Nm ${escaped(name)}`,
    ...usage === "" ? [] : [escaped(usage)],
    ".Pp",
    ...paragraph(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`),
    ...exampleLines(examples),
    ...sections.flatMap((section) => sectionLines(section, ".Ss")),
  ];
}

function exampleLines(examples: readonly string[]): string[] {
  return [".Bd -literal -offset indent", ...examples.map(escaped), ".Ed"];
}

function sectionLines(section: Section, macro: ".Sh" | ".Ss"): string[] {
  const title = macro === ".Sh" ? section.title.toUpperCase() : section.title;
  return [`${macro} ${escaped(title)}`, ...rowLines(section)];
}

function rowLines({ lines: asIs, rows }: Section): string[] {
  const lines: string[] = [];
  let isInList = false;
  for (const [term, means] of rows) {
    if (term !== "" && !isInList) lines.push(".Bl -tag -width Ds");
    if (term === "" && isInList) lines.push(".El", ".Pp");
    isInList = term !== "";
    if (isInList) lines.push(`.It ${quoted(term)}`);
    lines.push(...paragraph(means));
  }
  if (isInList) lines.push(".El");
  return asIs === undefined ? lines : [...lines, ...exampleLines(asIs)];
}

/** Lines of running text, where each sentence begins a line. */
function paragraph(text: string): string[] {
  const sentences = text.split(/(?<=[.!?]) (?=[A-Z])/);
  // Escapes make a line longer, and mandoc counts them.
  return sentences.flatMap((sentence) => wrap(sentence, 72)).map(escaped);
}

/** One argument of a macro; what looks like a macro in it is not one. */
function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}

/** Text that roff takes as it is. */
function escaped(text: string): string {
  const plain = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  // A line that begins with one of these would be a request.
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
