/**
 * The end of all conversations of a server.
 *
 * ```text
 *   running ─ begin() ──► draining ── all have ended ──────────► reported
 *                           └── grace is over: the rest is cut ──►┘
 * ```
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import { NextTurn, onNextTurn } from "../../time/next_turn.ts";
import type { Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";
import type { Conversable } from "./conversation.ts";
import type { CutConnection, ShutdownReport } from "./server_options.ts";

/** Ends conversations and counts how they ended. */
export class Shutdown<C extends Conversable> {
  #state: "running" | "draining" | "reported" = "running";
  readonly #open: ReadonlySet<C>;
  readonly #time: Time;
  readonly #cut: CutConnection[] = [];
  #finished = 0;
  #whenEmpty: (() => void) | undefined;

  /**
   * Prepares for the end.
   *
   * @param open The connections that are open.
   */
  constructor(open: ReadonlySet<C>, time: Time) {
    this.#open = open;
    this.#time = time;
  }

  /**
   * Takes note of a connection that has ended and is no longer open.
   *
   * @param isCut See `Host.ended`.
   */
  ended(connection: C, isCut: boolean): void {
    if (this.#state === "draining") this.#count(connection, isCut);
    if (this.#open.size === 0) this.#whenEmpty?.();
  }

  /** Begins to count, as the program may cut connections from now on. */
  begin(): void {
    this.#state = "draining";
  }

  /** Ends all connections: in order for as long as the grace lasts, then at once. */
  async run(
    graceMs: number,
    drain: (connection: C, reason: unknown) => void,
  ): Promise<ShutdownReport> {
    const reason = new ClosedError({ reason: "the server is shutting down" });
    for (const connection of [...this.#open]) {
      connection.channel.lingerUntilCut();
      drain(connection, reason);
    }
    if (!await this.#isEmptyWithin(graceMs)) {
      this.#cutRest(graceMs);
      this.#state = "reported";
      // What their handlers wait for has failed, so that most of them end in this
      // turn, and `onEvent` receives their ends before the server's.
      await new Promise<void>((resolve) => onNextTurn(new NextTurn(resolve)));
    }
    this.#state = "reported";
    return { finished: this.#finished, cut: this.#cut };
  }

  #count(connection: C, isCut: boolean): void {
    if (isCut) this.#cut.push(cutOf(connection));
    else this.#finished++;
  }

  async #isEmptyWithin(graceMs: number): Promise<boolean> {
    if (this.#open.size === 0) return true;
    const empty = new Promise<void>((resolve) => this.#whenEmpty = resolve);
    const limit = within(graceMs, undefined, () => undefined, this.#time);
    try {
      await limit.race(empty);
      return true;
    } catch {
      // The time is over, the only thing that this limit throws.
      return false;
    } finally {
      limit.clear();
    }
  }

  #cutRest(graceMs: number): void {
    for (const connection of this.#open) {
      const { channel, remoteAddress } = connection;
      // A connection that only waits for its peer's end has nothing left to lose.
      this.#count(
        connection,
        !connection.isHandled || channel.hasToLose,
      );
      channel.abort(
        new ClosedError({
          address: String(remoteAddress),
          reason:
            `the server shut down and cut the connection after ${graceMs} ms`,
          option: "graceMs",
        }),
      );
    }
  }
}

function cutOf({ channel, remoteAddress }: Conversable): CutConnection {
  const { bytesWaiting, droppedBytes } = channel;
  return droppedBytes === 0
    ? { remoteAddress, unsentBytes: bytesWaiting }
    : { remoteAddress, unsentBytes: bytesWaiting, droppedBytes };
}
