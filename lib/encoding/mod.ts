/**
 * Encodings: how the bytes of a message become a value and back.
 *
 * | name | value | notes |
 * | --- | --- | --- |
 * | `bytes` | `Uint8Array` | a view of the receive buffer, no copy |
 * | `text` | `string` | UTF-8; what is not UTF-8 is an error |
 * | `json` | {@linkcode JsonValue} | one value per message |
 *
 * @module
 */

export { bytes } from "./bytes.ts";
export type { Encoding, ValueDecoder } from "./encoding.ts";
export { json } from "./json.ts";
export type { JsonValue } from "./json.ts";
export type { EncodingLike, MessageOf } from "./parse.ts";
export { text } from "./text.ts";
