/**
 * What came of a script that `talk` ran, in lines for people and for programs.
 *
 * @module
 */

import { ScriptFailure } from "../../../lib/testing/mod.ts";
import { counted } from "../../output/counted.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { describe, exitCodeOf, type Stage } from "../../output/describe.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import type { Log } from "../../output/log.ts";
import { type Terminal, writeLine } from "../../terminal/terminal.ts";
import { failureRows } from "../failure_text.ts";

/** What came of a script. */
export interface ScriptResult {
  /** Name of the script. */
  readonly name: string;
  /** How many of its statements have begun. */
  readonly steps: number;
  readonly durationMs: number;
  /** When it began. */
  readonly at: Date;
  /** What ended it before its end, and how far it had come. */
  readonly failed?: { readonly error: unknown; readonly stage: Stage };
}

/** The exit code of a result. */
export function codeOf({ failed }: ScriptResult): ExitCode {
  if (failed === undefined) return EXIT.done;
  const { error, stage } = failed;
  return error instanceof ScriptFailure
    ? EXIT.failed
    : exitCodeOf(error, stage);
}

/** The text of a failure: rows that show it. */
export function rowsOf(
  { failed, name }: ScriptResult,
): readonly string[] {
  if (failed === undefined) return [];
  const { error, stage } = failed;
  if (error instanceof ScriptFailure) return failureRows(error, "client");
  const text = describe(error, stage);
  return [`${name}: ${text === "" ? "interrupted" : text}`];
}

/** Shows a result. */
export function tellResult(
  result: ScriptResult,
  { output }: Terminal,
  log: Log,
): void {
  const { durationMs, failed, name, steps } = result;
  const ms = Math.round(durationMs * 10) / 10;
  if (failed === undefined) {
    log.soon(
      { event: "script", script: name, passed: true, steps, durationMs: ms },
      `${name}: passed, ${counted(steps, "statement")} in ${
        formatDuration(durationMs)
      }`,
    );
    return;
  }
  const { error } = failed;
  const rows = rowsOf(result);
  const event = {
    event: "script",
    script: name,
    passed: false,
    steps,
    durationMs: ms,
    ...error instanceof ScriptFailure ? { line: error.line } : {},
    error: rows[0],
  };
  if (error instanceof ScriptFailure) {
    log.soon(
      event,
      `${name}: failed in line ${error.line} after ${
        formatDuration(durationMs)
      }`,
    );
    log.flush();
    writeLine(output, rows.join("\n"));
  } else {
    // It says what to do, so it is logged with --quiet too.
    log.now(event, rows[0]!);
  }
}

/** Shows what came of all scripts, if there are several. */
export function tellSummary(
  results: readonly ScriptResult[],
  all: number,
  durationMs: number,
  log: Log,
): void {
  if (all < 2) return;
  const passed = results.filter(({ failed }) => failed === undefined).length;
  const failed = results.length - passed;
  const notRun = all - results.length;
  log.soon(
    { event: "scripts", scripts: all, passed, failed, notRun },
    `${counted(all, "script")}: ${passed} passed, ${failed} failed${
      notRun === 0 ? "" : `, ${notRun} not run`
    } in ${formatDuration(durationMs)}`,
  );
}
