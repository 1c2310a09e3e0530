/**
 * Failures that the executables find themselves.
 *
 * @module
 */

import { EXIT, type ExitCode } from "./exit_code.ts";

/** A failure that knows its exit code. Without a text it ends in silence. */
export class Failure extends Error {
  /** Always `"Failure"`. */
  override readonly name: string = "Failure";
  /** The exit code of the program. */
  readonly exitCode: ExitCode;
  /** What failed, why, and what to try: one line. */
  readonly text: string;

  constructor(exitCode: ExitCode, text: string, options?: ErrorOptions) {
    super(text, options);
    this.exitCode = exitCode;
    this.text = text;
  }
}

/** The command line is wrong; nothing was opened. */
export class UsageError extends Failure {
  constructor(text: string, options?: ErrorOptions) {
    super(EXIT.usage, text, options);
  }
}
