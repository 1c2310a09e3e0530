/**
 * Shows what the server sends, until it finishes or enough has come.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { TimeoutError } from "../../lib/start.ts";
import { formatDuration } from "../arguments/durations.ts";
import type { Printer } from "../output/printer.ts";
import type { Prompt } from "./prompt.ts";

/** How to wait for messages. */
export interface ShowOptions {
  /** Longest time to wait for each. */
  readonly timeoutMs: number;
  /** Whether all was sent, so that this time counts. */
  readonly mayTimeOut: () => boolean;
  /** Whether a message of the server is a reply, and not a chunk. */
  readonly isCountable: boolean;
  /** How many messages are enough; until the server finishes unless given. */
  readonly replies: number | undefined;
  /** Has to make way for what is shown. */
  readonly prompt?: Prompt | undefined;
}

/**
 * Shows messages until the server finishes, or as many have come as are enough.
 * A wait that is over is not a failure once every message has its reply.
 *
 * @param printer Shows them.
 * @param options How to wait for them.
 */
export async function showUntilEnd(
  connection: MessageConnection,
  printer: Printer,
  options: ShowOptions,
): Promise<void> {
  const { prompt, replies = Infinity } = options;
  let left = replies;
  if (left === 0) return;
  const watch = new Watch(connection, options);
  try {
    for await (const batch of connection.batches({ reuse: true })) {
      prompt?.makeWay();
      printer.print(batch.length > left ? batch.slice(0, left) : batch);
      left -= batch.length;
      if (left <= 0) return;
      if (prompt !== undefined) {
        printer.endLine();
        prompt.ask();
      }
      watch.restart();
    }
  } catch (error) {
    if (!isWaitOver(error) || !hasEveryReply(connection, options)) throw error;
  } finally {
    watch.stop();
  }
}

function isWaitOver(error: unknown): boolean {
  return error instanceof TimeoutError &&
    (error.deadline === "receive" || error.deadline === "idle");
}

function hasEveryReply(
  { stats }: MessageConnection,
  { isCountable, mayTimeOut }: ShowOptions,
): boolean {
  return isCountable && mayTimeOut() && stats.messagesOut > 0 &&
    stats.messagesIn >= stats.messagesOut;
}

/** Ends a connection on which nothing arrives for too long. */
class Watch {
  readonly #connection: MessageConnection;
  readonly #options: ShowOptions;
  #since = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(connection: MessageConnection, options: ShowOptions) {
    this.#connection = connection;
    this.#options = options;
    const { timeoutMs } = options;
    if (timeoutMs === Infinity) return;
    const everyMs = Math.max(5, Math.min(100, timeoutMs / 10));
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  restart(): void {
    this.#since = performance.now();
  }

  stop(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
  }

  #look(): void {
    const { mayTimeOut, timeoutMs } = this.#options;
    if (!mayTimeOut()) return this.restart();
    if (performance.now() - this.#since < timeoutMs) return;
    this.stop();
    this.#connection.abort(
      new TimeoutError("receive", timeoutMs, {
        action: "receive from",
        address: String(this.#connection.remoteAddress),
        reason: `nothing within ${formatDuration(timeoutMs)}`,
        advice: this.#connection.waitHint?.text,
        framing: this.#connection.waitHint?.framing,
      }),
    );
  }
}
