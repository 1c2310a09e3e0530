/**
 * A terminal for tests: what is typed is given, what is shown is recorded.
 *
 * @module
 */

import {
  createFile,
  isSocket,
  readFile,
} from "../../cli/terminal/process_terminal.ts";
import type {
  EndSignal,
  Input,
  NetworkInterface,
  Output,
  ReloadSignal,
  Terminal,
} from "../../cli/terminal/terminal.ts";

/** A signal that programs listen for. */
type Signal = EndSignal | ReloadSignal;

/** Options for {@linkcode RecordedTerminal}. */
export interface RecordedOptions {
  /** What is on standard input; each piece is one read. */
  readonly input?: readonly string[];
  /** The network interfaces. */
  readonly interfaces?: readonly NetworkInterface[];
  /** Whether standard input stays open after that. */
  readonly stayOpen?: boolean;
  /** Which of the three a person is at. */
  readonly isTerminal?: {
    readonly input?: boolean;
    readonly output?: boolean;
    readonly errors?: boolean;
  };
}

/** A terminal that records. */
export class RecordedTerminal implements Terminal {
  /** Standard input. */
  readonly input: Input;
  /** Standard output. */
  readonly output: Output;
  /** Standard error. */
  readonly errors: Output;
  /** Writes real files. */
  readonly createFile = createFile;
  /** Milliseconds on its clock, which a test moves. */
  elapsed = 0;
  /** Looks at the real disk. */
  readonly isSocket = isSocket;
  /** Reads real files. */
  readonly readFile = readFile;
  readonly #interfaces: readonly NetworkInterface[];
  readonly #handlers = new Map<Signal, Set<() => void>>();
  #output = "";
  #errors = "";
  #seen = "";
  #wake: () => void = () => {};

  constructor(options: RecordedOptions = {}) {
    const { input = [], isTerminal = {}, stayOpen = false } = options;
    this.#interfaces = options.interfaces ?? [];
    this.input = typed(input, stayOpen, isTerminal.input ?? false);
    this.output = {
      isTerminal: isTerminal.output ?? false,
      write: (bytes) => {
        this.#output += decode(bytes);
        this.#seen += decode(bytes);
        this.#wake();
      },
    };
    this.errors = {
      isTerminal: isTerminal.errors ?? false,
      write: (bytes) => {
        this.#errors += decode(bytes);
        this.#seen += decode(bytes);
        this.#wake();
      },
    };
  }

  /** What was shown on standard output. */
  get shown(): string {
    return this.#output;
  }

  /** Both in the order in which they were written, as a person sees them. */
  get seen(): string {
    return this.#seen;
  }

  /** What was told on standard error. */
  get told(): string {
    return this.#errors;
  }

  interfaces(): readonly NetworkInterface[] {
    return this.#interfaces;
  }

  elapsedMs(): number {
    return this.elapsed;
  }

  now(): Date {
    return new Date(0);
  }

  onSignal(signal: Signal, handler: () => void): () => void {
    const handlers = this.#handlers.get(signal) ?? new Set();
    this.#handlers.set(signal, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /**
   * Sends a signal.
   *
   * @param signal Which.
   */
  send(signal: Signal): void {
    for (const handler of this.#handlers.get(signal) ?? []) handler();
  }

  /**
   * Waits for something to be shown or told.
   *
   * @param pattern What.
   * @returns The match.
   */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#errors) ?? pattern.exec(this.#output);
      if (match !== null) return match;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function typed(
  pieces: readonly string[],
  stayOpen: boolean,
  isTerminal: boolean,
): Input {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    isTerminal,
    read(into) {
      const piece = left.shift();
      if (piece === undefined) {
        return stayOpen ? new Promise(() => {}) : Promise.resolve(null);
      }
      const count = Math.min(piece.length, into.length);
      into.set(piece.subarray(0, count));
      if (count < piece.length) left.unshift(piece.subarray(count));
      return Promise.resolve(count);
    },
  };
}
