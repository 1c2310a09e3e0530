/**
 * Pings that show whether the peer is there.
 *
 * ```text
 *          begin()         pingMs: a ping is sent
 *   off ───────────► quiet ──────────────────────► awaiting ─┐ pingMs, while the program
 *                      ▲                            │  ▲     │ does not read: another ping
 *                      └────────── a pong ──────────┘  └─────┘
 *                                                   │
 *                                                   └─ pingMs otherwise: lost
 *   any ── stop() ──► off
 * ```
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { FramingLink } from "../../transport/spoken_framing.ts";
import type { Timer } from "../../time/time.ts";

/** What is kept alive. */
export interface KeptAlive {
  /** The peer's address, for the error. */
  readonly peer: string;
  /** How often a ping is sent, in milliseconds; `Infinity` for never. */
  readonly pingMs: number;
  /** Sends a ping, unless this side has finished. */
  readonly ping: () => void;
}

/** Sends pings, and ends a connection whose peer does not answer. */
export class KeepAlive {
  readonly #kept: KeptAlive;
  #state: "off" | "quiet" | "awaiting" | "lost" = "off";
  #link: FramingLink | undefined;
  #timer: Timer;

  constructor(kept: KeptAlive) {
    this.#kept = kept;
  }

  /** Begins, on a connection that is open. */
  begin(link: FramingLink): void {
    if (this.#kept.pingMs === Infinity) return;
    this.#link = link;
    this.#wait("quiet");
  }

  /** A pong came. */
  pong(): void {
    if (this.#state === "awaiting") this.#state = "quiet";
  }

  /** Sends no more. */
  stop(): void {
    this.#link?.time.clearTimer(this.#timer);
    this.#state = "off";
  }

  #wait(state: "quiet" | "awaiting"): void {
    this.#state = state;
    const { pingMs } = this.#kept;
    this.#timer = this.#link!.time.setTimer(() => this.#due(), pingMs);
  }

  #due(): void {
    // While the program does not read, a pong may lie in the system's buffer.
    if (this.#state === "awaiting" && this.#link!.isReading) {
      return this.#lose();
    }
    this.#wait("awaiting");
    this.#kept.ping();
  }

  #lose(): void {
    this.#state = "lost";
    const { peer, pingMs } = this.#kept;
    this.#link!.abort(
      new TimeoutError("ping", pingMs, {
        action: "hear from",
        address: peer,
        reason: `no answer to a ping within ${pingMs} ms`,
      }),
    );
  }
}
