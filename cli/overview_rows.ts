/**
 * The rows of the overviews of both executables.
 *
 * @module
 */

import type { Section } from "./manual/manual.ts";
import type { ListedCommand } from "./program.ts";

/** The row of an overview for the commands that write files for a shell. */
export const SHELL_ROW = [
  "completions SHELL",
  "for bash, zsh or fish; man: the manual page",
] as const;

/** Gives the rows of an overview for commands. */
export function commandRows(
  commands: Readonly<Record<string, ListedCommand>>,
): Section["rows"] {
  return Object.entries(commands).map(([name, { operands, summary }]) => [
    operands === undefined ? name : `${name} ${operands}`,
    summary,
  ]);
}
