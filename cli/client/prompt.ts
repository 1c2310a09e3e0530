/**
 * The prompt for a person who types messages. It is written to standard error,
 * so that standard output holds messages only.
 *
 * @module
 */

import { describe } from "../output/describe.ts";
import { escapeControls } from "../output/escape.ts";
import type { LineEditor } from "../terminal/line_editor.ts";
import { type Input, type Terminal, writeLine } from "../terminal/terminal.ts";

/**
 * Opens a prompt, if a person types at a terminal. Its modules are loaded then.
 *
 * @param onInterrupt Called at Ctrl-C.
 * @returns The prompt, or `undefined` if standard input is read as it is.
 */
export async function openPrompt(
  terminal: Terminal,
  onInterrupt: () => void,
): Promise<Prompt | undefined> {
  const { errors, input } = terminal;
  if (!input.isTerminal || !errors.isTerminal) return undefined;
  const { LineEditor } = await import("../terminal/line_editor.ts");
  return new Prompt(terminal, new LineEditor(terminal, onInterrupt));
}

/** Asks for messages and makes way for what arrives. */
export class Prompt {
  readonly #terminal: Terminal;
  readonly #editor: LineEditor;

  /**
   * Creates a prompt.
   *
   * @param terminal The terminal, for mistakes.
   * @param editor Reads the lines.
   */
  constructor(terminal: Terminal, editor: LineEditor) {
    this.#terminal = terminal;
    this.#editor = editor;
  }

  /** The typed lines. */
  get input(): Input {
    return this.#editor;
  }

  /** Asks for the next message, or shows a half-typed one again. */
  ask(): void {
    this.#editor.show();
  }

  /** Removes the prompt, so that other output can be shown. */
  makeWay(): void {
    this.#editor.hide();
  }

  /** Reports a mistyped message. */
  tell(error: unknown): void {
    this.makeWay();
    writeLine(
      this.#terminal.errors,
      escapeControls(describe(error, "talking")),
    );
  }

  /** Closes the prompt; later output begins on a new line. */
  leave(): void {
    this.#editor.close();
  }
}
