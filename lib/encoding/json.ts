/**
 * One JSON value per message.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { Encoding, ValueDecoder } from "./encoding.ts";
import { text } from "./text.ts";

/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue };

/**
 * Makes the encoding of one JSON value per message (RFC 8259, UTF-8).
 *
 * @returns The encoding `"json"`. It needs a framing that keeps boundaries:
 * with `raw` a value would be whatever one read returned, which is refused.
 *
 * @example There and back
 * ```ts
 * import { json } from "@parley/parley/encoding";
 * import { assertEquals } from "@std/assert";
 *
 * const message = json().encode({ id: 1, tags: ["a"] });
 * assertEquals(json().decoder(true).decode(message), { id: 1, tags: ["a"] });
 * ```
 */
export function json(): Encoding<JsonValue> {
  return JSON_ENCODING;
}

const TEXT = text();
const UTF8 = TEXT.decoder(true);

const WHOLE: ValueDecoder<JsonValue> = {
  copies: true,
  decode(message) {
    const source = UTF8.decode(message)!;
    try {
      return JSON.parse(source);
    } catch (cause) {
      throw new ProtocolError(
        "malformed",
        `its content is not JSON: ${reasonOf(cause)}`,
        { cause },
      );
    }
  },
  end: () => {},
};

const JSON_ENCODING: Encoding<JsonValue> = {
  name: "json",
  decoder(whole) {
    if (whole) return WHOLE;
    throw new TypeError(
      'Cannot use encoding "json" with framing "raw": a read is not a message, so choose a framing with boundaries such as "line"',
    );
  },
  encode(value) {
    const source = stringify(value);
    if (source === undefined) {
      throw new TypeError(
        `Cannot send a value of type ${typeof value} as JSON: JSON has no form for it`,
      );
    }
    return TEXT.encode(source);
  },
};

function stringify(value: JsonValue): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // A circular value, a bigint, or an error from the caller's toJSON().
    throw new TypeError(
      `Cannot send a value as JSON: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

/** The parser's message on one line, as it may quote bytes from the peer. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(
    /\p{Cc}/gu,
    (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
