/**
 * How a tap writes what it sees.
 *
 * @module
 */

import type { TapError, TapMessage, TapStrike } from "../tap_event.ts";

/** Writes lines, without their end. */
export interface LineFormat {
  /** Writes a message. */
  message(message: TapMessage): string;

  /**
   * Writes a message in pieces, to be joined: a long content apart. One arrow in a text
   * makes all of it take ten times as long to encode.
   */
  pieces?(message: TapMessage): readonly string[];

  /** Writes that a fault struck. */
  fault(strike: TapStrike): string;

  /** Writes that bytes do not fit the framing. */
  error(error: TapError): string;
}
