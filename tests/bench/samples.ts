/**
 * Streams to measure with: many equal messages, framed, cut into chunks as reads
 * would bring them.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { ByteSink, type Framing, parseFraming } from "@parley/parley/framing";

/** What one read brings at most. */
export const CHUNK_BYTES = 64 * 1024;

// About 4 MiB of messages: long enough that a pass takes milliseconds.
const STREAM_BYTES = 4 * 1024 * 1024;

/** A framed stream in chunks. */
export interface Sample {
  readonly framing: Framing;
  readonly chunks: readonly Uint8Array[];
  readonly count: number;
  readonly message: Uint8Array;
}

/**
 * Makes a stream.
 *
 * @param spec The framing's string.
 * @param size Size of each message in bytes.
 * @returns The stream, cut into chunks wherever they end.
 */
export function sample(spec: string, size: number): Sample {
  const framing = parseFraming(spec);
  const maxMessageBytes = 1024 * 1024;
  const encoder = framing.encoder({ maxMessageBytes });
  const message = new Uint8Array(size).fill(97);
  const sink = new ByteSink();
  const count = Math.ceil(STREAM_BYTES / size);
  for (let i = 0; i < count; i++) encoder.encode(message, sink);
  const stream = concat(sink.pieces());
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < stream.length; from += CHUNK_BYTES) {
    chunks.push(stream.subarray(from, from + CHUNK_BYTES));
  }
  return { framing, chunks, count, message };
}

/**
 * Decodes `length:4` as a good engineer would write it for one program: one
 * buffer, a view per message, no limit, no end, no errors.
 *
 * @param chunks The stream.
 * @param use What is done with each message; the view is valid until it returns.
 */
export function decodeByHand(
  chunks: Iterable<Uint8Array>,
  use: (message: Uint8Array) => void,
): void {
  let buffer = new Uint8Array(4 * CHUNK_BYTES);
  let view = new DataView(buffer.buffer);
  let start = 0;
  let end = 0;
  for (const chunk of chunks) {
    buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    if (end + chunk.length > buffer.length) {
      const bigger = new Uint8Array(2 * (end + chunk.length));
      bigger.set(buffer.subarray(0, end));
      buffer = bigger;
      view = new DataView(buffer.buffer);
    }
    buffer.set(chunk, end);
    end += chunk.length;
    while (end - start >= 4) {
      const size = view.getUint32(start);
      if (end - start - 4 < size) break;
      start += 4 + size;
      use(buffer.subarray(start - size, start));
    }
  }
}
