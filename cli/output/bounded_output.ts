/**
 * Output that the program never waits for: what a slow reader has not taken yet
 * waits in memory, up to a bound, and beyond it lines are dropped and counted. A
 * file has no reader, so it is written at once, and nothing is dropped. Nothing needs
 * to be written to `/dev/null`.
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

import type { Destination, Output } from "../terminal/terminal.ts";

/** How much waits for a slow reader: some seconds of a terminal's speed. */
const MOST_BYTES = 4 * 1024 * 1024;

/** From how many characters on a text is encoded by itself. */
const LONG = 1024;

const UTF8 = new TextEncoder();

/** Writes lines in the order in which they came, without waiting. */
export class BoundedOutput implements Output {
  /** What writing has failed with. */
  failure: unknown;
  /** Called once when writing fails. */
  onFailure: ((error: unknown) => void) | undefined;
  readonly #output: Output;
  readonly #mostBytes: number;
  readonly #destination: Destination;
  #pieces: (string | Uint8Array)[] = [];
  // Of #pieces, and of what is being written. A character counts as a byte.
  #waiting = 0;
  #writing = 0;
  #state: "idle" | "writing" | "failed" = "idle";
  #whenIdle: (() => void) | undefined;
  // How many pieces have come, and how many of them have left.
  #come = 0;
  #left = 0;
  #whenLeft: { readonly come: number; readonly resolve: () => void }[] = [];
  #first: BoundedOutput | undefined;

  constructor(
    output: Output,
    destination: Destination = "reader",
    mostBytes: number = MOST_BYTES,
  ) {
    this.#output = output;
    this.#destination = destination;
    this.#mostBytes = mostBytes;
  }

  /** The same, once it is known where the bytes go. */
  static async to(output: Output): Promise<BoundedOutput> {
    return new BoundedOutput(output, await output.destination?.());
  }

  get isTerminal(): boolean {
    return this.#output.isTerminal;
  }

  /** Whether what is written goes to `/dev/null`, so that it need not be made. */
  get isDiscarded(): boolean {
    return this.#destination === "nothing";
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

  /**
   * From now on lets another output go first: what is written here follows all that
   * was written there before. Both lead to one reader, such as a terminal.
   */
  follow(first: BoundedOutput): void {
    this.#first = first;
  }

  /** Writes as soon as the reader has taken what came before; drops it if full. */
  write(...pieces: readonly (Uint8Array | string)[]): void {
    if (this.isFull || this.isDiscarded) return;
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#waiting += piece.length;
    }
    this.#come += pieces.length;
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
        if (this.#first !== undefined) await this.#first.#allLeft();
        const come = this.#come;
        const bytes = joinedBytes(this.#pieces);
        this.#pieces = [];
        this.#writing = this.#waiting;
        this.#waiting = 0;
        const { writeLater } = this.#output;
        if (this.#destination === "file" || writeLater === undefined) {
          this.#output.write(bytes);
        } else await this.#output.writeLater!(bytes);
        this.#writing = 0;
        this.#leaves(come);
      }
      this.#state = "idle";
    } catch (error) {
      this.#state = "failed";
      this.#pieces = [];
      this.failure = error;
      this.onFailure?.(error);
      this.#leaves(this.#come);
    }
    this.#whenIdle?.();
  }

  /** Waits until all that has come so far has left. */
  #allLeft(): Promise<void> | undefined {
    if (this.#left === this.#come) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenLeft.push({ come: this.#come, resolve });
    return promise;
  }

  #leaves(come: number): void {
    this.#left = come;
    while (this.#whenLeft.length > 0 && this.#whenLeft[0]!.come <= come) {
      this.#whenLeft.shift()!.resolve();
    }
  }
}

/** Encodes texts, and joins them with bytes. */
export function joinedBytes(
  pieces: readonly (string | Uint8Array)[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  // Short texts are encoded together, a long one by itself: most characters of a long
  // one are ASCII, which is fast unless one arrow is among them.
  let short = "";
  for (const piece of pieces) {
    if (typeof piece === "string" && piece.length < LONG) short += piece;
    else {
      if (short !== "") parts.push(UTF8.encode(short));
      short = "";
      parts.push(typeof piece === "string" ? UTF8.encode(piece) : piece);
    }
  }
  if (short !== "") parts.push(UTF8.encode(short));
  if (parts.length === 1) return parts[0]!;
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
