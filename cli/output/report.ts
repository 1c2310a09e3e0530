/**
 * Turns a failure into a line and an exit code.
 *
 * @module
 */

import type { Progress } from "../program.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";
import { describe, exitCodeOf } from "./describe.ts";
import { escapeControls, escapeJson } from "./escape.ts";
import type { ExitCode } from "./exit_code.ts";
import { UsageError } from "./failure.ts";

export { describe, exitCodeOf };

/**
 * Writes a failure to standard error.
 *
 * @param names The names of the executable and of the command, for the hint at
 * its help.
 * @param progress How far the program had come.
 */
export function report(
  { help, name }: { readonly name: string; readonly help: string },
  terminal: Terminal,
  { json, stage }: Progress,
  error: unknown,
): ExitCode {
  const exitCode = exitCodeOf(error, stage);
  const message = describe(error, stage);
  if (message === "") return exitCode;
  const more = error instanceof UsageError ? `; see ${help} --help` : "";
  const at = terminal.now().toISOString();
  writeLine(
    terminal.errors,
    json
      ? escapeJson(JSON.stringify({ event: "failed", exitCode, message, at }))
      : escapeControls(`${name}: ${message}${more}`),
  );
  return exitCode;
}
