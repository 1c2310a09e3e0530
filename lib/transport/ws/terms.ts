/**
 * The options that hold once the handshake is done.
 *
 * @module
 */

import { checkDuration, checkOneOf } from "../../check.ts";
import type { MessageType, WebSocketOptions } from "./options.ts";

/** How messages are sent, and how often a ping is. */
export interface WebSocketTerms {
  readonly messageType: MessageType;
  readonly pingMs: number;
}

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} If `messageType` is not one of its words.
 * @throws {RangeError} If `pingMs` is out of its range.
 */
export function termsOf(
  { messageType = "same", pingMs = Infinity }: WebSocketOptions,
): WebSocketTerms {
  checkDuration("pingMs", pingMs);
  checkOneOf("messageType", messageType, ["auto", "binary", "same", "text"]);
  return { messageType, pingMs };
}
