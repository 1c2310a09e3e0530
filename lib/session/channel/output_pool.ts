/**
 * Output buffers between two writes.
 *
 * A connection needs one only while bytes wait to be written, so ten thousand
 * idle connections need none, and a busy one takes the buffer that the last one
 * has just put back, still warm in the processor's cache. Nothing of this ever
 * reaches a user: payloads are copied in, and the system copies them out.
 *
 * @module
 */

import { ByteSink } from "../../bytes/byte_sink.ts";

// What the spare buffers may hold together. A message to a thousand peers needs as
// many small ones in one turn, and making them took a tenth of its time.
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_SINKS = 16 * 1024;
// One that grew beyond this is freed. A program that waits for a slow peer allocates
// little, so the collector would leave the garbage of many long messages.
const LARGEST_BYTES = 256 * 1024;

const spare: ByteSink[] = [];
let spareBytes = 0;

/**
 * Gives an empty sink.
 *
 * @returns The sink, the caller's until {@linkcode recycle}.
 */
export function newSink(): ByteSink {
  const sink = spare.pop();
  if (sink === undefined) return new ByteSink();
  spareBytes -= sink.capacity;
  return sink;
}

/**
 * Takes back a sink whose bytes were all written.
 *
 * @param sink The sink; not to be touched any more.
 */
export function recycle(sink: ByteSink): void {
  sink.clear();
  const { capacity } = sink;
  if (capacity > LARGEST_BYTES) return sink.free();
  if (spare.length === MOST_SINKS) return;
  if (spareBytes + capacity > MOST_BYTES) return;
  spareBytes += capacity;
  spare.push(sink);
}
