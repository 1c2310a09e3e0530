/**
 * The one place where a failure becomes a line and an exit code.
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
 * Tells a failure on standard error.
 *
 * @param names Name of the executable, and of the command whose help to see.
 * @param terminal Where to.
 * @param progress How far the program had come.
 * @param error What was thrown.
 * @returns The exit code.
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
