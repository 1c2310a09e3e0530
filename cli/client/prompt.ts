/**
 * The prompt for a person who types messages. It is written to standard error,
 * so that standard output holds messages only.
 *
 * @module
 */

import { escapeControls } from "../output/escape.ts";
import { describe } from "../output/describe.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";

/** Asks for messages and makes way for what arrives. */
export interface Prompt {
  /** Asks for the next message, if it does not ask already. */
  ask(): void;
  /** Notes that something was typed, so the cursor is on a new line. */
  answered(): void;
  /** Clears the line for something else to be shown. */
  makeWay(): void;
  /**
   * Tells what was wrong with what was typed.
   *
   * @param error What was thrown.
   */
  tell(error: unknown): void;
  /** Asks no more. */
  end(): void;
  /** Leaves the question where it stands: what follows begins a new line. */
  leave(): void;
}

/** Asks nobody. */
export const NO_PROMPT: Prompt = {
  ask: () => {},
  answered: () => {},
  makeWay: () => {},
  tell: () => {},
  end: () => {},
  leave: () => {},
};

const ASK = new TextEncoder().encode("> ");
const CLEAR_LINE = new TextEncoder().encode("\r\x1b[K");

/** A prompt on a terminal. */
export class TerminalPrompt implements Prompt {
  readonly #terminal: Terminal;
  #asking = false;
  #ended = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  ask(): void {
    if (this.#asking || this.#ended) return;
    this.#asking = true;
    this.#terminal.errors.write(ASK);
  }

  answered(): void {
    this.#asking = false;
  }

  makeWay(): void {
    if (this.#asking) this.#terminal.errors.write(CLEAR_LINE);
    this.#asking = false;
  }

  tell(error: unknown): void {
    writeLine(
      this.#terminal.errors,
      escapeControls(describe(error, "talking")),
    );
  }

  end(): void {
    this.makeWay();
    this.#ended = true;
  }

  leave(): void {
    if (this.#asking) writeLine(this.#terminal.errors, "");
    this.#asking = false;
    this.#ended = true;
  }
}
