/**
 * The parts of a frame, as tools draw them under its bytes.
 *
 * ```text
 * 00 00 00 05   68 65 6c 6c 6f
 * length 5      payload
 * ```
 *
 * @module
 */

import type { Side } from "../framing.ts";

/**
 * What a part of a frame is for:
 *
 * - `"header"`: bytes in front of the payload other than a length,
 * - `"length"`: says how long the frame, the payload or a part of it is,
 * - `"payload"`: bytes of the message as they are,
 * - `"delimiter"`: marks the beginning or the end of a frame or of a part of it,
 * - `"escape"`: stands for other bytes of the message, see
 *   {@linkcode FramePart.means},
 * - `"padding"`: fills a frame up to its size,
 * - `"checksum"`: computed from other bytes,
 * - `"trailer"`: bytes behind the payload that the framing does not look at,
 * - `"filler"`: bytes between two frames that the decoder drops,
 * - `"unknown"`: bytes that do not fit the framing, or more parts than are named.
 */
export type FramePartKind =
  | "checksum"
  | "delimiter"
  | "escape"
  | "filler"
  | "header"
  | "length"
  | "padding"
  | "payload"
  | "trailer"
  | "unknown";

/** One part of a frame. */
export interface FramePart {
  /** What it is for. */
  readonly kind: FramePartKind;
  /**
   * The bytes of the message that an escape stands for; empty if it stands for
   * none. Other parts do not have it.
   */
  readonly means?: Uint8Array;
  /** Where it begins in the frame, in bytes from 0. */
  readonly offset: number;
  /** How many bytes it has, at least 1. */
  readonly size: number;
  /** What it says, in a few printable words, such as `length 5` or `CR LF`. */
  readonly text: string;
}

/**
 * Where a frame stands. It matters in framings whose frames differ by their
 * place: in a sequence such as `fixed:4 then line`, and in protocols whose
 * directions differ.
 */
export interface FramePlace {
  /**
   * The side that has sent the frame.
   *
   * @default {undefined}
   */
  readonly from?: Side | undefined;
  /**
   * How many messages came before the frame in the same direction.
   *
   * @default {0}
   */
  readonly index?: number | undefined;
}
