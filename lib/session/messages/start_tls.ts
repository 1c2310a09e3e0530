/**
 * Starts TLS on an open connection of messages.
 *
 * @module
 */

import type { Connection } from "../../transport/connection.ts";
import { overTls } from "../../transport/open.ts";
import type { TlsDialOptions } from "../../transport/tls/options.ts";
import {
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  shakeHands,
} from "../channel/handshake.ts";
import { channelOf } from "./framed_connection.ts";
import type { MessageConnection } from "./message_connection.ts";
import { checkDuration } from "../../check.ts";

/** Options for {@linkcode startTls}. */
export interface StartTlsOptions extends TlsDialOptions {
  /** Aborts the attempt, and the connection. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in milliseconds for the handshake; `Infinity` for no bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
}

/**
 * Starts TLS on an open connection, as the client (STARTTLS). Call it once the
 * server is ready and while no call waits for a message. If it fails, the
 * connection is aborted.
 *
 * @param connection The connection, which goes on over TLS.
 * @param options The authorities to trust, the certificate to show, and a
 * deadline. `serverName` defaults to the host that was connected to.
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
 */
export async function startTls<T>(
  connection: MessageConnection<T>,
  options: StartTlsOptions = {},
): Promise<void> {
  const {
    signal,
    tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  signal?.throwIfAborted();
  // Closing the connection meanwhile aborts the attempt too.
  const either = AbortSignal.any(
    signal === undefined ? [connection.signal] : [connection.signal, signal],
  );
  await channelOf(connection).replace(async (line: Connection) => {
    const over = await overTls(line, options);
    await shakeHands(over, tlsHandshakeTimeoutMs, either);
    return over;
  });
}
