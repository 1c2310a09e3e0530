/**
 * What a server is to its users.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
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
 * @typeParam T Type of a message.
 * @param connection The connection; closed by the server.
 */
export type Handler<T = Uint8Array> = (
  connection: MessageConnection<T>,
) => Promise<void> | void;

/** A running server. */
export interface Server<T = Uint8Array> extends AsyncDisposable {
  /** Where it listens, the first address if there are several. */
  readonly address: Address;
  /** Where it listens. */
  readonly addresses: readonly Address[];
  /** The connections that are open now. */
  readonly connections: ReadonlySet<MessageConnection<T>>;
  /** Resolves once the server has shut down, with who finished and who was cut. */
  readonly finished: Promise<ShutdownReport>;
  /** What went over the server so far. */
  readonly stats: ServerStats;

  /**
   * Shows another certificate to whoever connects from now on. Open connections
   * are left alone.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} With code `"tls"` if the two do not belong together
   * or are none; then nothing changes.
   * @throws {TypeError} If the server listens on no `tls:` address.
   */
  setCertificate(certificate: TlsCertificate): Promise<void>;

  /**
   * Stops accepting, lets handlers finish what has begun, cuts the rest. The
   * handlers' iterations end after the messages that have begun to arrive, and
   * `connection.signal` is aborted.
   *
   * @param options How long they may take.
   * @returns Who finished and who was cut; the second call waits for the first.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}
