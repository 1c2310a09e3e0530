/**
 * One attempt over a connection: TCP, TLS, a Unix socket or WebSocket.
 *
 * @module
 */

import type { Framing } from "../../../lib/framing/mod.ts";
import type { Address, MessageConnection } from "../../../mod.ts";
import { connect } from "../../../lib/core.ts";
import type { TlsDialOptions } from "../../../lib/transport/tls/mod.ts";
import { isWebSocket } from "../../arguments/kinds.ts";
import { absent, type Finding, type Probe, READY } from "../finding.ts";
import { type Asked, unmatched } from "./answer.ts";

// A server that is ready need not be good at closing.
const CLOSING_MS = 500;
// As much of an answer without a framing is looked at.
const MOST_BYTES = 64 * 1024;

/**
 * Makes the attempt: a connection that opens, with its handshakes, is ready, unless
 * there is something to send or to expect.
 */
export function connectionProbe(
  address: Address,
  framing: Framing,
  asked: Asked,
  tls: TlsDialOptions,
): Probe {
  const isRaw = framing.boundary === "none" && !isWebSocket(address);
  return async (signal) => {
    const connection = await connect(address, {
      ...tls,
      // WebSocket has a framing of its own.
      framing,
      connectTimeoutMs: Infinity,
      tlsHandshakeTimeoutMs: Infinity,
      onEvent() {},
      signal,
    });
    try {
      return await answered(connection, asked, isRaw, signal);
    } finally {
      await closed(connection, signal);
    }
  };
}

async function answered(
  connection: MessageConnection,
  { expect, send }: Asked,
  isRaw: boolean,
  signal: AbortSignal,
): Promise<Finding> {
  if (send === undefined && expect === undefined) return READY;
  // What has come of an answer that is not whole.
  let hint: string | undefined;
  const stop = () => {
    hint = connection.waitHint?.text;
    connection.abort(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  let last: Uint8Array | undefined;
  try {
    if (send !== undefined) await connection.send(send);
    for await (const message of connection) {
      last = isRaw && last !== undefined ? joined(last, message) : message;
      if (expect === undefined || expect(last)) return READY;
      if (isRaw && last.length >= MOST_BYTES) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    // What came says more than that nothing followed.
    if (last === undefined) {
      if (hint === undefined) throw error;
      return absent("unanswered", `no whole answer: ${hint}; check --frame`);
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return last === undefined
    ? absent("closed", "it closed the connection without an answer")
    : unmatched(last);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Closes in order, so that the server sees no failure, but not for long. */
async function closed(
  connection: MessageConnection,
  signal: AbortSignal,
): Promise<void> {
  const abort = () => connection.abort();
  const timer = setTimeout(abort, CLOSING_MS);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  await connection.close().catch(() => {});
  clearTimeout(timer);
  signal.removeEventListener("abort", abort);
}
