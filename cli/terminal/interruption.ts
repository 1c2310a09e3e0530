/**
 * Ends a command at Ctrl-C.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Terminal } from "./terminal.ts";

/** What ends a command, and what undoes it. */
export interface Interruption {
  /** Its reason is a failure without words: the person who pressed Ctrl-C knows. */
  readonly signal: AbortSignal;
  /** Ends it as Ctrl-C does, which is a key at a prompt. */
  readonly interrupt: () => void;
  /** Lets the signals do again what they did before. */
  readonly undo: () => void;
}

/** Listens for the signals that end a program. */
export function interruption(
  terminal: Pick<Terminal, "onSignal">,
): Interruption {
  const end = new AbortController();
  const on = (code: ExitCode) => () => end.abort(new Failure(code, ""));
  const interrupt = on(EXIT.interrupted);
  const undo = [
    terminal.onSignal("SIGINT", interrupt),
    terminal.onSignal("SIGTERM", on(EXIT.terminated)),
  ];
  return {
    signal: end.signal,
    interrupt,
    undo: () => undo.forEach((stopListening) => stopListening()),
  };
}
