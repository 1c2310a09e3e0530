/**
 * Plays the client's side of a recording, each connection at its time.
 *
 * ```text
 *   for each connection:   its time has come ───────┐
 *     as many others are over as when it was opened ├─► opened and played
 *     fewer than --connections are open ────────────┘
 *   one cannot be opened, or a signal ──► stopped
 * ```
 *
 * @module
 */

import { LONGEST_TIMER_MS } from "../../../lib/core.ts";
import type { ConnectionTurns } from "../../../lib/recording/mod.ts";
import type { ExitCode } from "../../output/exit_code.ts";
import type { Log } from "../../output/log.ts";
import type { OpenTarget } from "../../client/connection/target.ts";
import type { Playback } from "./playback.ts";

/** How it is played. */
export interface ClientReplayOptions {
  readonly log: Log;
  /** How many connections there are at once at most. */
  readonly mostOpen: number;
  /** Takes the first difference of a connection. */
  readonly output: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly speed: number;
}

/** Plays the connections of a playback. */
export class ClientReplay {
  readonly #playback: Playback;
  readonly #open: OpenTarget;
  readonly #options: ClientReplayOptions;
  readonly #codes: ExitCode[] = [];
  #begun = 0;
  #over = 0;
  #stopped: { readonly reason: unknown } | undefined;
  #wake = () => {};
  #hasToldFull = false;

  constructor(
    playback: Playback,
    open: OpenTarget,
    options: ClientReplayOptions,
  ) {
    this.#playback = playback;
    this.#open = open;
    this.#options = options;
  }

  /**
   * Plays all of them.
   *
   * @returns What came of each connection.
   * @throws {unknown} What the first connection that cannot be opened throws, or the
   * reason of the signal.
   */
  async run(): Promise<readonly ExitCode[]> {
    const { connections } = this.#playback;
    const { signal, speed } = this.#options;
    const [first] = connections;
    const begunMs = performance.now();
    const onAbort = () => this.#stop(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    try {
      for (const turns of connections) {
        const sinceMs = (turns.openedAt - first!.openedAt) * 1000 / speed;
        await this.#untilMs(begunMs + sinceMs);
        await this.#until(() => this.#over >= turns.after && !this.#isFull());
        if (this.#stopped !== undefined) break;
        void this.#play(turns, this.#begun++);
      }
      await this.#until(() => this.#over === this.#begun);
      if (this.#stopped !== undefined) throw this.#stopped.reason;
      return this.#codes;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Plays one connection. It never rejects. */
  async #play(turns: ConnectionTurns, index: number): Promise<void> {
    const { output, signal } = this.#options;
    try {
      const connection = await this.#open();
      const close = () => connection.abort();
      signal.addEventListener("abort", close);
      if (signal.aborted) close();
      this.#codes[index] = await this.#playback.play(connection, turns, output);
      signal.removeEventListener("abort", close);
    } catch (error) {
      this.#stop(error);
    }
    this.#over++;
    this.#wake();
  }

  #stop(reason: unknown): void {
    this.#stopped ??= { reason };
    this.#wake();
  }

  /** Whether the next connection has to wait for the end of another one. */
  #isFull(): boolean {
    const { log, mostOpen } = this.#options;
    if (this.#begun - this.#over < mostOpen) return false;
    if (!this.#hasToldFull) {
      this.#hasToldFull = true;
      log.now(
        { event: "full", connections: mostOpen },
        `${
          mostOpen === 1 ? "1 connection is" : `${mostOpen} connections are`
        } open, as many as --connections allows: the next ones begin later than recorded`,
      );
    }
    return true;
  }

  /** Waits until something is so, or it was stopped. */
  async #until(isSo: () => boolean): Promise<void> {
    while (this.#stopped === undefined && !isSo()) await this.#change(Infinity);
  }

  async #untilMs(ms: number): Promise<void> {
    while (this.#stopped === undefined) {
      const waitMs = ms - performance.now();
      // Below a millisecond a timer is later than no timer.
      if (waitMs < 1) return;
      await this.#change(waitMs);
    }
  }

  /** Waits until a connection is over, it was stopped, or a time has passed. */
  async #change(waitMs: number): Promise<void> {
    const change = Promise.withResolvers<void>();
    this.#wake = change.resolve;
    const timer = waitMs === Infinity
      ? undefined
      : setTimeout(change.resolve, Math.min(waitMs, LONGEST_TIMER_MS));
    await change.promise;
    clearTimeout(timer);
  }
}
