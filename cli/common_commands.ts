/**
 * The commands that both executables have.
 *
 * @module
 */

import type { LoadedCommand, Program } from "./program.ts";

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
