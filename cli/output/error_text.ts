/**
 * Writes errors in the words of the command line. No other place makes text
 * from errors.
 *
 * @module
 */

import { describeError, type ErrorParts } from "../../lib/core.ts";
import { Failure } from "./failure.ts";
import { runtimeText } from "./system_reason.ts";

/**
 * The flags of the library's options. An option without a flag is not named.
 */
const FLAGS: Readonly<Record<string, string>> = {
  alpn: "--alpn",
  badFrames: "--bad-frames",
  bareLineFeed: "--bare-line-feed",
  bodyTimeoutMs: "--idle-timeout",
  caCerts: "--ca",
  cert: "--cert",
  "cert, key": "--cert, --key",
  connectTimeoutMs: "--connect-timeout",
  framing: "--frame",
  handshakeTimeoutMs: "--handshake-timeout",
  idleTimeoutMs: "--idle-timeout",
  insecure: "--insecure",
  key: "--key",
  maxBodyBytes: "--max-body",
  maxBufferedBytes: "--max-buffered",
  maxConnections: "--max-connections",
  maxConnectionsPerPeer: "--max-connections-per-peer",
  maxMessageBytes: "--max-message",
  "proxyProtocol.maxHeaderBytes": "--max-proxy-header",
  messageTimeoutMs: "--message-timeout",
  mode: "--mode",
  responseTimeoutMs: "--idle-timeout",
  sendTimeoutMs: "--send-timeout",
  serverName: "--server-name",
  tlsEngine: "--tls-engine",
  tlsHandshakeTimeoutMs: "--handshake-timeout",
};

/**
 * Finds the flag of an option of the library.
 *
 * @param option The library's name, such as `maxMessageBytes`.
 * @returns The flag, or `undefined` if the command line has none.
 */
export function flagOf(option: string): string | undefined {
  return FLAGS[option];
}

/**
 * Writes an error in the words of the command line.
 *
 * @returns One line, without a final period.
 */
export function errorText(error: unknown): string {
  if (error instanceof Failure) return error.text;
  if (hasParts(error)) return describeError(error, flagOf);
  return runtimeText(error);
}

/**
 * A mistake of the caller has parts too, as a `TypeError` or a `RangeError`.
 */
function hasParts(error: unknown): error is ErrorParts {
  return error instanceof Error && "reason" in error &&
    typeof error.reason === "string";
}

/**
 * Writes only the reason of a failure, for a line that names action and address
 * itself.
 *
 * @returns The text, with a small first letter.
 */
export function bareReason(error: unknown): string {
  if (!hasParts(error)) return reasonOf(error);
  const { advice, option, reason } = error;
  return lowerFirst(describeError({ advice, option, reason }, flagOf));
}

/**
 * Writes the reason of a failure, for after a colon.
 *
 * @returns The text, with a small first letter.
 */
export function reasonOf(error: unknown): string {
  return lowerFirst(errorText(error));
}

/** The library's texts begin with a capital; text after `name:` does not. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text)
    ? text[0]!.toLowerCase() + text.slice(1)
    : text;
}
