/**
 * Why a message was refused.
 *
 * @module
 */

import {
  type ErrorParts,
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolErrorDetails,
} from "../../errors.ts";

/**
 * The peer broke HTTP, or a limit. The position in the stream is lost, so
 * nothing more is read from this connection.
 */
export class HttpError extends ProtocolError {
  /** Always `"HttpError"`. */
  override readonly name: string = "HttpError";
  /**
   * The status that a server answers with, such as 400, 413, 431 or 501. On a
   * client it is the status of the same fault in a request.
   */
  readonly status: number;
  /** Where the rule is written, such as `RFC 9112 5.1`. */
  readonly clause: string;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param status The status that a server answers with.
   * @param clause Where the rule is written.
   * @param parts What the text is made of, and the usual `cause`.
   * @param details What is known about the bytes.
   */
  constructor(
    code: ProtocolErrorCode,
    status: number,
    clause: string,
    parts: ErrorParts & ErrorOptions,
    details: ProtocolErrorDetails = {},
  ) {
    super(code, parts, details);
    this.status = status;
    this.clause = clause;
  }

  /**
   * The same error about a request or a response with a name, which the machine
   * does not know.
   *
   * @param action What could not be done, to be read after "Cannot".
   * @param address What it was done with.
   * @returns The error, with this one as its cause.
   */
  about(action: string, address: string): HttpError {
    const { advice, clause, code, details, option, reason, status } = this;
    const parts = { action, address, reason, option, advice, cause: this };
    return new HttpError(code, status, clause, parts, details);
  }
}

/** What could not be done, in every error of the machine. */
export const READ_HTTP = "read HTTP";

/** What an error says beyond its reason. */
export interface MoreParts extends ProtocolErrorDetails {
  /** The option that would let the message through. */
  readonly option?: string;
}

/**
 * The error for bytes that are not valid HTTP.
 *
 * @param clause Where the rule is written.
 * @param what What was found and what was expected.
 * @param more What is known about the bytes, and the option that allows them.
 * @returns The error, to be thrown.
 */
export function malformed(
  clause: string,
  what: string,
  more: MoreParts = {},
): HttpError {
  return faultOf(400, clause, what, more);
}

/**
 * The error for a message that is valid and asks for something that is not
 * supported.
 *
 * @param status 417, 501, or 505 for the version.
 * @param clause Where the rule is written.
 * @param what What was asked for and what is supported.
 * @returns The error, to be thrown.
 */
export function unsupported(
  status: number,
  clause: string,
  what: string,
): HttpError {
  return faultOf(status, clause, what, {});
}

function faultOf(
  status: number,
  clause: string,
  what: string,
  { option, ...details }: MoreParts,
): HttpError {
  const reason = `${what} (${clause})`;
  const parts = { action: READ_HTTP, reason, option, advice: details.hint };
  return new HttpError("malformed", status, clause, parts, details);
}

/**
 * The error for a part above its limit.
 *
 * @param status 413, 414 or 431.
 * @param what Which part.
 * @param limit The limit.
 * @param option The option that sets it, if one does.
 * @param declared Its size, where the peer announced one.
 * @returns The error, to be thrown.
 */
export function tooLarge(
  status: number,
  what: string,
  limit: number,
  option?: string,
  declared?: number,
): HttpError {
  const clause = status === 413
    ? "RFC 9110 15.5.14"
    : status === 414
    ? "RFC 9110 15.5.15"
    : "RFC 6585 5";
  const size = declared === undefined ? "" : ` of ${declared}`;
  const reason = `the ${what}${size} is above the limit of ${limit}`;
  const parts = { action: READ_HTTP, reason, option };
  return new HttpError("too_large", status, clause, parts, {
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
  const reason = `the stream ended ${what} (${clause})`;
  const parts = { action: READ_HTTP, reason };
  return new HttpError("truncated", 400, clause, parts);
}
