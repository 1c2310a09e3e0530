/**
 * The state that the two directions of a connection share.
 *
 * @module
 */

import type { HttpVersion } from "./events.ts";
import type { Fields } from "./fields.ts";

/** Which end of the connection this is. */
export type HttpRole = "client" | "server";

/**
 * How far one direction of the current exchange has come.
 *
 * ```text
 * idle ─► body ─► done ─► idle, for another exchange, or closed
 *   └───────┴────► switched: the bytes after it are not HTTP
 * ```
 *
 * - `idle`: nothing yet, informational heads apart
 * - `body`: the head is over, the end is not
 * - `done`: over; idle or closed once the other direction is done too
 * - `closed`: nothing more arrives, or may be sent
 * - `switched`: the bytes belong to another protocol
 * - `failed`: the peer broke HTTP, and nothing more is read
 */
export type HttpState =
  | "idle"
  | "body"
  | "done"
  | "closed"
  | "switched"
  | "failed";

/** The request and response in progress, or the next ones. */
export class ConnectionState {
  /** Which end this is. */
  readonly role: HttpRole;
  /** How far the peer's direction has come. */
  peer: HttpState = "idle";
  /** How far this side's direction has come. */
  own: HttpState = "idle";
  /** Whether another exchange may follow, as far as is known. */
  keepAlive = true;
  /** The request's method; `undefined` if none was read or sent. */
  method: string | undefined;
  /** The request's version. */
  version: HttpVersion = "1.1";
  /** The request's fields. */
  request: Fields | undefined;
  /** Whether the client waits for `100 Continue`, as far as its head says. */
  awaitsContinue = false;

  /**
   * Creates the state of a new connection.
   *
   * @param role Which end this is.
   */
  constructor(role: HttpRole) {
    this.role = role;
  }

  /** Begins another exchange once both directions are done with this one. */
  settle(): void {
    if (this.own !== "done") return;
    if (this.peer === "failed") this.own = "closed";
    // A server that answers before the request has come closes afterwards. A
    // client is waiting for the response.
    else if (this.peer === "idle" && this.role === "server") this.close();
    if (this.peer !== "done") return;
    if (!this.keepAlive) return this.close();
    this.own = this.peer = "idle";
    this.method = this.request = undefined;
  }

  /** Ends both directions. */
  close(): void {
    this.own = this.peer = "closed";
  }

  /** Hands both directions over to another protocol. */
  switch(): void {
    this.own = this.peer = "switched";
  }
}

/**
 * Tells whether a message lets the connection stay open (RFC 9112 section 9.3).
 *
 * @param fields Its fields.
 * @param version Its version.
 * @returns Whether it does.
 */
export function persists(fields: Fields, version: HttpVersion): boolean {
  if (fields.connection === undefined) return version === "1.1";
  if (fields.hasConnection("close")) return false;
  return version === "1.1" || fields.hasConnection("keep-alive");
}
