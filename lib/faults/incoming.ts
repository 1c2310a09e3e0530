/**
 * The direction of a connection with faults from its peer to this side.
 *
 * ```text
 *   next ◄─ passage ◄─ pump ◄─ connection.read
 *
 *   new ── begin() ──► flowing ── its end is given ──────► ended
 *                         └────── its failure is given ──► failed
 *   any ── close() ──► closed
 * ```
 *
 * The pump goes on after an early end, as a network does: the peer can still send, and
 * what it sends is dropped.
 *
 * @module
 */

import type { Connection } from "../transport/connection.ts";
import type { Departure, Passage } from "./passage.ts";

const READ_BYTES = 64 * 1024;

type State =
  | { readonly type: "new" | "flowing" | "closed" }
  // Every further call gives the same.
  | { readonly type: "ended" | "failed"; readonly last: Departure };

/** Reads ahead of the program, and gives what the faults let through. */
export class Incoming {
  readonly #connection: Connection;
  readonly #passage: Passage;
  #state: State = { type: "new" };
  // What was due and did not fit into the reader's buffer.
  #rest: Uint8Array | undefined;

  constructor(connection: Connection, passage: Passage) {
    this.#connection = connection;
    this.#passage = passage;
  }

  /** Begins to read. A second call does nothing. */
  begin(): void {
    if (this.#state.type !== "new") return;
    this.#state = { type: "flowing" };
    void this.#pump();
  }

  /**
   * Gives what the program reads next. One call waits at a time.
   *
   * @param mostBytes How many bytes it takes at most.
   * @returns It; `undefined` if this was closed.
   */
  async next(mostBytes: number): Promise<Departure | undefined> {
    if ("last" in this.#state) return this.#state.last;
    if (this.#rest !== undefined) return this.#part(this.#rest, mostBytes);
    for (;;) {
      const next = await this.#passage.take();
      switch (next?.type) {
        case "bytes":
          // A message may be empty, which a stream cannot show.
          if (next.bytes.length === 0) continue;
          return this.#part(next.bytes, mostBytes);
        case "end":
          return this.#over({ type: "ended", last: next });
        case "failed":
          return this.#over({ type: "failed", last: next });
        default:
          return next;
      }
    }
  }

  /** Drops what waits, and ends the call that waits. It can be called again. */
  close(): void {
    this.#state = { type: "closed" };
    this.#passage.close();
  }

  #over(state: Extract<State, { last: Departure }>): Departure {
    if (this.#state.type === "flowing") this.#state = state;
    return state.last;
  }

  #part(bytes: Uint8Array, mostBytes: number): Departure {
    this.#rest = bytes.length > mostBytes
      ? bytes.subarray(mostBytes)
      : undefined;
    return { type: "bytes", bytes: bytes.subarray(0, mostBytes) };
  }

  async #pump(): Promise<void> {
    const into = new Uint8Array(READ_BYTES);
    try {
      while (this.#state.type !== "closed") {
        await this.#passage.room();
        const count = await this.#connection.read(into);
        if (count === null) return this.#passage.end();
        this.#passage.push(into.slice(0, count));
      }
    } catch (error) {
      this.#passage.fail(error);
    }
  }
}
