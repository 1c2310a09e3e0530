/**
 * Connections that wait for another request.
 *
 * A server may close one at any time. So each is read from while it waits: what
 * comes then is the end, or belongs to no request, and it is used no more.
 *
 * @module
 */

import type { HttpClientConnection } from "./client_connection.ts";

/** How many wait, and how long. */
export interface IdleLimits {
  /** Most in all. */
  readonly maxIdleConnections: number;
  /** Most to one scheme, host and port, but for a moment. */
  readonly maxIdlePerOrigin: number;
  /** Longest time in milliseconds that one waits. */
  readonly keepAliveTimeoutMs: number;
}

// Who asks fifty things at a time gives fifty connections back in one turn, and
// wants them again in the next. To connect anew for most of them makes that three
// times as slow.
const SPARE_MS = 100;

/** Connections that wait, the last one to be used again first. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  // In the order in which they came.
  readonly #connections = new Set<HttpClientConnection>();

  /**
   * Begins without any.
   *
   * @param limits How many, and how long.
   */
  constructor(limits: IdleLimits) {
    this.#limits = limits;
  }

  /**
   * Keeps a connection: only for a moment if there are enough to the same place,
   * and the oldest is closed if that makes too many in all.
   *
   * @param connection The connection.
   */
  put(connection: HttpClientConnection): void {
    const { keepAliveTimeoutMs, maxIdleConnections, maxIdlePerOrigin } =
      this.#limits;
    const isSpare = this.#of(connection.use).length >= maxIdlePerOrigin;
    const longestMs = isSpare ? SPARE_MS : Infinity;
    const waitMs = Math.min(keepAliveTimeoutMs, longestMs);
    this.#connections.add(connection);
    connection.idleTimer.begin(waitMs, () => this.#drop(connection));
    connection.watch(() => this.#drop(connection));
    if (this.#connections.size > maxIdleConnections) {
      const [oldest] = this.#connections;
      void this.#drop(oldest!);
    }
  }

  /**
   * Takes a connection that can be used, as far as is known.
   *
   * @param use What it is to be used for.
   * @returns The connection, or `undefined` if there is none.
   */
  take(use: string): HttpClientConnection | undefined {
    const connection = this.#of(use).at(-1);
    if (connection === undefined) return undefined;
    this.#connections.delete(connection);
    connection.idleTimer.end();
    return connection;
  }

  /**
   * Closes them all.
   *
   * @returns When they are closed.
   */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#connections].map((connection) => this.#drop(connection)),
    );
  }

  #of(use: string): HttpClientConnection[] {
    return [...this.#connections].filter((connection) =>
      connection.use === use
    );
  }

  /** Closes a connection, unless somebody has taken it and looks after it. */
  async #drop(connection: HttpClientConnection): Promise<void> {
    if (this.#connections.delete(connection)) await connection.close();
  }
}
