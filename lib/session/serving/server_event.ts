/**
 * What a server reports while it runs, and what it reports when nothing listens.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import {
  type ConnectionEvent,
  isOwnFailure,
  reportConnectionEvent,
  reportPeer,
} from "../messages/connection_event.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import type { ConnectionStats } from "../messages/receive_options.ts";

/**
 * Something that happened on a server; `type` tells what.
 *
 * @typeParam T Type of a message.
 * @typeParam C Type of a connection.
 */
export type ServerEvent<T = Uint8Array, C = MessageConnection<T>> =
  | {
    /** A connection was accepted. */
    readonly type: "opened";
    /** The connection. */
    readonly connection: C;
  }
  | {
    /** A connection is over. */
    readonly type: "closed";
    /** The connection. */
    readonly connection: C;
    /** What ended it, or `undefined` if the handler returned. */
    readonly error: unknown;
    /** What went over it. */
    readonly stats: ConnectionStats;
    /** How long it was open, in milliseconds. */
    readonly durationMs: number;
  }
  | ConnectionEvent<T, C>
  | {
    /**
     * A connection was closed before its handler saw it: there were too many,
     * or a proxy did not say which client it was for.
     */
    readonly type: "refused";
    /** The peer's address. */
    readonly remoteAddress: Address;
    /**
     * A {@linkcode ConnectionError} that names the limit that was reached, or what
     * was wrong with the proxy's header.
     */
    readonly error: unknown;
  }
  | {
    /**
     * A connection ended before it began: the two ends could not agree on TLS,
     * or `wrap` failed.
     */
    readonly type: "handshake_failed";
    /** The peer's address. */
    readonly remoteAddress: Address;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** Connections cannot be accepted for the moment; the server tries again. */
    readonly type: "paused";
    /** Where. */
    readonly address: Address;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** Connections are accepted again. */
    readonly type: "resumed";
    /** Where. */
    readonly address: Address;
  };

/** An event of a connection of any kind. */
type AnyEvent<T> = ServerEvent<T, { readonly remoteAddress: Address }>;

/**
 * Reports on standard error what should not go unnoticed, for programs that do
 * not listen to events: failed handlers, peers that break the framing, and what
 * was not sent.
 */
export function reportOnConsole<T>(event: AnyEvent<T>): void {
  switch (event.type) {
    case "closed":
      if (event.error instanceof ProtocolError) {
        const { remoteAddress } = event.connection;
        reportPeer(remoteAddress, "broke the framing", event.error);
      } else reportFailedHandler(event);
      break;
    case "bad_frame":
    case "unsent":
      reportConnectionEvent(event);
  }
}

/** Reports a handler's failure on standard error, as `Deno.serve` does. */
export function reportFailedHandler<T>(event: AnyEvent<T>): void {
  if (event.type !== "closed" || !isOwnFailure(event.error)) return;
  // deno-lint-ignore no-console
  console.error("A connection's handler failed:", event.error);
}
