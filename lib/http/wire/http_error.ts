/**
 * Why a message was refused.
 *
 * @module
 */

import {
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolErrorDetails,
} from "../../errors.ts";

/**
 * The peer broke HTTP, or a limit. The place in the stream is lost, so nothing
 * more is read from this connection.
 */
export class HttpError extends ProtocolError {
  /** Always `"HttpError"`. */
  override readonly name: string = "HttpError";
  /**
   * With which status a server answers, such as 400, 413, 431 or 501. On a
   * client it is what a fault of its own would have been called.
   */
  readonly status: number;
  /** Where it is written that this is wrong, such as `RFC 9112 5.1`. */
  readonly clause: string;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param status With which status a server answers.
   * @param clause Where it is written.
   * @param message What could not be done and why, without a final period.
   * @param details What is known about the bytes, and the usual `cause`.
   */
  constructor(
    code: ProtocolErrorCode,
    status: number,
    clause: string,
    message: string,
    details: ProtocolErrorDetails & ErrorOptions = {},
  ) {
    super(code, message, details);
    this.status = status;
    this.clause = clause;
  }
}

/**
 * The error for bytes that are no HTTP.
 *
 * @param clause Where the rule is written.
 * @param what What was found and what was expected.
 * @param details What is known about the bytes.
 * @returns The error, to be thrown.
 */
export function malformed(
  clause: string,
  what: string,
  details?: ProtocolErrorDetails,
): HttpError {
  const hint = details?.hint === undefined ? "" : `; ${details.hint}`;
  const message = `Cannot read HTTP: ${what} (${clause})${hint}`;
  return new HttpError("malformed", 400, clause, message, details);
}

/**
 * The error for a message that is HTTP and asks for what there is none of.
 *
 * @param status 501, or 505 for the version.
 * @param clause Where the rule is written.
 * @param what What was asked for and what there is.
 * @returns The error, to be thrown.
 */
export function unsupported(
  status: number,
  clause: string,
  what: string,
): HttpError {
  const message = `Cannot read HTTP: ${what} (${clause})`;
  return new HttpError("malformed", status, clause, message);
}

/**
 * The error for a part above its limit.
 *
 * @param status 413, 414 or 431.
 * @param what Which part.
 * @param limit The limit.
 * @param option The name of the option that sets it.
 * @param declared Its size, where the peer announced one.
 * @returns The error, to be thrown.
 */
export function tooLarge(
  status: number,
  what: string,
  limit: number,
  option: string,
  declared?: number,
): HttpError {
  const clause = status === 413
    ? "RFC 9110 15.5.14"
    : status === 414
    ? "RFC 9110 15.5.15"
    : "RFC 6585 5";
  const size = declared === undefined ? "" : ` of ${declared}`;
  const message =
    `Cannot read HTTP: the ${what}${size} is above the limit of ${limit} (${option})`;
  return new HttpError("too_large", status, clause, message, {
    limitBytes: limit,
    ...(declared === undefined ? {} : { declaredBytes: declared }),
  });
}

/**
 * The error for a stream that ended inside a message.
 *
 * @param what Where it ended and what was missing.
 * @returns The error, to be thrown.
 */
export function truncated(what: string): HttpError {
  const clause = "RFC 9112 8";
  const message = `Cannot read HTTP: the stream ended ${what} (${clause})`;
  return new HttpError("truncated", 400, clause, message);
}
