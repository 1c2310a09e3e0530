/**
 * How the client gets its connection.
 *
 * @module
 */

import type {
  MessageConnection,
  StartTlsOptions,
  WrapConnection,
} from "../../../mod.ts";
import { Address, TimeoutError } from "../../../lib/start.ts";
import { connect, startTls } from "../../../lib/core.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { isWebSocket } from "../../arguments/kinds.ts";
import {
  type MESSAGE_OPTIONS,
  messageSettings,
  type WIRE_OPTIONS,
} from "../../arguments/common_options.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { wireView } from "../../output/frames/wire_options.ts";
import type { ClientOptions } from "../client_option_table.ts";
import type { Surroundings } from "../run_client.ts";
import { tellConnectionEvent } from "./connection_log.ts";
import { retryFor } from "./retry.ts";
import {
  type WEBSOCKET_CLIENT_OPTIONS,
  type WEBSOCKET_OPTIONS,
  webSocketClient,
} from "../../websocket/websocket_options.ts";
import { tlsOptions, type TlsValues } from "./tls_settings.ts";

/** What says how to open a connection. */
export interface ConnectionCommand {
  /** Where to. */
  readonly address: Address;
  /** The values of the options that matter. */
  readonly options: Pick<
    ClientOptions,
    | keyof typeof MESSAGE_OPTIONS
    | keyof typeof WIRE_OPTIONS
    | keyof typeof WEBSOCKET_CLIENT_OPTIONS
    | keyof typeof WEBSOCKET_OPTIONS
    | keyof TlsValues
    | ("connect-timeout" | "handshake-timeout" | "idle-timeout" | "timeout")
    | ("header" | "message-timeout" | "retry" | "send-timeout")
    | ("proxy-protocol" | "proxy-source")
  >;
}

/** What a connection is opened with. */
type Parts = Pick<Surroundings, "log" | "recording" | "signal" | "terminal">;

/**
 * Opens the connection that a command line asks for.
 *
 * @throws {Failure} With code 124 if `--timeout` is over first.
 */
export async function openConnection(
  command: ConnectionCommand,
  parts: Parts,
): Promise<MessageConnection> {
  const { address, options } = command;
  const { log, signal, terminal } = parts;
  const { timeout } = options;
  const tls = {
    ...await tlsOptions(command, terminal, log),
    tlsHandshakeTimeoutMs: Math.min(timeout, options["handshake-timeout"]),
  };
  // The header comes below TLS, which then begins above it.
  const isBelow = hasHeaderBelowTls(command);
  const to = isBelow
    ? new Address("tcp", address.hostname, address.port)
    : address;
  const settings = {
    ...messageSettings(options),
    ...isBelow ? {} : tls,
    connectTimeoutMs: Math.min(timeout, options["connect-timeout"]),
    idleTimeoutMs: options["idle-timeout"],
    messageTimeoutMs: options["message-timeout"],
    retry: retryFor(options.retry, log),
    onEvent: tellConnectionEvent(log),
    sendTimeoutMs: options["send-timeout"],
    signal,
    ...isWebSocket(address)
      ? { webSocket: webSocketClient(options, options.header) }
      : {},
    wrap: await wrapFor(command, parts, isBelow ? tls : undefined),
  };
  try {
    return await connect(to, settings);
  } catch (error) {
    if (isLate(error, timeout)) throw late(address, timeout, error);
    throw error;
  }
}

function late(
  address: Address,
  timeoutMs: number,
  cause: TimeoutError,
): Failure {
  const { advice = "check the address", attempts = 1, deadline } = cause;
  const [what, why] = deadline === "tls_handshake"
    ? ["shake hands with", "not done"]
    : ["connect to", "no answer"];
  const times = attempts === 1 ? "" : `, tried ${attempts} times`;
  return new Failure(
    EXIT.timeout,
    `cannot ${what} ${address}: ${why} within ${
      formatDuration(timeoutMs)
    } (--timeout)${times}; ${advice}, or allow more time`,
    { cause },
  );
}

function hasHeaderBelowTls({ address, options }: ConnectionCommand): boolean {
  return address.transport === "tls" && options["proxy-protocol"] !== undefined;
}

/**
 * What comes between a connection and its messages: a header, TLS above it, a view of
 * reads, a recorder.
 *
 * @param tls How to start TLS above the header, if it is to be.
 */
async function wrapFor(
  { address, options }: ConnectionCommand,
  { log, recording, signal, terminal }: Parts,
  tls: StartTlsOptions | undefined,
): Promise<WrapConnection | undefined> {
  const version = options["proxy-protocol"];
  const view = await wireView(options, { log, side: "client", terminal });
  const show = recording?.wrap("client", view) ?? view;
  if (version === undefined) return show;
  const { sendProxyHeader } = await import("./proxy_header.ts");
  return async (connection) => {
    // The first bytes of all find room, so nothing is waited for.
    const source = options["proxy-source"];
    await sendProxyHeader(connection, { source, version });
    const serverName = address.hostname;
    const secured = tls === undefined
      ? connection
      : await startTls(connection, { serverName, ...tls, signal });
    return show?.(secured) ?? secured;
  };
}

/** Whether it was `--timeout` that was over, and not a deadline of its own. */
function isLate(error: unknown, timeoutMs: number): error is TimeoutError {
  return error instanceof TimeoutError && error.timeoutMs === timeoutMs &&
    (error.deadline === "connect" || error.deadline === "tls_handshake");
}
