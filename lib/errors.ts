/**
 * Every error a caller may want to catch, sorted by whose fault it is.
 *
 * ```text
 * the caller    TypeError, RangeError   thrown before any I/O
 * the peer      ProtocolError           malformed, too large, cut off
 * the link      ConnectionError         refused, reset, unreachable, in use
 * us, earlier   ClosedError             send after close
 * the clock     TimeoutError            names the deadline that ran out
 * ```
 *
 * @module
 */

/** Why a {@linkcode ProtocolError} was raised; stable across versions. */
export type ProtocolErrorCode = "malformed" | "too_large" | "truncated";

/** What is known about the bytes that broke the framing; every field is optional. */
export interface ProtocolErrorDetails {
  /** Size in bytes that the header declared. */
  readonly declaredBytes?: number | bigint;
  /** The limit in bytes that was exceeded. */
  readonly limitBytes?: number;
  /** Which message it was, counting from 1. */
  readonly messageNumber?: number;
  /** Where that message begins: bytes since the start of the stream. */
  readonly streamOffset?: number;
  /** The first bytes of that message, at most 16; a copy. */
  readonly firstBytes?: Uint8Array;
  /** What the bytes look like, as a sentence for a person. */
  readonly hint?: string;
}

/**
 * The peer sent bytes that break the framing or the encoding. The position in
 * the stream is lost, so the connection cannot be used any further.
 */
export class ProtocolError extends Error {
  /** Always `"ProtocolError"`. */
  override readonly name: string = "ProtocolError";
  /** Machine-readable reason; compare this, never the message. */
  readonly code: ProtocolErrorCode;
  /** What is known about the offending bytes. */
  readonly details: ProtocolErrorDetails;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param message What could not be done and why, without a final period.
   * @param details What is known about the bytes, and the usual `cause`.
   */
  constructor(
    code: ProtocolErrorCode,
    message: string,
    details: ProtocolErrorDetails & ErrorOptions = {},
  ) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = rest;
  }
}

/** Why a {@linkcode ConnectionError} was raised; stable across versions. */
export type ConnectionErrorCode =
  | "refused"
  | "unresolved"
  | "unreachable"
  | "reset"
  | "address_in_use"
  | "address_not_available"
  | "permission_denied"
  | "exhausted"
  | "tls"
  | "failed";

/** The link failed: the system's own error is the `cause`. */
export class ConnectionError extends Error {
  /** Always `"ConnectionError"`. */
  override readonly name: string = "ConnectionError";
  /** Machine-readable reason; compare this, never the message. */
  readonly code: ConnectionErrorCode;
  /** The address it happened on, such as `tcp://127.0.0.1:7342`, where known. */
  readonly address: string | undefined;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param message What could not be done, to whom, and why.
   * @param options The address, and the system's error as `cause`.
   */
  constructor(
    code: ConnectionErrorCode,
    message: string,
    options: ErrorOptions & { readonly address?: string | undefined } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.address = options.address;
  }
}

/** This side closed or aborted earlier, so the call cannot be carried out. */
export class ClosedError extends Error {
  /** Always `"ClosedError"`. */
  override readonly name: string = "ClosedError";
}

/** Which deadline a {@linkcode TimeoutError} is about. */
export type Deadline =
  | "connect"
  | "tls_handshake"
  | "idle"
  | "message"
  | "proxy_header"
  | "send"
  | "receive"
  | "header"
  | "body"
  | "keep_alive"
  | "response";

/** A deadline ran out. */
export class TimeoutError extends Error {
  /** Always `"TimeoutError"`. */
  override readonly name: string = "TimeoutError";
  /** Which deadline it was. */
  readonly deadline: Deadline;
  /** Its length in milliseconds. */
  readonly timeoutMs: number;

  /**
   * Creates the error.
   *
   * @param deadline Which deadline ran out.
   * @param timeoutMs Its length in milliseconds.
   * @param message What did not happen in time, and with whom.
   */
  constructor(deadline: Deadline, timeoutMs: number, message: string) {
    super(message);
    this.deadline = deadline;
    this.timeoutMs = timeoutMs;
  }
}
