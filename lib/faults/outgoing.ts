/**
 * The direction of a connection with faults from this side to its peer.
 *
 * ```text
 *   write ─► passage ─► pump ─► connection.write
 *
 *   new ── begin() ──► waiting ── bytes are due ──► writing
 *                       │   ▲                          │
 *                       │   └──────── written ─────────┤
 *                       │                              │
 *                       ├── the end, a reset ──► over  │
 *                       └── the link is lost ──► lost ◄┘ the write fails
 * ```
 *
 * `close()` ends it in every state: the pump is over when its write returns.
 *
 * @module
 */

import type { Time, Timer } from "../time/time.ts";
import type { Connection } from "../transport/connection.ts";
import type { FaultEvent } from "./fault.ts";
import type { Passage } from "./passage.ts";

// What one call of write() takes at most.
const WRITE_BYTES = 64 * 1024;

// How long a peer may take nothing of what leaves after close(): as long as a channel
// waits in all.
const LONGEST_WRITE_MS = 30_000;

/** What happens to the whole connection. */
export interface OutgoingEvents {
  /** A fault resets it. */
  onReset(event: FaultEvent): void;
  /** It was closed, and the peer takes nothing of what leaves. */
  onStuck(): void;
}

type State =
  | { readonly type: "new" | "waiting" | "writing" | "over" }
  | { readonly type: "lost"; readonly error: unknown };

/** Takes what the program writes, and writes it when it is due. */
export class Outgoing {
  readonly #connection: Connection;
  readonly #passage: Passage;
  readonly #time: Time;
  readonly #events: OutgoingEvents;
  #state: State = { type: "new" };
  #pumped: Promise<void> = Promise.resolve();
  // How long one write may take: without a bound as long as the program has a say.
  #longestMs = Infinity;
  #timer: Timer;

  constructor(
    connection: Connection,
    passage: Passage,
    time: Time,
    events: OutgoingEvents,
  ) {
    this.#connection = connection;
    this.#passage = passage;
    this.#time = time;
    this.#events = events;
  }

  /** Whether something may still leave. */
  get isDue(): boolean {
    return this.#state.type !== "new" && !this.#passage.isOver;
  }

  /** Begins to write. A second call does nothing. */
  begin(): void {
    if (this.#state.type !== "new") return;
    this.#state = { type: "waiting" };
    this.#pumped = this.#pump();
  }

  /** Waits until there is room for more. */
  room(): Promise<void> | undefined {
    return this.#passage.room();
  }

  /**
   * Takes bytes, as many as it likes.
   *
   * @returns How many.
   * @throws {unknown} What the link was lost with.
   */
  push(bytes: Uint8Array): number {
    if (this.#state.type === "lost") throw this.#state.error;
    const taken = bytes.slice(0, WRITE_BYTES);
    this.#passage.push(taken);
    return taken.length;
  }

  /** Takes the end. When it arrives is the faults' business. */
  end(): void {
    this.#passage.end();
  }

  /**
   * Takes the end of a program that has closed the connection. From now on each write
   * has a bound.
   *
   * @returns Resolves when all that was due has left; it never rejects.
   */
  leave(): Promise<void> {
    this.#passage.end();
    this.#longestMs = LONGEST_WRITE_MS;
    if (this.#state.type === "writing") this.#boundWrite();
    return this.#pumped;
  }

  /** The link is lost: what is due goes nowhere. */
  lose(error: unknown): void {
    if (this.#state.type !== "lost") this.#state = { type: "lost", error };
    this.#passage.close();
  }

  /** Drops what is due. It can be called again. */
  close(): void {
    this.#passage.close();
  }

  /** Writes what is due. It never rejects. */
  async #pump(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#passage.take();
        switch (next?.type) {
          case "bytes":
            await this.#writeAll(next.bytes);
            break;
          case "end":
            this.#over();
            return await this.#connection.closeWrite();
          case "reset":
            this.#over();
            return this.#events.onReset(next.event);
          default:
            return this.#over();
        }
      }
    } catch (error) {
      this.lose(error);
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      this.#enter("writing");
      this.#boundWrite();
      try {
        rest = rest.subarray(await this.#connection.write(rest));
      } finally {
        this.#enter("waiting");
        this.#time.clearTimer(this.#timer);
      }
    }
  }

  #enter(type: "waiting" | "writing"): void {
    if (this.#state.type !== "lost") this.#state = { type };
  }

  #over(): void {
    if (this.#state.type !== "lost") this.#state = { type: "over" };
  }

  #boundWrite(): void {
    if (this.#longestMs === Infinity) return;
    this.#timer = this.#time.setTimer(
      () => this.#events.onStuck(),
      this.#longestMs,
    );
  }
}
