/**
 * Refuses text that is not UTF-8, at its first bad byte.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { nameOf } from "../../framing/limits.ts";
import { Utf8Check } from "./utf8.ts";

// RFC 6455 section 7.4.1: "data within a message that was not consistent with the
// type of the message (e.g., non-UTF-8 data within a text message)".
const INVALID_DATA = 1007;

/** Checks one text after the other, each in pieces. */
export class TextCheck {
  readonly #utf8 = new Utf8Check();

  /** Begins the next text. */
  begin(): void {
    this.#utf8.reset();
  }

  /**
   * Checks the next piece.
   *
   * @param place How many bytes of the text come before.
   * @throws {ProtocolError} If it has a byte that no UTF-8 text has there.
   */
  push(piece: Uint8Array, place: number): void {
    const bad = this.#utf8.push(piece);
    if (bad === -1) return;
    throw notUtf8(
      `byte ${place + bad} of the text is not UTF-8: ${nameOf(piece[bad]!)}`,
    );
  }

  /**
   * Ends the text.
   *
   * @throws {ProtocolError} If it ends inside a character.
   */
  end(): void {
    if (this.#utf8.isWhole) return;
    throw notUtf8("the text ends inside a character of UTF-8");
  }
}

function notUtf8(reason: string): ProtocolError {
  return new ProtocolError("malformed", { reason }, {
    closeCode: INVALID_DATA,
  });
}
