/**
 * Shows what the server sends until it finishes.
 *
 * @module
 */

import { type MessageConnection, TimeoutError } from "../../mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import type { Printer } from "./printer.ts";
import { NO_PROMPT, type Prompt } from "../client/prompt.ts";

/** How to wait for messages. */
export interface ShowOptions {
  /** Longest time to wait for each. */
  readonly timeoutMs: number;
  /** Whether that time counts already. */
  readonly mayTimeOut: () => boolean;
  /** Has to make way for what is shown. */
  readonly prompt?: Prompt | undefined;
}

/**
 * Shows messages until the server finishes.
 *
 * @param printer Shows them.
 * @param options How to wait for them.
 */
export async function showUntilEnd(
  connection: MessageConnection,
  printer: Printer,
  options: ShowOptions,
): Promise<void> {
  const { prompt = NO_PROMPT } = options;
  const watch = new Watch(connection, options);
  try {
    for await (const batch of connection.batches({ reuse: true })) {
      prompt.makeWay();
      printer.print(batch);
      prompt.ask();
      watch.restart();
    }
  } finally {
    watch.stop();
  }
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
      }),
    );
  }
}
