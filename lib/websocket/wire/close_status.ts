/**
 * The status of a close frame (RFC 6455 section 7.4).
 *
 * @module
 */

import type { ProtocolError } from "../../errors.ts";
import { malformed } from "../../framing/limits.ts";
import { TextCheck } from "./text_check.ts";

/** How a connection was closed. */
export interface CloseStatus {
  /**
   * The code: 1000 for a clean end, 1001 for going away, 1002 to 1014 for errors,
   * 3000 to 4999 for programs' own; `undefined` if the peer gave none (what
   * browsers show as 1005).
   */
  readonly code: number | undefined;
  /** A sentence for people, at most 123 bytes of UTF-8; often empty. */
  readonly reason: string;
}

/** The codes that this library sends by itself. */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidData: 1007,
  tooLarge: 1009,
  internalError: 1011,
} as const;

/** The largest reason in bytes: a control frame holds 125, the code takes 2. */
const MAX_REASON_BYTES = 123;

/**
 * Whether a code may stand in a close frame. 1004, 1005, 1006 and 1015 are
 * reserved for ends without a frame; 1012 to 1014 were registered later.
 */
export function isSendableCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

/** The payload of a close frame; without a code it is empty. */
export function encodeClose(status: CloseStatus): Uint8Array {
  const { code, reason } = status;
  if (code === undefined) return new Uint8Array(0);
  const text = new TextEncoder().encode(reason);
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(text, 2);
  return payload;
}

/**
 * Reads the payload of a close frame.
 *
 * @throws {ProtocolError} If the code may not be sent, or the reason is not UTF-8.
 */
export function decodeClose(payload: Uint8Array): CloseStatus {
  if (payload.length === 0) return { code: undefined, reason: "" };
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendableCode(code)) {
    throw malformed(`a close frame has the code ${code}`, payload.slice(0, 2));
  }
  const reason = payload.subarray(2);
  const check = new TextCheck();
  check.push(reason, 0);
  check.end();
  return { code, reason: new TextDecoder().decode(reason) };
}

/** The code of the close frame that tells a peer what it did wrong. */
export function closeCodeFor(error: ProtocolError): number {
  return error.details.closeCode ??
    (error.code === "too_large"
      ? CLOSE_CODES.tooLarge
      : CLOSE_CODES.protocolError);
}

/** A reason cut to what a close frame can hold, at a whole character. */
export function fitReason(reason: string): string {
  const into = new Uint8Array(MAX_REASON_BYTES);
  const { read } = new TextEncoder().encodeInto(reason, into);
  return reason.slice(0, read);
}
