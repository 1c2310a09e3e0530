/**
 * How the client gets its connection.
 *
 * @module
 */

import {
  type Address,
  connect,
  type Connection,
  dial,
  MessageConnection,
  TimeoutError,
} from "../mod.ts";
import { ChunkedConnection } from "./chunks.ts";
import type { ClientCommand } from "./client_options.ts";
import { formatDuration } from "./durations.ts";
import { EXIT, Failure } from "./exit_code.ts";
import type { Log } from "./log.ts";
import { sendProxyHeader } from "./proxy_header.ts";

/**
 * Opens the connection that a command line asks for.
 *
 * @param command The command line.
 * @param log Where chunks are told.
 * @param signal Ends the attempt.
 * @returns The connection.
 * @throws {Failure} With code 124 if `--timeout` is over first.
 */
export async function openConnection(
  command: ClientCommand,
  log: Log,
  signal: AbortSignal,
): Promise<MessageConnection> {
  const { address, options } = command;
  const { timeout } = options;
  const connectTimeoutMs = Math.min(timeout, options["connect-timeout"]);
  try {
    const messageOptions = {
      framing: options.frame,
      idleTimeoutMs: options["idle-timeout"],
      maxMessageBytes: options["max-message"],
      messageTimeoutMs: options["message-timeout"],
      sendTimeoutMs: options["send-timeout"],
    };
    const readBytes = options["read-size"] ?? Infinity;
    const isPlain = !options.chunks && readBytes === Infinity &&
      options["proxy-protocol"] === undefined;
    if (isPlain) {
      const how = { ...messageOptions, connectTimeoutMs, signal };
      return await connect(address, how);
    }
    const connection = await dialWithin(command, connectTimeoutMs, signal);
    const chunked = new ChunkedConnection(connection, {
      readBytes,
      log: options.chunks ? log : undefined,
    });
    return new MessageConnection(chunked, messageOptions);
  } catch (error) {
    if (connectTimeoutMs === timeout && isConnectTimeout(error)) {
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

function isConnectTimeout(error: unknown): boolean {
  return error instanceof TimeoutError && error.deadline === "connect";
}

async function dialWithin(
  { address, options }: ClientCommand,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Connection> {
  const version = options["proxy-protocol"];
  const source = options["proxy-source"];
  const connection = await dialIn(timeoutMs, address, signal);
  if (version === undefined) return connection;
  try {
    // The first bytes of all find room, so it waits for nobody.
    await sendProxyHeader(connection, { source, version });
    return connection;
  } catch (error) {
    connection.abort();
    throw error;
  }
}

async function dialIn(
  timeoutMs: number,
  address: Address,
  signal: AbortSignal,
): Promise<Connection> {
  if (timeoutMs === Infinity) return await dial(address, { signal });
  const late = new AbortController();
  const timer = setTimeout(() =>
    late.abort(
      new TimeoutError(
        "connect",
        timeoutMs,
        `Cannot connect to ${address}: no answer within ${timeoutMs} ms`,
      ),
    ), timeoutMs);
  try {
    const both = AbortSignal.any([signal, late.signal]);
    return await dial(address, { signal: both });
  } finally {
    clearTimeout(timer);
  }
}
