/**
 * Encodings: how the bytes of a message become a value, and back.
 *
 * | name | value | notes |
 * | --- | --- | --- |
 * | `"bytes"` | `Uint8Array` | a view of the receive buffer, not a copy |
 * | `"text"` | `string` | UTF-8; other bytes are a `ProtocolError` |
 * | `"json"` | {@linkcode JsonValue} | one value per message |
 *
 * Most programs give the name: `connect(address, { encoding: "json" })`. You need
 * this entry point to write an encoding of your own, or to encode without a
 * connection. Nothing here needs Deno or a permission.
 *
 * @example An encoding of your own: dates
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { type Encoding, text } from "@parley/parley/encoding";
 * import { assertEquals } from "@std/assert";
 *
 * const dates: Encoding<Date> = {
 *   name: "dates",
 *   encode: (date) => text().encode(date.toISOString()),
 *   decoder(whole) {
 *     const decoder = text().decoder(whole);
 *     return {
 *       decode: (message) => new Date(decoder.decode(message)!),
 *       end: () => decoder.end(),
 *     };
 *   },
 * };
 *
 * await using server = await serve("tcp://127.0.0.1:0", { encoding: dates }, async (peer) => {
 *   for await (const date of peer) await peer.send(new Date(date.getTime() + 1000));
 * });
 * await using connection = await connect(server.address, { encoding: dates });
 * await connection.send(new Date(0));
 * assertEquals(await connection.receive(), new Date(1000));
 * ```
 *
 * @module
 */

export { bytes } from "./bytes.ts";
export type { Encoding, ValueDecoder } from "./encoding.ts";
export { json } from "./json.ts";
export type { JsonInput, JsonValue } from "./json.ts";
export type { EncodingLike, MessageOf, SentOf } from "./parse.ts";
export { text } from "./text.ts";
