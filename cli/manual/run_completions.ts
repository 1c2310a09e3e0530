/**
 * The command `completions`.
 *
 * @module
 */

import { oneOf } from "../arguments/values.ts";
import { EXIT } from "../output/exit_code.ts";
import { UsageError } from "../output/failure.ts";
import type { LoadedCommand, Program } from "../program.ts";
import { writeLine } from "../terminal/terminal.ts";
import { allManuals } from "./all_manuals.ts";
import { bashCompletions } from "./bash.ts";
import { completionWords } from "./completion_words.ts";
import { fishCompletions } from "./fish.ts";
import { topicsOf } from "./topics.ts";
import { zshCompletions } from "./zsh.ts";

const SHELLS = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
} as const;

const parseShell = oneOf(["bash", "zsh", "fish"]);

/**
 * Makes the command.
 *
 * @param program What is completed.
 */
export function completionsCommand(program: Program): LoadedCommand {
  const { name } = program;
  return {
    manual: () => ({
      name: `${name} completions`,
      usage: "bash|zsh|fish",
      summary: "writes completions for a shell",
      examples: [
        `source <(${name} completions bash)`,
        `${name} completions zsh > ~/.zfunc/_${name}`,
        `${name} completions fish > ~/.config/fish/completions/${name}.fish`,
      ],
      operands: [],
      options: {},
      details: [],
      exitCodes: [EXIT.done, EXIT.usage],
    }),
    async run({ args, terminal }) {
      if (args.length !== 2) {
        throw new UsageError(
          `name one shell; write for example: ${name} completions bash`,
        );
      }
      const write = SHELLS[parseShell(args[1]!)];
      const manuals = await allManuals(program);
      const topics = Object.keys(topicsOf(name));
      writeLine(terminal.output, write(completionWords(name, manuals, topics)));
      return EXIT.done;
    },
  };
}
