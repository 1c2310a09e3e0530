/**
 * Framings as stream transforms, on nothing but Web Streams: for files, `fetch`
 * bodies, serial ports and anything else that is a
 * `ReadableStream<Uint8Array>`, in the browser as well.
 *
 * ```text
 * chunks ─► decodeFrames(framing) ─► messages ─► encodeFrames(framing) ─► chunks
 * ```
 *
 * A connection of this library needs none of it: iterate over it.
 *
 * @example From one framing to another
 * ```ts
 * import { decodeFrames, encodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const netstrings = ReadableStream.from(["5:hello,5:wo", "rld,"])
 *   .pipeThrough(new TextEncoderStream());
 * const lines = netstrings
 *   .pipeThrough(decodeFrames("netstring"))
 *   .pipeThrough(encodeFrames("line"));
 * assertEquals(await new Response(lines).text(), "hello\nworld\n");
 * ```
 *
 * @module
 */

export type { Framing } from "../framing/framing.ts";
export { decodeFrames, type DecodeFramesOptions } from "./decode_frames.ts";
export { encodeFrames, type EncodeFramesOptions } from "./encode_frames.ts";
