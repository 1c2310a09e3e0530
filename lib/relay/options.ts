/**
 * What can be chosen for a relay, and what it reports.
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";
import type { ChannelOptions } from "../session/channel/channel_settings.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { Connection } from "../transport/connection.ts";

/** Which way bytes go, seen from the client that opened the connection. */
export type RelayDirection = "toServer" | "toClient";

/**
 * What a relay can join: a connection of any transport, or a connection of
 * messages, whose messages are not looked at.
 */
export type Relayable = Connection | MessageConnection<unknown, never>;

/**
 * Opens the server's side of a relay.
 *
 * @param signal Aborted if the client is lost before there is a connection.
 * @returns The connection, which the relay owns from then on.
 */
export type OpenRelay = (signal: AbortSignal) => Promise<Relayable>;

/**
 * Options for `relay`. The deadlines are those of connections without messages; a
 * {@linkcode MessageConnection} has deadlines of its own.
 */
export interface RelayOptions
  extends Pick<ChannelOptions, "idleTimeoutMs" | "sendTimeoutMs"> {
  /**
   * When the server's side is opened, if it is given as a function: `"early"` at
   * once, so that the server can speak first, `"late"` once the client has sent a
   * byte or has finished sending.
   *
   * @default {"early"}
   */
  readonly connect?: "early" | "late";
  /**
   * Called with the bytes of every read, before they are written to the other
   * side. The bytes are valid during the call only, so copy what you keep. It is
   * synchronous, and the relay waits for nothing that it begins. If it throws, the
   * relay goes on; {@linkcode RelayReport.observerError} has the first error.
   */
  readonly onChunk?:
    | ((direction: RelayDirection, bytes: Uint8Array) => void)
    | undefined;
  /**
   * Called before every read. The read waits for the promise that it returns, and
   * with it the sender: so a recording that cannot be written fast enough slows the
   * traffic and loses nothing. If it throws or rejects, the relay goes on.
   */
  readonly ready?: (() => Promise<void> | undefined) | undefined;
  /**
   * Called once for each direction when its sender has finished, after the last
   * bytes and before the end is passed on. A direction that fails has no such call.
   */
  readonly onEnd?: ((direction: RelayDirection) => void) | undefined;
}

/** What went over a relay, and how it ended. */
export interface RelayReport {
  /** Bytes of the client that the server's side has taken. */
  readonly toServer: number;
  /** Bytes of the server that the client's side has taken. */
  readonly toClient: number;
  /**
   * Which side ended first, by finishing or by failing; `"self"` if this program
   * ended the relay, as a server does that shuts down.
   */
  readonly endedBy: Side | "self";
  /** Which side failed; `undefined` if both finished in order. */
  readonly failed: Side | undefined;
  /** Why it failed. */
  readonly error: unknown;
  /** The first error of `onChunk`, `onEnd` or `ready`. */
  readonly observerError: unknown;
}
