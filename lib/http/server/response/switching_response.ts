/**
 * The answer to a request for another protocol.
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

/** The answer to a request for another protocol: 101. */
export class SwitchingResponse extends Response {
  /** Takes the connection over. */
  readonly take: TakeConnection;

  constructor(headers: HeadersInit, take: TakeConnection) {
    super(null, { headers });
    this.take = take;
  }

  override get status(): number {
    return 101;
  }
}
