/**
 * The encodings by name.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { bytes } from "./bytes.ts";
import type { Encoding } from "./encoding.ts";
import { json, type JsonInput, type JsonValue } from "./json.ts";
import { text } from "./text.ts";

/** An encoding, or the name of one of the built-in ones. */
export type EncodingLike = "bytes" | "text" | "json" | Encoding<unknown, never>;

/**
 * The type of message that an encoding gives: `Uint8Array` for `"bytes"` and
 * without an encoding, `string` for `"text"`, {@linkcode JsonValue} for `"json"`.
 *
 * @typeParam E The encoding or its name.
 */
export type MessageOf<E> = E extends "text" ? string
  : E extends "json" ? JsonValue
  : E extends Encoding<infer T, never> ? T
  : Uint8Array;

/**
 * The type of message that can be sent in an encoding: the same as
 * {@linkcode MessageOf}, unless the two directions differ. `"json"` takes
 * anything that JSON has a form for, {@linkcode JsonInput}.
 *
 * @typeParam E The encoding or its name.
 */
export type SentOf<E> = E extends "text" ? string
  : E extends "json" ? JsonInput
  : E extends Encoding<infer _, infer S> ? S
  : Uint8Array;

/**
 * Finds an encoding by its name.
 *
 * @param encoding The name, or an encoding, which is returned as it is.
 * @returns The encoding.
 * @throws {TypeError} If there is no encoding of that name.
 */
export function parseEncoding(
  encoding: EncodingLike,
): Encoding<unknown, never> {
  if (typeof encoding === "object" && "decoder" in (encoding ?? {})) {
    return encoding;
  }
  switch (encoding) {
    case "bytes":
      return bytes();
    case "text":
      return text();
    case "json":
      return json();
    default:
      throw new OptionTypeError({
        action: "use",
        option: "encoding",
        value: encoding,
        reason:
          'it must be "bytes", "text" or "json", or an Encoding of your own',
      });
  }
}
