/**
 * Cuts a stream into its messages, with every byte of it in one of them.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { FrameDecoder } from "../../framing/frame_decoder.ts";
import type { FrameDecoderOptions } from "../../framing/frame_decoder_options.ts";
import type { Framing } from "../../framing/framing.ts";

/** A part of a stream. */
export interface Frame {
  /** All its bytes, header and delimiter included. */
  readonly bytes: Uint8Array;
  /** The message in it; `undefined` for bytes that are not a message. */
  readonly payload: Uint8Array | undefined;
}

/**
 * Finds the messages of a stream.
 *
 * ```text
 *   framed ── the bytes break the framing ──► raw   each chunk is given as it is
 * ```
 */
export class Frames {
  // Gone once the stream is raw.
  #decoder: FrameDecoder | undefined;

  /** @param framing How messages end; it is not `raw`. */
  constructor(framing: Framing, options: FrameDecoderOptions) {
    this.#decoder = new FrameDecoder(framing, {
      ...options,
      // Bytes that are skipped belong to the frame behind them.
      onBadFrame: () => {},
    });
  }

  /** Takes bytes, which the caller does not change any more. */
  push(bytes: Uint8Array, take: (frame: Frame) => void): void {
    if (this.#decoder === undefined) return take({ bytes, payload: undefined });
    this.#decoder.push(bytes);
    this.#decode(this.#decoder, false, take);
  }

  /** Takes the end. */
  end(take: (frame: Frame) => void): void {
    if (this.#decoder !== undefined) this.#decode(this.#decoder, true, take);
  }

  #decode(
    decoder: FrameDecoder,
    hasEnded: boolean,
    take: (frame: Frame) => void,
  ): void {
    const { queue } = decoder;
    let base = queue.offset;
    // Reading moves no bytes, so frames are parts of this.
    let rest = queue.peek(0, queue.gather());
    try {
      for (;;) {
        const payload = hasEnded ? decoder.end() : decoder.next();
        const count = queue.offset - base;
        if (payload === undefined) break;
        take({ bytes: rest.subarray(0, count), payload });
        rest = rest.subarray(count);
        base += count;
      }
      // Bytes that were skipped, and no frame behind them yet.
      const skipped = queue.offset - base;
      if (hasEnded && rest.length > 0) {
        take({ bytes: rest, payload: undefined });
      } else if (skipped > 0) {
        take({ bytes: rest.subarray(0, skipped), payload: undefined });
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#decoder = undefined;
      if (rest.length > 0) take({ bytes: rest, payload: undefined });
    }
  }
}
