/**
 * The encodings by name.
 *
 * @module
 */

import { bytes } from "./bytes.ts";
import type { Encoding } from "./encoding.ts";
import { json, type JsonValue } from "./json.ts";
import { text } from "./text.ts";

/** An encoding, or the name of one of the built-in ones. */
export type EncodingLike = "bytes" | "text" | "json" | Encoding<unknown>;

/**
 * The type of message that an encoding gives: `Uint8Array` for `"bytes"` and
 * for none, `string` for `"text"`, {@linkcode JsonValue} for `"json"`.
 *
 * @typeParam E The encoding or its name.
 */
export type MessageOf<E> = E extends "text" ? string
  : E extends "json" ? JsonValue
  : E extends Encoding<infer T> ? T
  : Uint8Array;

/**
 * Finds an encoding by its name.
 *
 * @param encoding The name, or an encoding, which is returned as it is.
 * @returns The encoding.
 * @throws {TypeError} If there is no encoding of that name.
 */
export function parseEncoding(encoding: EncodingLike): Encoding<unknown> {
  if (typeof encoding === "object" && "decoder" in (encoding ?? {})) {
    return encoding;
  }
  switch (encoding) {
    case "bytes":
      return bytes() as Encoding<unknown>;
    case "text":
      return text() as Encoding<unknown>;
    case "json":
      return json() as Encoding<unknown>;
    default:
      throw new TypeError(
        `Cannot use encoding ${
          JSON.stringify(encoding)
        }: it must be "bytes", "text" or "json", or an Encoding of your own`,
      );
  }
}
