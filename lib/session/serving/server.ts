/**
 * What a server is to its users.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import type { ConnectionStats } from "../messages/receive_options.ts";
import type {
  ServerStats,
  ShutdownOptions,
  ShutdownReport,
} from "./server_options.ts";

/**
 * Talks to one peer. When it returns, what it sent is written and the connection
 * closed; when it throws, what it sent is written, the connection is aborted and
 * the others go on.
 *
 * @typeParam T Type of a received message.
 * @typeParam S Type of a message that can be sent.
 * @param connection The connection; closed by the server.
 */
export type Handler<T = Uint8Array, S = T> = (
  connection: MessageConnection<T, S>,
) => Promise<void> | void;

/** What the connections of all servers have in common, whatever they speak. */
export interface ServerConnection {
  /** This end's address. */
  readonly localAddress: Address;
  /** The peer's address. */
  readonly remoteAddress: Address;
  /** What went over the connection so far. */
  readonly stats: ConnectionStats;
  /** Aborted when the conversation is to end; the reason says why. */
  readonly signal: AbortSignal;

  /**
   * Ends the conversation at once, dropping what was not written or read.
   *
   * @param reason What pending and later calls are thrown.
   */
  abort(reason?: unknown): void;
}

/**
 * A running server.
 *
 * @typeParam T Type of a message.
 * @typeParam C Type of a connection.
 */
export interface Server<T = Uint8Array, C = MessageConnection<T>>
  extends AsyncDisposable {
  /** Where it listens, the first address if there are several. */
  readonly address: Address;
  /** Where it listens. */
  readonly addresses: readonly Address[];
  /** The connections that are open now. */
  readonly connections: ReadonlySet<C>;
  /** Resolves once the server has shut down, with what finished and what was cut. */
  readonly finished: Promise<ShutdownReport>;
  /** What went over the server so far. */
  readonly stats: ServerStats;

  /**
   * Shows another certificate to clients that connect from now on. Open
   * connections are left alone.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} With code `"tls"` if the two do not belong together
   * or cannot be read; then nothing changes.
   * @throws {TypeError} If the server listens on no `tls:` address.
   */
  setCertificate(certificate: TlsCertificate): Promise<void>;

  /**
   * Stops accepting, lets handlers finish what has begun, cuts the rest. The
   * handlers' iterations end after the messages that have begun to arrive, and
   * `connection.signal` is aborted.
   *
   * @param options How long they may take.
   * @returns What finished and what was cut; the second call waits for the first.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}
