/**
 * How the client gets its connection.
 *
 * @module
 */

import {
  Address,
  connect,
  type Connection,
  type MessageConnection,
  startTls,
  TimeoutError,
} from "../../../mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { messageSettings } from "../../arguments/common_options.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import { wireView } from "../../output/wire_view.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { ClientCommand } from "../client_command.ts";
import { tellConnectionEvent } from "./connection_log.ts";
import { retrying } from "./retry.ts";
import { sendProxyHeader } from "./proxy_header.ts";
import { tlsOptions } from "./tls_settings.ts";

/**
 * Opens the connection that a command line asks for.
 *
 * @param signal Ends the attempt.
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
  const tlsHandshakeTimeoutMs = Math.min(timeout, options["handshake-timeout"]);
  const settings = {
    ...messageSettings(options),
    connectTimeoutMs: Math.min(timeout, options["connect-timeout"]),
    idleTimeoutMs: options["idle-timeout"],
    messageTimeoutMs: options["message-timeout"],
    onEvent: tellConnectionEvent(log),
    sendTimeoutMs: options["send-timeout"],
    signal,
    wrap: wrapFor(command, log),
  };
  try {
    if (!hasHeaderBelowTls(command)) {
      const both = { ...settings, ...tls, tlsHandshakeTimeoutMs };
      const open = () => connect(address, both);
      return await retrying(open, { forMs: options.retry, log, signal });
    }
    // The header comes below TLS.
    const plain = new Address("tcp", address.hostname, address.port);
    const open = () => connect(plain, settings);
    const retry = { forMs: options.retry, log, signal };
    const connection = await retrying(open, retry);
    const serverName = address.hostname;
    const how = { serverName, ...tls, signal, tlsHandshakeTimeoutMs };
    await startTls(connection, how);
    return connection;
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

function hasHeaderBelowTls({ address, options }: ClientCommand): boolean {
  return address.transport === "tls" && options["proxy-protocol"] !== undefined;
}

/** What comes between a connection and its messages: a header, a view of reads. */
function wrapFor(
  { options }: ClientCommand,
  log: Log,
): ((connection: Connection) => Promise<Connection>) | undefined {
  const version = options["proxy-protocol"];
  const view = wireView(options, log, false);
  if (version === undefined && view === undefined) return undefined;
  return async (connection) => {
    if (version !== undefined) {
      // The first bytes of all find room, so nothing is waited for.
      const source = options["proxy-source"];
      await sendProxyHeader(connection, { source, version });
    }
    return view?.(connection) ?? connection;
  };
}

/** Whether it was `--timeout` that was over, and not a deadline of its own. */
function isLate(error: unknown, timeoutMs: number): boolean {
  return error instanceof TimeoutError && error.timeoutMs === timeoutMs &&
    (error.deadline === "connect" || error.deadline === "tls_handshake");
}
