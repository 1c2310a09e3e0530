/**
 * Bounds the handshakes of TLS and WebSocket.
 *
 * @module
 */

import { ConnectionError, TimeoutError } from "../../errors.ts";
import type { Transport } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";

// By the transport; all others begin with TLS.
const SPOKEN: Partial<Record<Transport, string>> = {
  ws: "WebSocket",
  wss: "WebSocket over TLS",
};

/**
 * Performs the handshake of a connection, if it has one.
 *
 * @param connection The connection; closed if it fails.
 * @param timeoutMs Longest time in milliseconds.
 * @param signal Aborts it with its reason.
 * @param time The source of time.
 * @throws {ConnectionError} If the two ends cannot agree.
 * @throws {TimeoutError} If that takes too long.
 */
export async function shakeHands(
  connection: Connection,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  time: Time = SYSTEM_TIME,
): Promise<void> {
  if (connection.handshake === undefined) return;
  const limit = within(
    timeoutMs,
    signal,
    () =>
      new TimeoutError("tls_handshake", timeoutMs, {
        action: "shake hands with",
        address: String(connection.remoteAddress),
        reason: `not done within ${timeoutMs} ms`,
        option: "tlsHandshakeTimeoutMs",
        advice: `check that the peer speaks ${
          SPOKEN[connection.remoteAddress.transport] ?? "TLS"
        } there`,
      }),
    time,
  );
  try {
    await limit.race(connection.handshake());
  } catch (error) {
    // Closing sends the alert with the reason.
    if (error instanceof ConnectionError) connection.close();
    else connection.abort();
    await connection.released;
    throw error;
  } finally {
    limit.clear();
  }
}
