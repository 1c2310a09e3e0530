/**
 * Framings as stream transforms. They need only Web Streams, so they work on
 * files, `fetch` bodies, serial ports and any other
 * `ReadableStream<Uint8Array>`, in browsers too.
 *
 * ```text
 * chunks ─► decodeFrames(framing) ─► messages ─► encodeFrames(framing) ─► chunks
 * ```
 *
 * A connection of this library needs no transform: iterate over it.
 *
 * @example From one framing to another
 * ```ts
 * import { decodeFrames, encodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const netstrings = ReadableStream.from(["5:hello,0:,5:wo", "rld,"])
 *   .pipeThrough(new TextEncoderStream());
 * const lines = netstrings
 *   .pipeThrough(decodeFrames("netstring"))
 *   .pipeThrough(encodeFrames("line"));
 * assertEquals(await new Response(lines).text(), "hello\n\nworld\n");
 * ```
 *
 * `encoding` turns messages into text or JSON values and back. Do not put a
 * `TextEncoderStream` in front of `encodeFrames` for that: it cuts and joins as
 * it likes, and it drops empty messages.
 *
 * @example JSON values, one per line
 * ```ts
 * import { decodeFrames, encodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { encoding: "json" } as const;
 * const values = ReadableStream.from([{ id: 1 }, { id: 2, urgent: true }])
 *   .pipeThrough(encodeFrames("line", options))
 *   .pipeThrough(decodeFrames("line", options));
 * const received: unknown[] = [];
 * for await (const value of values) received.push(value);
 * assertEquals(received, [{ id: 1 }, { id: 2, urgent: true }]);
 * ```
 *
 * @example Messages in a file, in the delimited form of Protocol Buffers
 * ```ts
 * import { decodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, Uint8Array.of(2, 104, 105, 1, 33));
 * const file = await Deno.open(path); // reading to the end closes it
 * const messages: Uint8Array[] = [];
 * for await (const message of file.readable.pipeThrough(decodeFrames("varint"))) {
 *   messages.push(message);
 * }
 * assertEquals(messages, [Uint8Array.of(104, 105), Uint8Array.of(33)]);
 * await Deno.remove(path);
 * ```
 *
 * @module
 */

export { decodeFrames, type DecodeFramesOptions } from "./decode_frames.ts";
export { encodeFrames, type EncodeFramesOptions } from "./encode_frames.ts";
