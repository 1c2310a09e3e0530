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

/** The parts that the text of an error is made of. */
export interface ErrorParts {
  /**
   * What could not be done, to be read after "Cannot": "connect to", "decode
   * message 3 from". The address follows it, where there is one.
   */
  readonly action?: string | undefined;
  /** The address it is about, such as `tcp://127.0.0.1:7342`. */
  readonly address?: string | undefined;
  /** Why, without a final period. */
  readonly reason: string;
  /**
   * The option whose value was reached or would change the result, by its name
   * in the library, such as `maxMessageBytes`.
   */
  readonly option?: string | undefined;
  /**
   * The value that the option cannot have. With it the option stands in front:
   * `Cannot use maxMessageBytes of -1: it must be an integer of at least 1`.
   */
  readonly value?: unknown;
  /** What to try next. */
  readonly advice?: string | undefined;
  /** The string of the framing that seems to be meant, such as `length:4,le`. */
  readonly framing?: string | undefined;
}

/** What may be wrong with bytes that do not fit the framing. */
export interface Hint {
  /** A sentence for people: "as little-endian 256 fits exactly". */
  readonly text: string;
  /** The string of the framing that seems to be meant. */
  readonly framing?: string | undefined;
}

/**
 * Makes the text of an error: `Cannot ACTION ADDRESS: REASON (OPTION); ADVICE`.
 *
 * @param error An error, or the parts of one. The library's errors have parts,
 * and so have its `RangeError` and `TypeError` for an option. Any other error
 * is described by its own text, and what is not an error as a string.
 * @param nameOption What an option is called where the text is read. A command
 * line maps `maxMessageBytes` to `--max-message`; `undefined` leaves it out.
 * @returns The text, without a final period.
 *
 * @example In the words of a command line
 * ```ts
 * import { ConnectionError, describeError } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConnectionError("refused", {
 *   action: "connect to",
 *   address: "tcp://127.0.0.1:7342",
 *   reason: "connection refused",
 *   advice: "is a server listening there?",
 * });
 * assertEquals(
 *   describeError(error),
 *   "Cannot connect to tcp://127.0.0.1:7342: connection refused; is a server listening there?",
 * );
 * ```
 */
export function describeError(
  error: unknown,
  nameOption: (option: string) => string | undefined = (option) => option,
): string {
  if (!hasParts(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  const { action, address, reason, option, value, advice, framing } = error;
  const name = option === undefined ? undefined : nameOption(option);
  const isValue = value !== undefined && name !== undefined;
  const what = [
    action === undefined ? undefined : `Cannot ${action}`,
    isValue ? `${name} of ${shown(value)}` : undefined,
    address,
  ].filter((part) => part !== undefined).join(" ");
  return (what === "" ? "" : `${what}: `) + reason +
    (name === undefined || isValue ? "" : ` (${name})`) +
    (advice === undefined ? "" : `; ${advice}`) +
    (framing === undefined
      ? ""
      : `; try ${nameOption("framing") ?? "framing"} ${framing}`);
}

/** Puts the parts onto an error, whose class declares them. */
export function setParts(error: Error & ErrorParts, parts: ErrorParts): void {
  const { action, address, advice, framing, option, reason, value } = parts;
  Object.assign(error, { action, address, reason, option, value, advice });
  if (framing !== undefined) Object.assign(error, { framing });
}

function hasParts(error: unknown): error is ErrorParts {
  return typeof error === "object" && error !== null &&
    typeof (error as Partial<ErrorParts>).reason === "string";
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

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

/** The link failed: the system's own error is the `cause`. */
export class ConnectionError extends ParleyError {
  /** Always `"ConnectionError"`. */
  override readonly name: string = "ConnectionError";
  /** Machine-readable reason; compare this, never the message. */
  readonly code: ConnectionErrorCode;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param parts What the text is made of, and the system's error as `cause`.
   */
  constructor(code: ConnectionErrorCode, parts: ErrorParts & ErrorOptions) {
    super(parts);
    this.code = code;
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
  | "ping";

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
