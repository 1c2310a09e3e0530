/**
 * Lines that a person types, with editing and a history in memory.
 *
 * ```text
 *  reading ──line──► reading        each line can be read as bytes, with its LF
 *     │ Ctrl-D       Ctrl-C: the person leaves
 *     └────────► ended
 * ```
 *
 * The terminal is in raw mode meanwhile: a line of any length is whole, and what
 * is typed while the program ends does not reach the shell.
 *
 * @module
 */

import { clearScreenDown, createInterface, moveCursor } from "node:readline";
import { Readable, Writable } from "node:stream";
import type { Input, Terminal } from "./terminal.ts";

const PROMPT = "> ";
const READ_BYTES = 4096;
// As many as a shell keeps.
const HISTORY_LINES = 1_000;

// deno-lint-ignore no-control-regex -- keys are control characters
const CONTROLS = /([\x00-\x1f\x7f])/;

// What a terminal puts around pasted text, if another program asked it to.
// deno-lint-ignore no-control-regex -- as above
const PASTE_MARKS = /\x1b\[20[01]~/g;

/** The part of the line editor of `node:readline` that its types leave out. */
interface Redrawn {
  /** How many rows the cursor is below the first row of the prompt. */
  prevRows: number;
}

/** Reads lines from a terminal and shows them while they are typed. */
export class LineEditor implements Input {
  readonly isTerminal = true;
  readonly #editor: ReturnType<typeof createInterface>;
  readonly #screen: Writable;
  readonly #setRaw: (isRaw: boolean) => void;
  readonly #encoder = new TextEncoder();
  #typed: Uint8Array[] = [];
  #wake: () => void = () => {};
  #isOpen = true;
  #isShown = false;

  /**
   * Takes over the terminal.
   *
   * @param onInterrupt Called at Ctrl-C, which is not a signal in raw mode.
   */
  constructor({ errors, input }: Terminal, onInterrupt: () => void) {
    this.#setRaw = (isRaw) => input.setRaw?.(isRaw);
    this.#screen = screenOf(errors);
    const keys = new Readable({ read() {} });
    this.#editor = createInterface({
      input: keys,
      output: this.#screen,
      terminal: true,
      prompt: PROMPT,
      historySize: HISTORY_LINES,
      // A pasted tab is a tab.
      tabSize: 8,
    });
    this.#setRaw(true);
    this.#follow(input, keys);
    this.#editor.on("line", (line) => this.#take(line));
    this.#editor.on("close", () => this.#end());
    this.#editor.on("SIGINT", () => {
      this.close();
      onInterrupt();
    });
    // Without a listener the editor would try to stop the process.
    this.#editor.on("SIGTSTP", () => {});
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const bytes = this.#typed.shift();
      if (bytes !== undefined) {
        const count = Math.min(bytes.length, into.length);
        into.set(bytes.subarray(0, count));
        if (count < bytes.length) this.#typed.unshift(bytes.subarray(count));
        return count;
      }
      if (!this.#isOpen) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Shows the prompt with what is typed, unless it is shown already. */
  show(): void {
    if (this.#isShown || !this.#isOpen) return;
    this.#isShown = true;
    this.#editor.prompt(true);
  }

  /** Takes the prompt away, so that other lines can be shown. */
  hide(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    const { rows } = this.#editor.getCursorPos();
    this.#screen.write("\r");
    moveCursor(this.#screen, 0, -rows);
    clearScreenDown(this.#screen);
    (this.#editor as unknown as Redrawn).prevRows = 0;
  }

  /** Gives the terminal back, with the cursor on a new line. */
  close(): void {
    if (!this.#isOpen) return;
    if (this.#isShown) this.#screen.write("\n");
    this.#isShown = false;
    this.#editor.close();
  }

  /** Hands what is typed to the editor, until it is closed. */
  async #follow(input: Input, keys: Readable): Promise<void> {
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(READ_BYTES);
    while (this.#isOpen) {
      const count = await input.read(bytes).catch(() => null);
      if (!this.#isOpen) return;
      if (count === null) return this.#editor.close();
      const typed = decoder.decode(bytes.subarray(0, count), { stream: true })
        .replaceAll(PASTE_MARKS, "");
      // Key by key the editor measures the whole line for each: 20 s for 5,000
      // pasted characters. A text without escapes is inserted at once.
      const parts = typed.includes("\x1b") ? [typed] : typed.split(CONTROLS);
      for (const part of parts) {
        if (part.length > 1 && !part.includes("\x1b")) this.#editor.write(part);
        else if (part !== "") keys.emit("data", part);
      }
    }
  }

  #take(line: string): void {
    // The editor has shown the line end, and the cursor is below it.
    this.#isShown = false;
    this.#typed.push(this.#encoder.encode(`${line}\n`));
    this.#wake();
  }

  #end(): void {
    if (!this.#isOpen) return;
    // Ctrl-D: nothing was typed on this line.
    if (this.#isShown) this.#screen.write("\r\x1b[K");
    this.#isShown = false;
    this.#isOpen = false;
    this.#setRaw(false);
    this.#wake();
  }
}

/** Where the editor draws. */
function screenOf(errors: Terminal["errors"]): Writable {
  const screen = new Writable({
    decodeStrings: false,
    write(text: string | Uint8Array, _encoding, done) {
      errors.write(
        typeof text === "string" ? new TextEncoder().encode(text) : text,
      );
      done();
    },
  });
  // The editor asks for it when a line is longer than a row.
  return Object.defineProperty(screen, "columns", {
    get: () => errors.columns?.() ?? 80,
  });
}
