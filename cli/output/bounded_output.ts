/**
 * Output that the program never waits for: what a slow reader has not taken yet
 * waits in memory, up to a bound, and beyond it lines are dropped and counted.
 *
 * ```text
 *           write()               the reader takes it
 *   idle ───────────► writing ───────────────────────► idle
 *                      │    ▲  more has come: it is written next
 *                      │    └──┘
 *                      └── the reader is gone ──► failed
 * ```
 *
 * @module
 */

import type { Output } from "../terminal/terminal.ts";

/** How much waits for a slow reader: some seconds of a terminal's speed. */
const MOST_BYTES = 4 * 1024 * 1024;

const UTF8 = new TextEncoder();

/** Writes lines in the order in which they came, without waiting. */
export class BoundedOutput implements Output {
  /** What writing has failed with. */
  failure: unknown;
  /** Called once when writing fails. */
  onFailure: ((error: unknown) => void) | undefined;
  readonly #output: Output;
  readonly #mostBytes: number;
  #pieces: (string | Uint8Array)[] = [];
  // Of #pieces, and of what is being written. A character counts as a byte.
  #waiting = 0;
  #writing = 0;
  #state: "idle" | "writing" | "failed" = "idle";
  #whenIdle: (() => void) | undefined;

  constructor(output: Output, mostBytes: number = MOST_BYTES) {
    this.#output = output;
    this.#mostBytes = mostBytes;
  }

  get isTerminal(): boolean {
    return this.#output.isTerminal;
  }

  /** How many characters a row of the terminal has. */
  columns(): number {
    return this.#output.columns?.() ?? Infinity;
  }

  /** Whether what is written now would be dropped. */
  get isFull(): boolean {
    return this.#state === "failed" ||
      this.#waiting + this.#writing >= this.#mostBytes;
  }

  /** Writes as soon as the reader has taken what came before; drops it if full. */
  write(bytes: Uint8Array | string): void {
    if (this.isFull) return;
    this.#pieces.push(bytes);
    this.#waiting += bytes.length;
    if (this.#state !== "idle") return;
    this.#state = "writing";
    // What else comes in this turn leaves with it.
    queueMicrotask(() => void this.#writeAll());
  }

  /**
   * Waits until everything is written, or writing has failed.
   *
   * @param mostMs How long at most.
   * @returns Whether everything was written.
   */
  async drained(mostMs: number): Promise<boolean> {
    if (this.#state === "writing") {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle = resolve;
      const timer = setTimeout(resolve, mostMs);
      await promise;
      clearTimeout(timer);
    }
    return this.#state === "idle";
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#pieces.length > 0) {
        const bytes = joined(this.#pieces);
        this.#pieces = [];
        this.#writing = this.#waiting;
        this.#waiting = 0;
        if (this.#output.writeLater === undefined) this.#output.write(bytes);
        else await this.#output.writeLater(bytes);
        this.#writing = 0;
      }
      this.#state = "idle";
    } catch (error) {
      this.#state = "failed";
      this.#pieces = [];
      this.failure = error;
      this.onFailure?.(error);
    }
    this.#whenIdle?.();
  }
}

function joined(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  if (pieces.every((piece) => typeof piece === "string")) {
    return UTF8.encode(pieces.join(""));
  }
  const parts = pieces.map((piece) =>
    typeof piece === "string" ? UTF8.encode(piece) : piece
  );
  const all = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
