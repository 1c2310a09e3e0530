/**
 * The commands that explain an executable, and what its `--help` is made with.
 *
 * @module
 */

import { completionsCommand } from "./run_completions.ts";
import { helpCommand } from "./run_help.ts";
import { manCommand } from "./run_man.ts";

export { helpText, programHelp } from "./help.ts";

/** The commands by name. */
export const manualCommands = {
  help: helpCommand,
  completions: completionsCommand,
  man: manCommand,
} as const;
