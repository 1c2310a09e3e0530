/**
 * What a server can be told, and what it tells.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import type { ProxyProtocolOptions } from "../../transport/proxy/proxied.ts";
import type { Address } from "../../transport/address.ts";
import type {
  ListenOptions,
  UnixListenOptions,
} from "../../transport/connection.ts";
import type { TlsListenOptions } from "../../transport/tls/options.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import type { ConnectionStats } from "../messages/receive_options.ts";
import { checkDuration, checkOneOf, checkSize } from "../../check.ts";
import type { MessageOptions } from "../messages/settings.ts";
import type { SlotLimits } from "./slots.ts";

/**
 * The default of {@linkcode ServeOptions.maxConnections}: 10,000, some 200 MiB
 * of idle connections.
 */
export const DEFAULT_MAX_CONNECTIONS: number = 10_000;

/** The default of {@linkcode ShutdownOptions.graceMs}: 5 s, as Ranch. */
export const DEFAULT_GRACE_MS: number = 5_000;

/**
 * Something that happened on a server; `type` tells what.
 *
 * @typeParam T Type of a message.
 */
export type ServerEvent<T = Uint8Array> =
  | {
    /** A connection was accepted. */
    readonly type: "opened";
    /** The connection. */
    readonly connection: MessageConnection<T>;
  }
  | {
    /** A connection is over. */
    readonly type: "closed";
    /** The connection. */
    readonly connection: MessageConnection<T>;
    /** What ended it, or `undefined` if the handler returned. */
    readonly error: unknown;
    /** What went over it. */
    readonly stats: ConnectionStats;
    /** How long it was open, in milliseconds. */
    readonly durationMs: number;
  }
  | {
    /**
     * A connection was closed before its handler saw it: there were too many,
     * or a proxy did not tell whose it was.
     */
    readonly type: "refused";
    /** Whose it was. */
    readonly remoteAddress: Address;
    /** Which limit was reached, or what was wrong. */
    readonly reason: string;
  }
  | {
    /** A connection ended before it began: the two ends could not agree on TLS. */
    readonly type: "handshake_failed";
    /** Whose it was. */
    readonly remoteAddress: Address;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** Connections cannot be accepted for the moment; it is tried again. */
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

/**
 * Options for `serve`.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @typeParam T Type of a message.
 */
export interface ServeOptions<E extends EncodingLike = "bytes", T = Uint8Array>
  extends
    MessageOptions<E>,
    ListenOptions,
    TlsListenOptions,
    UnixListenOptions {
  /**
   * Most connections at once; `Infinity` for no bound but the system's.
   *
   * @default {10_000}
   */
  readonly maxConnections?: number;
  /**
   * Most connections at once from one IP address; one more is refused.
   *
   * @default {Infinity}
   */
  readonly maxConnectionsPerPeer?: number;
  /**
   * Called for everything worth a line in a log. It must not throw.
   *
   * @default {failed handlers are reported with `console.error`}
   */
  readonly onEvent?: (event: ServerEvent<T>) => void;
  /**
   * Which peers are proxies that tell their clients' addresses first, by the
   * PROXY protocol. The clients' addresses are then the connections'.
   *
   * @default {none}
   */
  readonly proxyProtocol?: ProxyProtocolOptions;
  /** Shuts the server down when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in milliseconds that a client may take to agree on TLS;
   * `Infinity` for no bound. It takes up one of `maxConnections` meanwhile.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
  /**
   * What happens to one connection more than `maxConnections`: it waits in the
   * system's queue, or it is accepted and closed at once.
   *
   * @default {"wait"}
   */
  readonly whenFull?: "wait" | "refuse";
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

/** A connection that a shutdown had to cut. */
export interface CutConnection {
  /** Whose it was. */
  readonly remoteAddress: Address;
  /** Bytes accepted for sending that were not taken by the system. */
  readonly unsentBytes: number;
}

/** How a server ended. */
export interface ShutdownReport {
  /** How many connections finished by themselves within the grace period. */
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
