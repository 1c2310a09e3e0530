/**
 * TLS in the middle of a conversation.
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
  /** Ends the attempt, and the connection, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in milliseconds to agree; `Infinity` for no bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
}

/**
 * Agrees on TLS in the middle of a conversation, as the client (STARTTLS): once
 * the server has said that it is ready, and with nobody waiting for a message.
 * If it fails the connection is aborted.
 *
 * @param connection The connection, which goes on over TLS.
 * @param options Whom to trust, what to show, and how long it may take.
 * `serverName` is the host that was connected to, unless it is given.
 * @throws {ConnectionError} If the two ends cannot agree, with code `"tls"`.
 * @throws {ProtocolError} If more has arrived than was received: those bytes are
 * anybody's, and must not be taken for what comes over TLS.
 * @throws {RangeError} If the time is none.
 * @throws {TimeoutError} If they do not agree in time.
 * @throws {TypeError} If a message is being waited for, or only one of `cert` and
 * `key` is given.
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
  // Closing the connection in the middle ends the attempt as well.
  const either = AbortSignal.any(
    signal === undefined ? [connection.signal] : [connection.signal, signal],
  );
  await channelOf(connection).replace(async (line: Connection) => {
    const over = await overTls(line, options);
    await shakeHands(over, tlsHandshakeTimeoutMs, either);
    return over;
  });
}
