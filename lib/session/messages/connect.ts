/**
 * Opens a connection that carries messages.
 *
 * @module
 */

import type { EncodingLike, MessageOf } from "../../encoding/parse.ts";
import { TimeoutError } from "../../errors.ts";
import { type Address, parseAddress } from "../../transport/address.ts";
import type { Connection, DialOptions } from "../../transport/connection.ts";
import { dial } from "../../transport/open.ts";
import type { TlsDialOptions } from "../../transport/tls/options.ts";
import {
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  shakeHands,
} from "../channel/handshake.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { MessageConnection } from "./message_connection.ts";
import { checkDuration } from "../../check.ts";
import { type MessageOptions, Settings } from "./settings.ts";
import { within } from "../../time/within.ts";

/** The default of {@linkcode ConnectOptions.connectTimeoutMs}: 10 s. */
export const DEFAULT_CONNECT_TIMEOUT_MS: number = 10_000;

/**
 * Options for {@linkcode connect}.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface ConnectOptions<E extends EncodingLike = "bytes">
  extends MessageOptions<E>, DialOptions, TlsDialOptions {
  /**
   * Longest time in milliseconds until the connection is there, with looking up
   * the name; `Infinity` for no bound but the system's, which is minutes.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * Longest time in milliseconds to agree on TLS, once there is a connection;
   * `Infinity` for no bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
}

/**
 * Opens a connection that carries messages.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param address The peer's address, such as `"tcp://127.0.0.1:7342"`.
 * @param options Framing, encoding, limits, deadlines, socket options. The
 * `signal` ends the attempt only; later use `abort`.
 * @returns The connection, owned by the caller.
 * @throws {TypeError} If the address, framing or encoding is none.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If there is no connection to be had, with code
 * `"tls"` if the two ends cannot agree on TLS.
 * @throws {TimeoutError} If there is none in time.
 *
 * @example Asking a server
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { framing: "length:4", encoding: "text" } as const;
 * await using server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
 *   for await (const message of peer) await peer.send(message.toUpperCase());
 * });
 *
 * await using connection = await connect(server.address, options);
 * await connection.send("hello");
 * assertEquals(await connection.receive(), "HELLO");
 * ```
 */
export async function connect<E extends EncodingLike = "bytes">(
  address: string | Address,
  options: ConnectOptions<E> = {},
): Promise<MessageConnection<MessageOf<E>>> {
  const to = typeof address === "string" ? parseAddress(address) : address;
  const settings = new Settings<MessageOf<E>>(options);
  const {
    connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
    tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  } = options;
  checkDuration("connectTimeoutMs", connectTimeoutMs);
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  options.signal?.throwIfAborted();
  const connection = await dialWithin(to, connectTimeoutMs, options);
  await shakeHands(connection, tlsHandshakeTimeoutMs, options.signal);
  return new FramedConnection(connection, settings);
}

async function dialWithin(
  to: Address,
  timeoutMs: number,
  options: DialOptions & TlsDialOptions,
): Promise<Connection> {
  const limit = within(timeoutMs, options.signal, () =>
    new TimeoutError(
      "connect",
      timeoutMs,
      `Cannot connect to ${to}: no answer within ${timeoutMs} ms (connectTimeoutMs)`,
    ));
  const attempt = new AbortController();
  const dialled = dial(to, { ...options, signal: attempt.signal });
  try {
    return await limit.race(dialled);
  } catch (error) {
    attempt.abort(error);
    // Should it be made after all, nobody wants it any more.
    dialled.then((late) => late.abort(), () => {});
    throw error;
  } finally {
    limit.clear();
  }
}
