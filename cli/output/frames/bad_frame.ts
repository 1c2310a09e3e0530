/**
 * What is known of a frame that was refused: the bytes that the error rests on, with
 * their parts.
 *
 * @module
 */

import type { ProtocolError } from "../../../mod.ts";
import {
  explainFrame,
  type FramePart,
  type Framing,
  type Side,
} from "../../../lib/framing/mod.ts";

/** The beginning of a frame that was refused. */
export interface BadFrame {
  /** At most 16 bytes: how many more had come depends on the network's cuts. */
  readonly bytes: Uint8Array;
  /** Where it begins: bytes since the stream began. */
  readonly offset: number;
  readonly parts: readonly FramePart[];
}

/**
 * Finds the beginning of the frame that an error of a decoder is about.
 *
 * @param from The side that has sent it.
 * @returns The bytes, as far as they are known; none after the end of a stream.
 */
export function badFrame(
  { details }: ProtocolError,
  framing: Framing,
  from: Side,
): BadFrame {
  const bytes = details.firstBytes ?? new Uint8Array(0);
  const index = (details.messageNumber ?? 1) - 1;
  return {
    bytes,
    offset: details.streamOffset ?? 0,
    parts: explainFrame(framing, bytes, { from, index }),
  };
}
