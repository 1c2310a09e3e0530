/**
 * Ends a command at Ctrl-C.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Terminal } from "../../terminal/terminal.ts";

/** What ends a command, and what undoes it. */
export interface Interruption {
  /** Its reason is a failure without words: the person who pressed Ctrl-C knows. */
  readonly signal: AbortSignal;
  /** Lets the signals do again what they did before. */
  readonly undo: () => void;
}

/** Listens for the signals that end a program. */
export function interruption(
  terminal: Pick<Terminal, "onSignal">,
): Interruption {
  const end = new AbortController();
  const on = (code: ExitCode) => () => end.abort(new Failure(code, ""));
  const undo = [
    terminal.onSignal("SIGINT", on(EXIT.interrupted)),
    terminal.onSignal("SIGTERM", on(EXIT.terminated)),
  ];
  return {
    signal: end.signal,
    undo: () => undo.forEach((stopListening) => stopListening()),
  };
}
