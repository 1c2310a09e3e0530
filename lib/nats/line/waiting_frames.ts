/**
 * What waits to be written to one server.
 *
 * ```text
 *   idle ── push() ──► writing ── all is written ──► idle
 *     └──────────────────┴──── close() ────────────► closed
 * ```
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Connection } from "../../transport/connection.ts";

/** What happens to the frames. */
export interface FrameEvents {
  /** Everything that waited has been written. */
  drained(): void;
  /** A write has failed. */
  failed(error: Error): void;
}

/** Writes frames in order, and counts what waits. */
export class WaitingFrames {
  readonly #connection: Connection;
  readonly #events: FrameEvents;
  #state: "idle" | "writing" | "closed" = "idle";
  #frames: Uint8Array[] = [];
  #bytes = 0;

  constructor(connection: Connection, events: FrameEvents) {
    this.#connection = connection;
    this.#events = events;
  }

  /** Bytes that the system has not taken yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a frame. */
  push(frame: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#state === "idle") void this.#write();
  }

  /** Drops what waits. */
  close(): void {
    this.#state = "closed";
    this.#frames = [];
    this.#bytes = 0;
  }

  async #write(): Promise<void> {
    this.#state = "writing";
    try {
      while (this.#frames.length > 0) {
        const [only] = this.#frames;
        let rest = this.#frames.length === 1 ? only! : concat(this.#frames);
        this.#frames = [];
        while (rest.length > 0) {
          const count = await this.#connection.write(rest);
          if (this.#isClosed()) return;
          this.#bytes -= count;
          rest = rest.subarray(count);
        }
      }
      this.#state = "idle";
      this.#events.drained();
    } catch (error) {
      this.#events.failed(error as Error);
    }
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}
