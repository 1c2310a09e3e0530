/**
 * Every error that a caller may catch, by where its cause is.
 *
 * ```text
 * the caller    TypeError, RangeError   thrown before any I/O
 * the peer      ProtocolError           malformed, too large, cut off
 * the link      ConnectionError         refused, reset, unreachable, in use
 * us, earlier   ClosedError             send after close
 * the clock     TimeoutError            names the deadline that ran out
 * ```
 *
 * An error is data first: `code` says what happened, `action`, `address`,
 * `reason`, `option` and `advice` say it in parts. {@linkcode describeError}
 * makes the text of them, and nothing else does. Compare `code` or a field,
 * never the message.
 *
 * @module
 */

import { describeError, type ErrorParts, setParts } from "./error_parts.ts";

export {
  describeError,
  type ErrorParts,
  type Hint,
  setParts,
} from "./error_parts.ts";

/** What all errors of this library have in common: their parts. */
export abstract class ParleyError extends Error implements ErrorParts {
  /** What could not be done, to be read after "Cannot". */
  declare readonly action: string | undefined;
  /** The address it is about, such as `tcp://127.0.0.1:7342`, where known. */
  declare readonly address: string | undefined;
  /** Why, without a final period. */
  declare readonly reason: string;
  /** The option that would change the result, by its name in the library. */
  declare readonly option: string | undefined;
  /** The value that the option cannot have, if it is about one. */
  declare readonly value: unknown;
  /** What to try next. */
  declare readonly advice: string | undefined;
  /** The string of the framing that seems to be meant, if one does. */
  declare readonly framing?: string;
  /** How often it was tried, if it was tried again. */
  declare readonly attempts?: number;

  /**
   * Creates the error.
   *
   * @param parts What the text is made of, and the usual `cause`.
   */
  constructor(parts: ErrorParts & ErrorOptions) {
    super(
      describeError(parts),
      // A cause of `undefined` is one too, if it was given.
      "cause" in parts ? { cause: parts.cause } : undefined,
    );
    setParts(this, parts);
  }
}

/** Why a {@linkcode ProtocolError} was raised; stable across versions. */
export type ProtocolErrorCode = "malformed" | "too_large" | "truncated";

/**
 * What is known about the bytes that broke the framing; every field is
 * optional.
 */
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
  /** The last bytes before that message, where they may be at fault; a copy. */
  readonly bytesBefore?: Uint8Array;
  /** What the bytes look like, as a sentence for a person. */
  readonly hint?: string;
  /**
   * The code of the close frame that tells the peer, if not the usual one for the
   * error (RFC 6455 section 7.4.1).
   */
  readonly closeCode?: number;
}

/**
 * The peer sent bytes that break the framing or the encoding. The position in
 * the stream is lost, so the connection cannot be used any further.
 */
export class ProtocolError extends ParleyError {
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
   * @param parts What the text is made of, and the usual `cause`.
   * @param details What is known about the bytes.
   */
  constructor(
    code: ProtocolErrorCode,
    parts: ErrorParts & ErrorOptions,
    details: ProtocolErrorDetails = {},
  ) {
    super(parts);
    this.code = code;
    this.details = details;
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
  | "overrun"
  | "failed";

// The reasons that may be gone when a server or a network has started.
const TRANSIENT: ReadonlySet<ConnectionErrorCode> = new Set([
  "refused",
  "reset",
  "unreachable",
  "unresolved",
]);

/** What a {@linkcode ConnectionError} is made of. */
export interface ConnectionErrorParts extends ErrorParts, ErrorOptions {
  /**
   * Whether the same attempt may succeed in a moment, if the code does not say it.
   *
   * @default {true for `refused`, `reset`, `unreachable` and `unresolved`}
   */
  readonly transient?: boolean | undefined;
}

/** The link failed: the system's own error is the `cause`. */
export class ConnectionError extends ParleyError {
  /** Always `"ConnectionError"`. */
  override readonly name: string = "ConnectionError";
  /** Machine-readable reason; compare this, never the message. */
  readonly code: ConnectionErrorCode;
  /**
   * Whether the same attempt may succeed in a moment: nothing listens there yet,
   * the name is not known yet, or the peer ended the connection during the
   * handshake. A wrong certificate stays wrong. The option `retry` of `connect`
   * tries again where this is `true`.
   */
  readonly transient: boolean;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param parts What the text is made of, and the system's error as `cause`.
   */
  constructor(code: ConnectionErrorCode, parts: ConnectionErrorParts) {
    super(parts);
    this.code = code;
    this.transient = parts.transient ?? TRANSIENT.has(code);
  }
}

/** This side closed or aborted earlier, so the call cannot be carried out. */
export class ClosedError extends ParleyError {
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
  | "close"
  | "receive"
  | "header"
  | "body"
  | "keep_alive"
  | "response"
  | "ping"
  | "search";

/** A deadline ran out. */
export class TimeoutError extends ParleyError {
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
   * @param parts What the text is made of.
   */
  constructor(
    deadline: Deadline,
    timeoutMs: number,
    parts: ErrorParts & ErrorOptions,
  ) {
    super(parts);
    this.deadline = deadline;
    this.timeoutMs = timeoutMs;
  }
}
