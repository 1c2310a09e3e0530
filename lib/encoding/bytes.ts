/**
 * The encoding that leaves bytes as they are.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { Encoding, ValueDecoder } from "./encoding.ts";

/**
 * Makes the encoding that leaves bytes as they are.
 *
 * @returns The encoding `"bytes"`. Decoded values are views of the receive
 * buffer and stay valid; encoding refuses anything but a `Uint8Array`.
 *
 * @example Anything else is refused
 * ```ts
 * import { bytes } from "@parley/parley/encoding";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(bytes().encode(Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
 * // @ts-expect-error A string has many forms as bytes: choose "text".
 * assertThrows(() => bytes().encode("hello"), TypeError);
 * ```
 */
export function bytes(): Encoding<Uint8Array> {
  return BYTES;
}

const SAME: ValueDecoder<Uint8Array> = {
  decode: (message) => message,
  end: () => {},
};

const BYTES: Encoding<Uint8Array> = {
  name: "bytes",
  decoder: () => SAME,
  encode(value) {
    if (value instanceof Uint8Array) return value;
    throw new OptionTypeError({
      action: `send ${
        value === null ? "null" : `a value of type ${typeof value}`
      } as bytes`,
      reason: "it must be a Uint8Array",
      advice: 'give one, or choose the encoding "text" or "json"',
    });
  },
};
