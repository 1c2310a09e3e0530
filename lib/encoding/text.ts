/**
 * Text as strict UTF-8: other bytes are an error, never a `U+FFFD`.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { ProtocolError } from "../errors.ts";
import type { Encoding, ValueDecoder } from "./encoding.ts";

/**
 * Makes the encoding of text as UTF-8. A byte order mark is kept as `U+FEFF`,
 * since a message that is sent must arrive as it was. With framing `raw` a
 * character may be cut between two reads; it is then put together again.
 *
 * @returns The encoding `"text"`.
 *
 * @example What is not UTF-8 is an error
 * ```ts
 * import { ProtocolError } from "@parley/parley";
 * import { text } from "@parley/parley/encoding";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const decoder = text().decoder(true);
 * assertEquals(decoder.decode(Uint8Array.of(0xc3, 0xa9)), "é");
 * assertThrows(() => decoder.decode(Uint8Array.of(0xc3)), ProtocolError);
 * ```
 */
export function text(): Encoding<string> {
  return TEXT;
}

const UTF8_ENCODER = new TextEncoder();

const TEXT: Encoding<string> = {
  name: "text",
  isText: true,
  decoder: (whole) => whole ? WHOLE : new PieceDecoder(),
  encode(value) {
    if (typeof value !== "string") {
      throw new OptionTypeError({
        action: `send a value of type ${typeof value} as text`,
        reason: "it must be a string",
      });
    }
    // encode() would silently turn a lone surrogate into U+FFFD.
    if (!value.isWellFormed()) {
      throw new OptionTypeError({
        action: "send text with a lone surrogate",
        reason: "UTF-8 has no form for it",
      });
    }
    return UTF8_ENCODER.encode(value);
  },
};

function invalid(cause: unknown): ProtocolError {
  return new ProtocolError("malformed", {
    reason: "its bytes are not valid UTF-8",
    cause,
  });
}

// Without `stream` a TextDecoder keeps nothing between calls, so one serves all.
const UTF8_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const WHOLE: ValueDecoder<string> = {
  copies: true,
  decode(message) {
    try {
      return UTF8_DECODER.decode(message);
    } catch (error) {
      throw invalid(error);
    }
  },
  end: () => {},
};

class PieceDecoder implements ValueDecoder<string> {
  readonly copies = true;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  decode(message: Uint8Array): string | undefined {
    try {
      const piece = this.#utf8.decode(message, { stream: true });
      return piece === "" ? undefined : piece;
    } catch (error) {
      throw invalid(error);
    }
  }

  end(): void {
    try {
      this.#utf8.decode();
    } catch (cause) {
      throw new ProtocolError("truncated", {
        reason: "the stream ended inside a UTF-8 character",
        cause,
      });
    }
  }
}
