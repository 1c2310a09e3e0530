/**
 * Names the parts of a frame of any framing.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import { ProtocolError } from "../../errors.ts";
import type { Framing } from "../framing.ts";
import type { FramePart, FramePlace } from "./frame_part.ts";
import { PartList } from "./part_list.ts";

/**
 * Names the parts of a frame, also if the framing has no `explain`. Then the
 * frame is decoded: what lies before and behind the message is named as header
 * and trailer.
 *
 * The frame is what the decoder takes off its queue for one message. With
 * {@linkcode FrameDecoder} these are the bytes from `decoder.queue.offset`
 * before `next()` up to `decoder.queue.offset` after it.
 *
 * @param framing The framing.
 * @param frame The bytes as they lie on the wire, or the beginning of them.
 * @param place Where the frame stands: which side has sent it, and how many
 * messages came before.
 * @returns The parts in order. They cover the frame without gap or overlap; a
 * frame without bytes has none.
 *
 * @example A length and a payload
 * ```ts
 * import { explainFrame, parseFraming } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = Uint8Array.of(0, 0, 0, 2, 104, 105);
 * assertEquals(explainFrame(parseFraming("length:4"), frame), [
 *   { kind: "length", offset: 0, size: 4, text: "length 2" },
 *   { kind: "payload", offset: 4, size: 2, text: "payload" },
 * ]);
 * ```
 */
export function explainFrame(
  framing: Framing,
  frame: Uint8Array,
  place: FramePlace = {},
): FramePart[] {
  if (framing.explain !== undefined) return framing.explain(frame, place);
  const parts = new PartList(frame);
  const message = decoded(framing, frame, place);
  // Otherwise the message was put together from pieces.
  if (message === undefined || message.buffer !== frame.buffer) {
    return parts.add("unknown", frame.length, "frame").finish();
  }
  return parts.add("header", message.byteOffset - frame.byteOffset)
    .add("payload", message.length)
    .add("trailer", parts.rest)
    .finish();
}

/** The message of the frame, or `undefined` if it cannot be decoded. */
function decoded(
  framing: Framing,
  frame: Uint8Array,
  { from }: FramePlace,
): Uint8Array | undefined {
  const queue = new ByteQueue();
  queue.push(frame);
  try {
    const maxMessageBytes = frame.length + 1;
    const decoder = framing.decoder({ maxMessageBytes, from });
    return decoder.decode(queue) ?? decoder.decodeEnd(queue);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
