/**
 * Connections that wait for another request.
 *
 * A server may close one at any time. So each is read from while it waits. If
 * the end or any bytes arrive, it is not used again.
 *
 * @module
 */

import { Roster } from "../../../roster.ts";
import type { HttpClientConnection } from "./client_connection.ts";

/** The limits of connections that wait. */
export interface IdleLimits {
  /** Most in all. */
  readonly maxIdleConnections: number;
  /** Most to one scheme, host and port, except for a moment. */
  readonly maxIdlePerOrigin: number;
  /** Longest time in milliseconds that one waits. */
  readonly keepAliveTimeoutMs: number;
}

// A program that sends fifty requests at a time returns fifty connections in
// one turn, and needs them again in the next. Connecting again for most of them
// would take three times as long.
const SPARE_MS = 100;

/** Connections that wait, the last one to be used again first. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  // In the order in which they came.
  readonly #connections = new Roster<HttpClientConnection>();

  /**
   * Creates an empty pool.
   *
   * @param limits How many connections wait, and how long.
   */
  constructor(limits: IdleLimits) {
    this.#limits = limits;
  }

  /**
   * Keeps a connection, only for a moment if there are enough for the same use.
   * If there are too many in all, the oldest is closed.
   */
  put(connection: HttpClientConnection): void {
    const { keepAliveTimeoutMs, maxIdleConnections, maxIdlePerOrigin } =
      this.#limits;
    const isSpare = this.#of(connection.use).length >= maxIdlePerOrigin;
    const longestMs = isSpare ? SPARE_MS : Infinity;
    const waitMs = Math.min(keepAliveTimeoutMs, longestMs);
    this.#connections.add(connection);
    connection.idleTimer.begin(waitMs, () => this.#drop(connection));
    void connection.fill().then(() => this.#drop(connection));
    if (this.#connections.size > maxIdleConnections) {
      const [oldest] = this.#connections;
      void this.#drop(oldest!);
    }
  }

  /**
   * Takes a connection that can be used, as far as is known.
   *
   * @param use The use, by `connectionUse`.
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
   * @returns Resolves when they are closed.
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

  /** Closes a connection, unless it was taken meanwhile. */
  async #drop(connection: HttpClientConnection): Promise<void> {
    if (this.#connections.delete(connection)) await connection.close();
  }
}
