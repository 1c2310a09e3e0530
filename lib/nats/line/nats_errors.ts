/**
 * The errors of the client of NATS, in the terms of this library.
 *
 * @module
 */

import {
  AuthorizationError,
  PermissionViolationError,
  TimeoutError as NatsTimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/nats-core";
import { ConnectionError, describeError, ParleyError } from "../../errors.ts";
import type { NatsSettings } from "../nats_options.ts";

/** Whether a server was there and refused the credentials. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AuthorizationError ||
    error instanceof UserAuthenticationExpiredError;
}

/**
 * Makes an error of this library from what the client has thrown.
 *
 * @param error What it has thrown, or `undefined` if the server ended the
 * connection without a word.
 * @param action What could not be done, after "Cannot".
 * @param server The server, as `host:port`.
 */
export function natsError(
  error: unknown,
  action: string,
  server: string,
): ParleyError {
  if (error instanceof ParleyError) return error;
  const address = `nats://${server}`;
  if (isRefusal(error)) {
    return new ConnectionError("permission_denied", {
      action,
      address,
      reason: "the server refused the credentials",
      cause: error,
    });
  }
  if (error instanceof PermissionViolationError) {
    return new ConnectionError("permission_denied", {
      action: error.operation === "publish" ? "publish to" : "subscribe to",
      address: error.subject,
      reason: `its user may not do that at ${address}`,
      cause: error,
    });
  }
  const reason = error instanceof NatsTimeoutError
    ? "no answer in time"
    : error === undefined
    ? "the server ended the connection"
    : describeError(error);
  return new ConnectionError("failed", {
    action,
    address,
    reason,
    cause: error,
  });
}

/** A server does not answer pings any more. */
export function silent(
  server: string,
  { pingIntervalMs }: NatsSettings,
): ConnectionError {
  return new ConnectionError("failed", {
    action: "use",
    address: `nats://${server}`,
    reason: `no sign of life for ${2 * pingIntervalMs} ms`,
    option: "pingIntervalMs",
  });
}

/** No server could be connected to for as long as was allowed. */
export function notThere(
  error: unknown,
  { retryMs, servers }: NatsSettings,
): ConnectionError {
  const code = error instanceof ConnectionError ? error.code : "failed";
  const reason = error instanceof ConnectionError
    ? error.reason
    : describeError(error);
  return new ConnectionError(code, {
    action: "connect to NATS at",
    address: servers.join(" or "),
    reason: `${reason}, tried for ${retryMs} ms`,
    option: "retryMs",
    advice: "is nats-server running there?",
    cause: error,
  });
}

/** This end was closed. */
export function closedLine(): ConnectionError {
  return new ConnectionError("failed", {
    action: "use NATS",
    reason: "this end was closed",
  });
}
