/**
 * Opens the client's connection.
 *
 * @module
 */

import {
  Address,
  connect,
  type Connection,
  dial,
  type DialOptions,
  MessageConnection,
  startTls,
  TimeoutError,
} from "../../mod.ts";
import type { TlsDialOptions } from "../../lib/transport/tls/mod.ts";
import { ChunkedConnection } from "../output/chunks.ts";
import type { ClientCommand } from "./client_command.ts";
import { formatDuration } from "../arguments/durations.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import { sendProxyHeader } from "./proxy_header.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { tlsOptions } from "./tls_settings.ts";

/**
 * Opens the connection that a command line asks for.
 *
 * @param terminal Where certificates are.
 * @param log The log, for chunks.
 * @param signal Aborts the attempt.
 * @throws {Failure} With code 124 if `--timeout` is over first.
 */
export async function openConnection(
  command: ClientCommand,
  terminal: Terminal,
  log: Log,
  signal: AbortSignal,
): Promise<MessageConnection> {
  const { address, options } = command;
  const tls = await tlsOptions(command, terminal, log);
  const { timeout } = options;
  const connectTimeoutMs = Math.min(timeout, options["connect-timeout"]);
  const tlsHandshakeTimeoutMs = Math.min(timeout, options["handshake-timeout"]);
  try {
    const messageOptions = {
      framing: options.frame,
      idleTimeoutMs: options["idle-timeout"],
      maxMessageBytes: options["max-message"],
      messageTimeoutMs: options["message-timeout"],
      sendTimeoutMs: options["send-timeout"],
    };
    const readBytes = options["read-size"] ?? Infinity;
    const version = options["proxy-protocol"];
    if (version !== undefined && address.transport === "tls") {
      // The header comes below TLS.
      const plain = new Address("tcp", address.hostname, address.port);
      const line = await dialIn(connectTimeoutMs, plain, { signal });
      await sendHeader(line, command, version);
      const connection = new MessageConnection(line, messageOptions);
      await startTls(connection, {
        serverName: address.hostname,
        ...tls,
        signal,
        tlsHandshakeTimeoutMs,
      });
      return connection;
    }
    if (!options.chunks && readBytes === Infinity && version === undefined) {
      return await connect(address, {
        ...messageOptions,
        ...tls,
        connectTimeoutMs,
        signal,
        tlsHandshakeTimeoutMs,
      });
    }
    const connection = await dialIn(connectTimeoutMs, address, {
      ...tls,
      signal,
    });
    if (version !== undefined) await sendHeader(connection, command, version);
    const chunked = new ChunkedConnection(connection, {
      readBytes,
      log: options.chunks ? log : undefined,
    });
    return new MessageConnection(chunked, messageOptions);
  } catch (error) {
    if (isLate(error, timeout)) {
      throw new Failure(
        EXIT.timeout,
        `cannot connect to ${address}: no answer within ${
          formatDuration(timeout)
        } (--timeout); check the address, or allow more time`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Whether `--timeout` ran out, and not a deadline of its own. */
function isLate(error: unknown, timeoutMs: number): boolean {
  return error instanceof TimeoutError && error.timeoutMs === timeoutMs &&
    (error.deadline === "connect" || error.deadline === "tls_handshake");
}

async function sendHeader(
  connection: Connection,
  { options }: ClientCommand,
  version: 1 | 2,
): Promise<void> {
  try {
    // The first bytes always find room, so this does not wait.
    await sendProxyHeader(connection, {
      source: options["proxy-source"],
      version,
    });
  } catch (error) {
    connection.abort();
    throw error;
  }
}

/**
 * Opens a connection, with the TLS handshake if there is one, within a time.
 */
async function dialIn(
  timeoutMs: number,
  address: Address,
  options: DialOptions & TlsDialOptions & { readonly signal: AbortSignal },
): Promise<Connection> {
  const late = new AbortController();
  const timer = timeoutMs === Infinity
    ? undefined
    : setTimeout(() =>
      late.abort(
        new TimeoutError("connect", timeoutMs, {
          action: "connect to",
          address: String(address),
          reason: `no answer within ${timeoutMs} ms`,
          option: "connectTimeoutMs",
        }),
      ), timeoutMs);
  const signal = AbortSignal.any([options.signal, late.signal]);
  try {
    const connection = await dial(address, { ...options, signal });
    await agree(connection, signal);
    return connection;
  } finally {
    clearTimeout(timer);
  }
}

async function agree(
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  if (connection.handshake === undefined) return;
  const abort = () => connection.abort();
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) abort();
    await connection.handshake();
  } catch (error) {
    connection.abort();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
