/**
 * A target that is opened before a client of WebSocket gets its answer, so that a
 * target that is down is status 502 and no connection.
 *
 * ```text
 *   request ─► openFirst() ── opened ─► 101 ─► openedFor(client)
 *                  └───────── failed ─► 502
 * ```
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { webSocketOf, type WebSocketRequest } from "../../lib/websocket/mod.ts";
import type { TargetLog } from "./target_log.ts";

/** What can be opened for a client. */
export interface Abortable {
  /** Closes it at once. */
  abort(): void;
}

/** A target's side that waits for its client. */
class PreparedTarget {
  readonly #target: Abortable;
  readonly #gone: AbortSignal;
  readonly #abort = () => this.#target.abort();

  /**
   * Keeps a connection for a client.
   *
   * @param gone Aborted when the client is lost; the connection is then aborted too.
   */
  constructor(target: Abortable, gone: AbortSignal) {
    this.#target = target;
    this.#gone = gone;
    gone.addEventListener("abort", this.#abort, { once: true });
    if (gone.aborted) target.abort();
  }

  /** Gives the connection away: its new owner ends it. */
  take(): Abortable {
    this.#gone.removeEventListener("abort", this.#abort);
    return this.#target;
  }
}

/**
 * Opens the target's side while a client of WebSocket waits for an answer.
 *
 * @param open Opens it; the signal is aborted when the client is lost.
 * @returns What {@linkcode openedFor} finds.
 */
export async function openFirst(
  open: (signal: AbortSignal) => Promise<Abortable>,
  { signal }: WebSocketRequest,
  log: TargetLog,
): Promise<unknown> {
  try {
    return new PreparedTarget(await open(signal), signal);
  } catch (error) {
    log.targetFailed(error);
    throw error;
  }
}

/** Takes what was opened before the client's request was answered. */
export function openedFor<T extends Abortable>(
  client: MessageConnection,
): T | undefined {
  const prepared = webSocketOf(client)?.prepared;
  return prepared instanceof PreparedTarget ? prepared.take() as T : undefined;
}
