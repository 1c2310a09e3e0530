/**
 * Collects the parts of a frame from its front to its end.
 *
 * @module
 */

import type { FramePart, FramePartKind } from "./frame_part.ts";

/**
 * How many parts of a frame are named at most. A payload of one mebibyte can hold
 * half a million escapes.
 */
export const MOST_PARTS = 1000;

/** The parts of one frame. They cover its bytes without gap or overlap. */
export class PartList {
  readonly #frame: Uint8Array;
  readonly #parts: FramePart[] = [];
  #at = 0;

  constructor(frame: Uint8Array) {
    this.#frame = frame;
  }

  /** Where the next part begins. */
  get at(): number {
    return this.#at;
  }

  /** How many bytes are in no part yet. */
  get rest(): number {
    return this.#frame.length - this.#at;
  }

  /** Whether no further part is named. */
  get isFull(): boolean {
    return this.#parts.length >= MOST_PARTS - 1;
  }

  /**
   * Adds the next part. If the frame ends before it, what is here is added and
   * the text says how much that is.
   *
   * @param size How many bytes the part has; without bytes nothing is added.
   * @param means What an escape stands for.
   */
  add(
    kind: FramePartKind,
    size: number,
    text: string = kind,
    means?: Uint8Array,
  ): this {
    const here = Math.min(size, this.rest);
    if (here <= 0 || this.isFull) return this;
    const isWhole = here === size;
    this.#parts.push({
      kind,
      offset: this.#at,
      size: here,
      text: isWhole ? text : `${kind}, ${here} of ${size} bytes`,
      ...(means === undefined || !isWhole ? {} : { means }),
    });
    this.#at += here;
    return this;
  }

  /** Adds the parts of what follows, which were found by another framing. */
  include(parts: readonly FramePart[]): this {
    for (const { kind, size, text, means } of parts) {
      this.add(kind, size, text, means);
    }
    return this;
  }

  /** Names what is left, and returns all parts. */
  finish(): FramePart[] {
    const size = this.rest;
    if (size > 0) {
      this.#parts.push({
        kind: "unknown",
        offset: this.#at,
        size,
        text: this.isFull ? "more parts" : "does not fit the framing",
      });
      this.#at += size;
    }
    return this.#parts;
  }
}
