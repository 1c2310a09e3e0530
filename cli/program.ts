/**
 * What both executables have in common: help, version, and the one place where
 * failures become a line and an exit code.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { isGiven } from "./arguments/parse.ts";
import { escapeControls, escapeJson } from "./output/escape.ts";
import {
  describe,
  EXIT,
  type ExitCode,
  exitCodeOf,
  type Stage,
  UsageError,
} from "./output/exit_code.ts";
import { helpText, type Manual, shortHelpText } from "./arguments/help.ts";
import { type Terminal, writeLine } from "./terminal/terminal.ts";

/** Tells how far the program has come, and in which form failures are told. */
export interface Progress {
  /** How far it has come; decides what a lost connection is. */
  stage: Stage;
  /** Whether a failure is told as JSON. */
  json: boolean;
}

/**
 * Runs a program from its command line to its exit code.
 *
 * @param manual What `--help` says.
 * @param args The command line.
 * @param terminal What the program has around it.
 * @param main The program itself. It keeps its progress up to date and may
 * throw anything.
 * @returns The exit code.
 */
export async function runProgram(
  manual: Manual,
  args: readonly string[],
  terminal: Terminal,
  main: (progress: Progress) => Promise<ExitCode>,
): Promise<ExitCode> {
  const progress: Progress = { stage: "connecting", json: false };
  try {
    if (isGiven(args, ["-h", "--help"])) {
      writeLine(terminal.output, helpText(manual));
      return EXIT.done;
    }
    if (isGiven(args, ["--version"])) {
      writeLine(terminal.output, `${manual.name} ${config.version}`);
      return EXIT.done;
    }
    if (args.length === 0) {
      writeLine(
        terminal.errors,
        `${shortHelpText(manual)}\n\nAll about it: ${manual.name} --help`,
      );
      return EXIT.usage;
    }
    return await main(progress);
  } catch (error) {
    return report(manual.name, terminal, progress, error);
  }
}

function report(
  name: string,
  terminal: Terminal,
  { json, stage }: Progress,
  error: unknown,
): ExitCode {
  const exitCode = exitCodeOf(error, stage);
  const message = describe(error, stage);
  if (message === "") return exitCode;
  const more = error instanceof UsageError ? `; see ${name} --help` : "";
  const at = terminal.now().toISOString();
  writeLine(
    terminal.errors,
    json
      ? escapeJson(
        JSON.stringify({ event: "failed", exitCode, message, at }),
      )
      : escapeControls(`${name}: ${message}${more}`),
  );
  return exitCode;
}
