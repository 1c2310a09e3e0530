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
