/**
 * The command `man`.
 *
 * @module
 */

import { EXIT } from "../output/exit_code.ts";
import { UsageError } from "../output/failure.ts";
import type { LoadedCommand, Program } from "../program.ts";
import { writeLine } from "../terminal/terminal.ts";
import { allManuals } from "./all_manuals.ts";
import { manPage } from "./man_page.ts";
import { topicsOf } from "./topics.ts";

/**
 * Makes the command.
 *
 * @param program What the page is about.
 */
export function manCommand(program: Program): LoadedCommand {
  const { name } = program;
  return {
    manual: () => ({
      name: `${name} man`,
      usage: "",
      summary: "writes the manual page",
      examples: [
        `${name} man > ~/.local/share/man/man1/${name}.1`,
        `man <(${name} man)`,
      ],
      operands: [],
      options: {},
      details: [],
      exitCodes: [EXIT.done, EXIT.usage],
    }),
    async run({ args, terminal }) {
      const [, word] = args;
      if (word !== undefined) {
        throw new UsageError(`man takes no words, and this is one: ${word}`);
      }
      const manuals = await allManuals(program);
      const page = manPage({
        overview: await program.overview(),
        manuals,
        topics: Object.values(topicsOf(name)),
      });
      writeLine(terminal.output, page);
      return EXIT.done;
    },
  };
}
