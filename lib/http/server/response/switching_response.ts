/**
 * The answer behind which HTTP ends: to a request for another protocol, or for a
 * tunnel.
 *
 * @module
 */

import type { Connection } from "../../../transport/connection.ts";

/**
 * Speaks another protocol over a connection. When it returns, what it wrote is
 * sent and the connection is closed; when it throws, the connection is aborted.
 *
 * @param connection The connection. What the client sent behind its request is
 * read first.
 */
export type TakeConnection = (connection: Connection) => Promise<void> | void;

/** The answer 101 to a request for another protocol, or 200 to CONNECT. */
export class SwitchingResponse extends Response {
  /** Takes the connection over. */
  readonly take: TakeConnection;
  readonly #status: 101 | 200;

  constructor(
    status: 101 | 200,
    headers: HeadersInit | undefined,
    take: TakeConnection,
  ) {
    super(null, headers === undefined ? {} : { headers });
    this.#status = status;
    this.take = take;
  }

  // The platform's constructor refuses 101.
  override get status(): number {
    return this.#status;
  }

  /** Whether it opens a tunnel. */
  get isTunnel(): boolean {
    return this.#status === 200;
  }
}
