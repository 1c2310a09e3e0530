/**
 * The options and the counts of a server.
 *
 * @module
 */

import { DEFAULT_GRACE_MS, DEFAULT_MAX_CONNECTIONS } from "../defaults.ts";
import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import type { ProxyProtocolOptions } from "../../transport/proxy/proxied.ts";
import type { Address } from "../../transport/address.ts";
import type {
  ListenOptions,
  UnixListenOptions,
} from "../../transport/connection.ts";
import type { TlsListenOptions } from "../../transport/tls/options.ts";
import type { WebSocketListenOptions } from "../../transport/ws/options.ts";
import { checkDuration, checkOneOf, checkSize } from "../../check.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import type { MessageOptions } from "../messages/settings.ts";
import type { WrapConnection } from "../messages/wrap.ts";
import type { ServerEvent } from "./server_event.ts";
import type { SlotLimits } from "./slots.ts";

export type { ServerEvent } from "./server_event.ts";

/**
 * Options for `serve`.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface ServeOptions<E extends EncodingLike = "bytes">
  extends
    MessageOptions<E>,
    ListenOptions,
    TlsListenOptions,
    WebSocketListenOptions,
    UnixListenOptions {
  /**
   * Most connections at once. `Infinity` leaves only the system's bound.
   *
   * @default {10_000}
   */
  readonly maxConnections?: number;
  /**
   * Most connections at once from one IP address. Further ones are refused.
   *
   * @default {Infinity}
   */
  readonly maxConnectionsPerPeer?: number;
  /**
   * Called with every event. It must not throw.
   *
   * @default {failed handlers, and peers that break the framing, are reported
   * with `console.error`}
   */
  readonly onEvent?: (
    event: ServerEvent<
      MessageOf<E>,
      MessageConnection<MessageOf<E>, SentOf<E>>
    >,
  ) => void;
  /**
   * Which peers are proxies that send their client's address first, by the
   * PROXY protocol. Their connections then have the client's address.
   *
   * @default {none}
   */
  readonly proxyProtocol?: ProxyProtocolOptions;
  /** Shuts the server down when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in milliseconds for the TLS handshake of a client; `Infinity`
   * for no bound. During it the client counts as one of `maxConnections`.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
  /**
   * What happens to connections beyond `maxConnections`: they wait in the
   * system's queue, or they are accepted and closed at once.
   *
   * @default {"wait"}
   */
  readonly whenFull?: "wait" | "refuse";
  /** Puts something between each connection and its messages. */
  readonly wrap?: WrapConnection | undefined;
}

/** Options for a server's `shutdown`. */
export interface ShutdownOptions {
  /**
   * How long handlers may take to finish, in milliseconds; then their
   * connections are aborted.
   *
   * @default {5_000}
   */
  readonly graceMs?: number;
}

/**
 * A connection that was cut during a shutdown, by the server or by the program.
 */
export interface CutConnection {
  /** The peer's address. */
  readonly remoteAddress: Address;
  /** Bytes accepted for sending that were not taken by the system. */
  readonly unsentBytes: number;
  /**
   * Bytes that the peer went on sending while the connection was being closed,
   * and that were dropped. If there are any, the peer may have lost bytes that
   * the system had taken for sending.
   */
  readonly droppedBytes?: number;
}

/** How a server ended. */
export interface ShutdownReport {
  /** How many connections ended in order within the grace period. */
  readonly finished: number;
  /** The ones that did not. */
  readonly cut: readonly CutConnection[];
}

/** What went over a server so far. */
export interface ServerStats {
  /** Connections accepted and not refused. */
  readonly accepted: number;
  /** Connections refused because there were too many. */
  readonly refused: number;
  /** Connections that ended with an error. */
  readonly failed: number;
  /** Bytes received on all connections. */
  readonly bytesIn: number;
  /** Bytes that the system has taken for sending on all connections. */
  readonly bytesOut: number;
  /** Messages received on all connections. */
  readonly messagesIn: number;
  /** Messages accepted for sending on all connections. */
  readonly messagesOut: number;
}

/**
 * Checks the options that bound the number of connections.
 *
 * @param options The options.
 * @returns The bounds, defaults filled in.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If there is no such policy.
 */
export function slotLimits(options: Partial<SlotLimits>): SlotLimits {
  const {
    maxConnections = DEFAULT_MAX_CONNECTIONS,
    maxConnectionsPerPeer = Infinity,
    whenFull = "wait",
  } = options;
  checkSize("maxConnections", maxConnections, 1);
  checkSize("maxConnectionsPerPeer", maxConnectionsPerPeer, 1);
  checkOneOf("whenFull", whenFull, ["wait", "refuse"]);
  return { maxConnections, maxConnectionsPerPeer, whenFull };
}

/**
 * Checks the grace period.
 *
 * @param options The options.
 * @returns It, in milliseconds.
 * @throws {RangeError} If it is negative.
 */
export function graceOf(options: ShutdownOptions): number {
  const { graceMs = DEFAULT_GRACE_MS } = options;
  return checkDuration("graceMs", graceMs, "0 or above");
}
