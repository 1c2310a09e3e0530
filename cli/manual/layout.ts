/**
 * Text in 80 columns: sections, and an overview made of them.
 *
 * @module
 */

import type { Overview, Section } from "./manual.ts";

const COLUMNS = 80;
const WIDEST_TERM = 30;

/**
 * Writes what an executable says about itself as a whole.
 *
 * @param overview What to say.
 * @returns The text, without the last line feed.
 */
export function overviewText(overview: Overview): string {
  const { examples, name, sections, summary, usages } = overview;
  const [first, ...more] = usages;
  return [
    `${name}: ${summary}`,
    "",
    `Usage: ${name} ${first}`,
    ...more.map((usage) => `       ${name} ${usage}`),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
    ...sections.flatMap((section) => ["", sectionText(section)]),
  ].join("\n");
}

/**
 * Writes a section.
 *
 * @param section What to say.
 * @returns The text, without the last line feed.
 */
export function sectionText({ title, rows, lines: asIs }: Section): string {
  const terms = rows.map(([term]) => term.length);
  const indent = Math.min(WIDEST_TERM, Math.max(...terms)) + 2;
  const lines = rows.flatMap(([term, means]) => {
    if (term === "") return wrap(means, COLUMNS - 2).map((line) => `  ${line}`);
    const margin = " ".repeat(indent);
    const text = wrap(means, COLUMNS - 2 - indent);
    // A term that is too wide has a line of its own.
    const [first, rest] = term.length > WIDEST_TERM
      ? [term, text]
      : [term.padEnd(indent) + text[0], text.slice(1)];
    return [`  ${first}`, ...rest.map((line) => `  ${margin}${line}`)];
  });
  const shown = asIs === undefined
    ? []
    : ["", ...asIs.map((line) => `    ${line}`)];
  return [`${title}:`, ...lines, ...shown].join("\n");
}

/**
 * Breaks text into lines.
 *
 * @param columns How wide a line can be.
 */
export function wrap(text: string, columns: number): string[] {
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
