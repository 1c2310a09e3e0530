/**
 * The command `help`.
 *
 * @module
 */

import { didYouMean } from "../arguments/nearest.ts";
import { EXIT } from "../output/exit_code.ts";
import { UsageError } from "../output/failure.ts";
import type { LoadedCommand, Program } from "../program.ts";
import { writeLine } from "../terminal/terminal.ts";
import { type Extent, helpText, programHelp } from "./help.ts";
import { sectionText } from "./layout.ts";
import { allManuals } from "./all_manuals.ts";
import { topicsOf } from "./topics.ts";

/**
 * Makes the command.
 *
 * @param program What it explains.
 */
export function helpCommand(program: Program): LoadedCommand {
  const { name } = program;
  return {
    manual: () => ({
      name: `${name} help`,
      usage: "[COMMAND | TOPIC] [all]",
      summary: "explains a command or a topic",
      examples: [`${name} help`, `${name} help frames`, `${name} help all`],
      operands: [],
      options: {},
      details: [],
      exitCodes: [EXIT.done, EXIT.usage],
    }),
    async run({ args, terminal }) {
      const words = args.slice(1).filter((arg) => !arg.startsWith("-"));
      const [asked, second] = words.filter((word) => word !== "all");
      if (second !== undefined) {
        throw new UsageError(
          `help explains one word at a time, not ${second} too`,
        );
      }
      const extent = words.includes("all") ? "all" : "screen";
      writeLine(terminal.output, await explain(program, asked, extent));
      return EXIT.done;
    },
  };
}

async function explain(
  program: Program,
  asked: string | undefined,
  extent: Extent,
): Promise<string> {
  if (asked === undefined) return await programHelp(program, extent);
  const topics = topicsOf(program.name);
  if (Object.hasOwn(topics, asked)) return sectionText(topics[asked]!);
  const manuals = await allManuals(program);
  const manual = manuals.get(asked);
  if (manual !== undefined) return helpText(program, manual, extent);
  const { sibling } = program;
  if (sibling.words.includes(asked)) {
    throw new UsageError(
      `${asked} belongs to ${sibling.name}; see ${sibling.name} help ${asked}`,
    );
  }
  const known = [...manuals.keys(), ...Object.keys(topics)];
  throw new UsageError(
    `there is no help on "${asked}"${didYouMean(asked, known)}; ask for ${
      known.join(", ")
    }`,
  );
}
