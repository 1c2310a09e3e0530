/**
 * The parts of a request: which part of which message a cut is in.
 *
 * @module
 */

import {
  explainFrame,
  FrameDecoder,
  type FramePart,
} from "../../../lib/framing/mod.ts";
import type { ChopRequest } from "./request.ts";

/** The parts of all messages of a request, with offsets in the request. */
export function partsOf(
  { bytes, framing }: ChopRequest,
  maxMessageBytes: number,
): FramePart[] {
  if (framing === undefined) return [];
  const decoder = new FrameDecoder(framing, {
    from: "client",
    maxMessageBytes,
    onBadFrame: () => {},
  });
  decoder.push(bytes);
  const { queue } = decoder;
  const parts: FramePart[] = [];
  const add = (begin: number, end: number) => {
    const place = { from: "client", index: decoder.count - 1 } as const;
    for (
      const part of explainFrame(framing, bytes.subarray(begin, end), place)
    ) {
      parts.push({ ...part, offset: begin + part.offset });
    }
  };
  let begin = 0;
  try {
    while (decoder.next() !== undefined) {
      add(begin, queue.offset);
      begin = queue.offset;
    }
    if (decoder.end() !== undefined) {
      add(begin, bytes.length);
      begin = bytes.length;
    }
  } catch {
    // A request may break its framing on purpose; the rest has no parts.
  }
  return parts;
}

/** Says where a cut is: `inside the length`, `between the length and the payload`. */
export function placeOf(
  cut: number,
  parts: readonly FramePart[],
): string | undefined {
  const before = parts.findLast(({ offset }) => offset < cut);
  if (before === undefined) return undefined;
  const name = nameOf(before);
  if (cut < before.offset + before.size) return `inside the ${name}`;
  const after = parts.find(({ offset }) => offset === cut);
  return after === undefined
    ? `after the ${name}`
    : `between the ${name} and the ${nameOf(after)}`;
}

/** The kind of a part: its text may have numbers that differ from message to message. */
function nameOf({ kind, text }: FramePart): string {
  return kind === "unknown" ? text : kind;
}
