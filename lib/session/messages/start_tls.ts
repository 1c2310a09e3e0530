/**
 * Starts TLS on an open connection of messages.
 *
 * @module
 */

import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../defaults.ts";
import type { Connection } from "../../transport/connection.ts";
import { wrapTls } from "../../transport/open.ts";
import type {
  TlsClientUpgrade,
  TlsServerUpgrade,
} from "../../transport/tls/options.ts";
import { shakeHands } from "../channel/handshake.ts";
import { replaceConnection } from "../channel/replace.ts";
import { channelOf, FramedConnection } from "./framed_connection.ts";
import type { MessageConnection } from "./message_connection.ts";
import { checkDuration } from "../../check.ts";

/** Options for {@linkcode startTls} as the client. */
export interface StartTlsOptions extends TlsClientUpgrade {
  /** Aborts the attempt, and the connection. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in milliseconds for the handshake; `Infinity` for no bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
}

/** Options for {@linkcode startTls} as the server. */
export interface StartTlsServerOptions
  extends
    TlsServerUpgrade,
    Pick<StartTlsOptions, "signal" | "tlsHandshakeTimeoutMs"> {}

/**
 * Starts TLS on an open connection of messages (STARTTLS), as the client or as the
 * server. The client calls it once the server is ready; the server calls it right
 * after it has said so. No call may wait for a message when it is called. What is
 * sent or received from then on goes over TLS. If it fails, the connection is
 * aborted.
 *
 * @param connection The connection, which goes on over TLS.
 * @param options As the client: the authorities to trust, the certificate to show,
 * and a deadline; `serverName` defaults to the host that was connected to. As the
 * server, with `side: "server"`: certificate and key, and whether the client needs
 * a certificate.
 * @throws {ConnectionError} If the two ends cannot agree, with code `"tls"`.
 * @throws {ProtocolError} If bytes have arrived that were not received yet.
 * They may be an attacker's, and must not count as sent over TLS.
 * @throws {RangeError} If the deadline is not a positive number.
 * @throws {TimeoutError} If the handshake takes too long.
 * @throws {TypeError} If a message is being waited for, or only one of `cert`
 * and `key` is given.
 *
 * @example Mail, which needs a mail server to run
 * ```ts ignore
 * import { connect, startTls } from "@parley/parley";
 *
 * await using mail = await connect("tcp://mail.example:25", { encoding: "text" });
 * await mail.receive(); // 220 mail.example ESMTP
 * await mail.send("STARTTLS\r");
 * await mail.receive(); // 220 Ready to start TLS
 * await startTls(mail);
 * ```
 *
 * @example The server's side of it
 * ```ts ignore
 * import { serve, startTls } from "@parley/parley";
 *
 * const [cert, key] = [Deno.readTextFileSync("cert.pem"), Deno.readTextFileSync("key.pem")];
 * await serve("tcp://127.0.0.1:2525", { encoding: "text" }, async (peer) => {
 *   for await (const line of peer) {
 *     if (line !== "STARTTLS") continue;
 *     await peer.send("220 Ready to start TLS");
 *     return await startTls(peer, { side: "server", cert, key });
 *   }
 * });
 * ```
 */
export function startTls(
  connection: MessageConnection<unknown, never>,
  options?: StartTlsOptions | StartTlsServerOptions,
): Promise<void>;
/**
 * Starts TLS on an open connection of bytes, below any messages. No read or write
 * may be pending, and you must not have read any of the bytes that belong to TLS.
 *
 * @param connection The connection, which TLS owns from now on.
 * @param options As for a connection of messages.
 * @returns The connection to use from now on.
 * @throws {ConnectionError} If the two ends cannot agree, with code `"tls"`.
 * @throws {RangeError} If the deadline is not a positive number.
 * @throws {TimeoutError} If the handshake takes too long.
 * @throws {TypeError} If options contradict each other, or the server has no
 * certificate. The connection is then as it was.
 *
 * @example TLS inside of TLS, as a proxy carries it
 * ```ts ignore
 * import { connect, startTls } from "@parley/parley";
 *
 * await using connection = await connect("tls://proxy.example:443", {
 *   wrap: (connection) => startTls(connection, { serverName: "inner.example" }),
 * });
 * ```
 */
export function startTls(
  connection: Connection,
  options?: StartTlsOptions | StartTlsServerOptions,
): Promise<Connection>;
export async function startTls(
  connection: MessageConnection<unknown, never> | Connection,
  options: StartTlsOptions | StartTlsServerOptions = {},
): Promise<void | Connection> {
  const {
    signal,
    tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  signal?.throwIfAborted();
  const signals = signal === undefined ? [] : [signal];
  // Closing a connection of messages meanwhile aborts the attempt too.
  if (isOfMessages(connection)) signals.push(connection.signal);
  const secured = async (below: Connection) => {
    const over = await wrapTls(below, options);
    await shakeHands(over, tlsHandshakeTimeoutMs, AbortSignal.any(signals));
    return over;
  };
  return isOfMessages(connection)
    ? await replaceConnection(
      channelOf(connection),
      "start TLS with",
      secured,
    )
    : await secured(connection);
}

function isOfMessages(
  connection: MessageConnection<unknown, never> | Connection,
): connection is MessageConnection<unknown, never> {
  return connection instanceof FramedConnection;
}
