/**
 * The commands that both executables have.
 *
 * @module
 */

import type { LoadedCommand, Program } from "./program.ts";

const MANUALS =
  "exit-codes, frames, protocols, formats, addresses, scripts, tls";

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
    help: {
      summary: `explains a command, or one of ${MANUALS}`,
      load: () => load("help"),
    },
    completions: {
      summary: "writes completions for bash, zsh or fish",
      load: () => load("completions"),
    },
    man: { summary: "writes the manual page", load: () => load("man") },
  };
}
