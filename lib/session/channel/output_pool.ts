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

// Enough for a few dozen connections that write at the same moment; one that
// grew beyond the second number is left to the garbage collector.
const MOST_SINKS = 64;
const LARGEST_BYTES = 256 * 1024;

const spare: ByteSink[] = [];

/**
 * Gives an empty sink.
 *
 * @returns The sink, the caller's until {@linkcode recycle}.
 */
export function newSink(): ByteSink {
  return spare.pop() ?? new ByteSink();
}

/**
 * Takes back a sink whose bytes were all written.
 *
 * @param sink The sink; not to be touched any more.
 */
export function recycle(sink: ByteSink): void {
  sink.clear();
  if (spare.length < MOST_SINKS && sink.capacity <= LARGEST_BYTES) {
    spare.push(sink);
  }
}
