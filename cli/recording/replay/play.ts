/**
 * Plays one side of one recorded connection again.
 *
 * ```text
 *   for each turn:  its time has come ─┐
 *                                      ├─► send, end, reset or close
 *      as much has been received by ───┘
 *      now as when it was recorded
 *
 *   waiting ── enough has come ──────────────────► next turn
 *      │ └──── the other side has ended ─────────► cut short
 *      └────── nothing for as long as --timeout ─► cut short
 * ```
 *
 * @module
 */

import { LONGEST_TIMER_MS } from "../../../lib/core.ts";
import type { ConnectionTurns, Turn } from "../../../lib/recording/mod.ts";
import type { Connection } from "../../../mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { exitCodeOf } from "../../output/describe.ts";
import { bareReason } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { type Cut, piecesOf } from "../exchange/pieces.ts";
import { Receiver, type ReceiverOptions } from "../exchange/receiver.ts";
import { writePieces } from "../exchange/write_all.ts";

/** How it is played. */
export interface PlayOptions extends ReceiverOptions {
  /** How many times as fast as recorded; `Infinity` for as fast as possible. */
  readonly speed: number;
  /** Longest time to wait for something that was recorded to come. */
  readonly timeoutMs: number;
  readonly cut: Cut | undefined;
  readonly random: () => number;
}

/** What came of it. */
export interface Played {
  /** How many bytes were sent. */
  readonly sentBytes: number;
  /** How many messages were received; without framing, bytes. */
  readonly received: number;
  /** How the other side ended. */
  readonly otherEnd: "end" | "reset" | undefined;
  /** Why it was not played to its end. */
  readonly failure: Failure | undefined;
}

/** Plays all turns on a connection, which is closed then. */
export async function play(
  connection: Connection,
  turns: ConnectionTurns,
  options: PlayOptions,
): Promise<Played> {
  const player = new Player(connection, turns, options);
  let failure: Failure | undefined;
  try {
    await player.run();
  } catch (error) {
    failure = error instanceof Failure
      ? error
      : new Failure(exitCodeOf(error, "talking"), bareReason(error));
  }
  return { ...await player.end(), failure };
}

class Player {
  readonly #connection: Connection;
  readonly #turns: ConnectionTurns;
  readonly #options: PlayOptions;
  readonly #receiver: Receiver;
  readonly #begunMs = performance.now();
  #sentBytes = 0;

  constructor(
    connection: Connection,
    turns: ConnectionTurns,
    options: PlayOptions,
  ) {
    this.#connection = connection;
    this.#turns = turns;
    this.#options = options;
    this.#receiver = new Receiver(connection, options);
  }

  async run(): Promise<void> {
    const { otherEnd, receivedCount, turns } = this.#turns;
    for (const turn of turns) {
      await this.#untilTime(turn.t);
      // Whether this side closes before or after the other one's end is not known.
      await this.#untilReceived(turn.after, turn.do === "close");
      if (turn.do === "close") break;
      await this.#do(turn);
    }
    await this.#untilReceived(receivedCount, true);
    if (otherEnd !== undefined) await this.#untilOver();
  }

  async end(): Promise<Omit<Played, "failure">> {
    this.#connection.close();
    await this.#receiver.done;
    const { count, end } = this.#receiver;
    return { sentBytes: this.#sentBytes, received: count, otherEnd: end };
  }

  async #do(turn: Turn): Promise<void> {
    const { cut, random } = this.#options;
    switch (turn.do) {
      case "send":
        await writePieces(
          this.#connection,
          piecesOf(turn.bytes, cut, random),
        );
        this.#sentBytes += turn.bytes.length;
        break;
      case "end":
        await this.#connection.closeWrite();
        break;
      default:
        this.#connection.abort();
    }
  }

  /** Waits until a recorded time, by the clock of this connection. */
  async #untilTime(t: number): Promise<void> {
    const { speed } = this.#options;
    const dueMs = this.#begunMs +
      (t - this.#turns.openedAt) * 1000 / speed;
    const waitMs = dueMs - performance.now();
    // Below a millisecond a timer is later than no timer.
    if (waitMs < 1) return;
    const timer = Promise.withResolvers<void>();
    const id = setTimeout(timer.resolve, Math.min(waitMs, LONGEST_TIMER_MS));
    await Promise.race([timer.promise, this.#receiver.done]);
    clearTimeout(id);
  }

  /**
   * @param maySuffice Whether an end of the other side is as good.
   */
  async #untilReceived(count: number, maySuffice: boolean): Promise<void> {
    const receiver = this.#receiver;
    while (receiver.count < count) {
      if (receiver.failure !== undefined) {
        throw new Failure(EXIT.framing, bareReason(receiver.failure));
      }
      if (receiver.isOver) {
        if (maySuffice) return;
        throw new Failure(
          EXIT.lost,
          `the other side ended after ${
            this.#amount(receiver.count)
          } of ${count}`,
        );
      }
      await this.#change(() =>
        `nothing within ${formatDuration(this.#options.timeoutMs)} after ${
          this.#amount(receiver.count)
        } of ${count}`
      );
    }
  }

  async #untilOver(): Promise<void> {
    while (!this.#receiver.isOver) {
      await this.#change(() =>
        `the other side did not end within ${
          formatDuration(this.#options.timeoutMs)
        }`
      );
    }
  }

  /** Waits until something comes, but not forever. */
  async #change(late: () => string): Promise<void> {
    const { timeoutMs } = this.#options;
    if (timeoutMs === Infinity) return await this.#receiver.changed;
    const timer = Promise.withResolvers<never>();
    const id = setTimeout(
      () => timer.reject(new Failure(EXIT.timeout, late())),
      timeoutMs,
    );
    try {
      await Promise.race([this.#receiver.changed, timer.promise]);
    } finally {
      clearTimeout(id);
    }
  }

  #amount(count: number): string {
    const { unit } = this.#turns;
    return count === 1 ? `1 ${unit.slice(0, -1)}` : `${count} ${unit}`;
  }
}
