/**
 * The commands that both executables have, and the rows of their overviews.
 *
 * @module
 */

import type { Section } from "./manual/manual.ts";
import type { ListedCommand, LoadedCommand, Program } from "./program.ts";

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

/** The commands that both executables have. */
export function commonCommands(program: () => Program): Program["commands"] {
  // One module for all of them: a start that needs none loads none.
  const load = async (
    name: "help" | "completions" | "man",
  ): Promise<LoadedCommand> => {
    const { manualCommands } = await import("./manual/manual_commands.ts");
    return manualCommands[name](program());
  };
  return {
    help: { load: () => load("help") },
    completions: { load: () => load("completions") },
    man: { load: () => load("man") },
  };
}
