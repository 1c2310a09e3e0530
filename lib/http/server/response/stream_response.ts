/**
 * Sends the chunks of a stream to a client, as fast as the client takes them.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { MaybeLater } from "../../channel/http_channel.ts";
import { END } from "../../wire/events.ts";
import { type BodyReader, BodyStart, type Chunk } from "./body_start.ts";
import type { OutgoingResponse } from "./outgoing_response.ts";

/**
 * Sends a response whose body is a stream.
 *
 * @param reader Reads the body; it is cancelled if the client does not want it or
 * goes away.
 * @throws {TypeError} If a chunk is not a `Uint8Array`.
 * @throws {RangeError} If the body has not the length that it announces.
 * @throws {unknown} What the body failed with, or the link was lost by.
 */
export async function sendStream(
  response: OutgoingResponse,
  reader: BodyReader,
): Promise<void> {
  try {
    const rest = await sendStart(response, reader);
    if (rest !== undefined) await sendRest(response, rest, reader);
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

/**
 * Sends the head, and what is at hand of the body.
 *
 * @returns The reads whose chunks are still to be sent, if that was not all.
 */
async function sendStart(
  response: OutgoingResponse,
  reader: BodyReader,
): Promise<BodyStart | undefined> {
  const start = new BodyStart(reader, response.isLengthKnown);
  await start.atHand();
  const { first, second } = start;
  if (first?.done) {
    await response.sendEmpty();
    return undefined;
  }
  const bytes = first === undefined ? undefined : checkChunk(first.value);
  if (bytes !== undefined && second?.done) {
    await response.sendWhole(bytes);
    return undefined;
  }
  if (response.isBodiless) {
    const { asked: { method }, status } = response;
    reader.cancel(`a response to ${method} of status ${status} has no body`)
      .catch(() => {});
    await response.sendEmpty();
    return undefined;
  }
  // A handler that answers bit by bit may want the head to be seen before.
  if (bytes === undefined) await response.sendHead();
  else {
    start.taken();
    await response.sendHead(response.part(bytes));
  }
  return start;
}

async function sendRest(
  response: OutgoingResponse,
  start: BodyStart,
  reader: BodyReader,
): Promise<void> {
  const { wire } = response;
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
      const room = sendChunk(response, await next);
      if (room === "end") break;
      await room;
    }
    if (signal.aborted) throw signal.reason;
    await wire.send(END);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

// Apart from the loop, which must not hold a chunk while it waits for room: of
// a thousand clients that do not read, that would be as many chunks more.
function sendChunk(
  response: OutgoingResponse,
  { done, value }: Chunk,
): MaybeLater | "end" {
  if (done) return "end";
  return response.wire.send(response.part(checkChunk(value)));
}

/** Checks what a stream gave. */
function checkChunk(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new OptionTypeError({
    action: `send a ${typeof chunk} as a part of a body`,
    reason: "its stream must give Uint8Arrays",
  });
}
