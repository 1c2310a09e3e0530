/**
 * Messages of a room in the frames of its members: encoded once for each framing,
 * and shared by all members that use it.
 *
 * @module
 */

import { ByteSink } from "../../bytes/byte_sink.ts";
import { encodeBatch } from "../../framing/encode_batch.ts";
import type { Encoder, Framing } from "../../framing/framing.ts";
import { hasName } from "../../framing/name.ts";
import { reasonFor } from "../members/notice.ts";

/** Messages that are delivered together, or not at all. */
export interface Parcel {
  /** How many messages. */
  readonly count: number;
  /**
   * Whether the hub itself says it. One that does not fit is left out without a
   * notice, which would not fit either.
   */
  readonly isNotice: boolean;
  /** What it counts for in a queue, in bytes. */
  readonly size: number;
  /** Their frames; `undefined` if each member encodes them by itself. */
  readonly frames: Uint8Array | undefined;
  /** The messages, if each member encodes them by itself. */
  readonly messages: readonly Uint8Array[];
}

/** Messages that a framing cannot hold. */
export interface Skipped {
  /** How many. */
  readonly count: number;
  /** Why the first of them is not possible. */
  readonly reason: string;
}

const NO_MESSAGES: readonly Uint8Array[] = [];

/** Encodes for all members whose framings write the same frames. */
export class Packer {
  /** What could not be encoded by the last call of `pack`. */
  skipped: Skipped | undefined;
  readonly #encoder: Encoder | undefined;
  readonly #sink = new ByteSink();

  /**
   * Makes a packer, whose encoder is of no member's connection.
   *
   * @param framing The framing of one of the members.
   * @param maxMessageBytes The most bytes of a message.
   */
  constructor(framing: Framing, maxMessageBytes: number) {
    this.#encoder = framing.encodesAlike === true
      ? framing.encoder({ from: "server", maxMessageBytes })
      : undefined;
  }

  /**
   * Encodes messages.
   *
   * @param most Bytes at which a parcel ends.
   * @param isNotice Whether they are of the hub itself.
   */
  pack(
    messages: readonly Uint8Array[],
    most: number,
    isNotice = false,
  ): Parcel[] {
    this.skipped = undefined;
    const encoder = this.#encoder;
    if (encoder === undefined) return [unpacked(messages, isNotice)];
    const sink = this.#sink;
    const parcels: Parcel[] = [];
    for (let next = 0, count = 0; next < messages.length;) {
      const first = next;
      try {
        next = encodeBatch(encoder, messages, first, sink, most);
        count += next - first;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#skip(error);
        next++;
      }
      const isLast = next === messages.length;
      if (count > 0 && (isLast || sink.length >= most)) {
        parcels.push(packed(sink, count, isNotice));
        count = 0;
      }
    }
    sink.clear();
    return parcels;
  }

  #skip(error: unknown): void {
    const { count = 0, reason = reasonFor(error) } = this.skipped ?? {};
    this.skipped = { count: count + 1, reason };
  }
}

/** Messages that the member itself encodes. */
export function unpacked(
  messages: readonly Uint8Array[],
  isNotice: boolean,
): Parcel {
  const size = messages.reduce((sum, { length }) => sum + length, 0);
  const count = messages.length;
  return { count, isNotice, size, frames: undefined, messages };
}

/** Copies frames out of a sink, which the next ones use again. */
function packed(sink: ByteSink, count: number, isNotice: boolean): Parcel {
  const frames = new Uint8Array(sink.length);
  let at = 0;
  for (const piece of sink.pieces()) {
    frames.set(piece, at);
    at += piece.length;
  }
  sink.clear();
  const size = frames.length;
  return { count, isNotice, size, frames, messages: NO_MESSAGES };
}

/** The name of what packs for a member: the same for all that share frames. */
export function packerKey(framing: Framing): string | Framing {
  return framing.encodesAlike === true && hasName(framing)
    ? String(framing)
    : framing;
}
