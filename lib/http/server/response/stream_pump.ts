/**
 * Sends the chunks of a stream to a client, as fast as the client takes them.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { HttpChannel, MaybeLater } from "../../channel/http_channel.ts";
import type { BodyReader, BodyStart, Chunk } from "./body_start.ts";

/**
 * Sends the rest of a body, and its end.
 *
 * @param start The reads that have begun.
 * @param onSent Called with the size of each chunk.
 * @throws {TypeError} If a chunk is not a `Uint8Array`.
 * @throws {RangeError} If the body has not the length that it announces.
 * @throws {unknown} What the body failed with, or the link was lost by.
 */
export async function pumpStream(
  start: BodyStart,
  reader: BodyReader,
  wire: HttpChannel,
  onSent: (count: number) => void,
): Promise<void> {
  const { signal } = wire.channel;
  const cancel = () => {
    // It makes the read that waits end.
    reader.cancel(signal.reason).catch(() => {});
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  wire.watch();
  try {
    for (;;) {
      const next = start.next() ?? reader.read();
      const room = sendChunk(await next, wire, onSent);
      if (room === "end") break;
      await room;
    }
    if (signal.aborted) throw signal.reason;
    await wire.send({ type: "end", trailers: [] });
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

// Apart from the loop, which must not hold a chunk while it waits for room: of
// a thousand clients that do not read, that would be as many chunks more.
function sendChunk(
  { done, value }: Chunk,
  wire: HttpChannel,
  onSent: (count: number) => void,
): MaybeLater | "end" {
  if (done) return "end";
  const bytes = checkChunk(value);
  onSent(bytes.length);
  return wire.send({ type: "data", bytes });
}

/**
 * Checks what a stream gave.
 *
 * @throws {TypeError} If it is not a `Uint8Array`.
 */
export function checkChunk(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new OptionTypeError({
    action: `send a ${typeof chunk} as a part of a body`,
    reason: "its stream must give Uint8Arrays",
  });
}
