/**
 * Counts what one side of a recorded connection received.
 *
 * ```text
 * messages ── bytes that do not fit the framing ──► bytes
 * ```
 *
 * @module
 */

import { FrameDecoder } from "../framing/frame_decoder.ts";
import type { Framing, Side } from "../framing/framing.ts";

/** What is counted. */
export type CountedUnit = "messages" | "datagrams" | "bytes";

/** How messages are counted. */
export interface CountOptions {
  /** The framing, or datagrams; without either bytes are counted. */
  readonly framing: Framing | "datagrams" | undefined;
  /** The side that sends them. */
  readonly from: Side;
  readonly maxMessageBytes: number;
}

/** Counts in messages for as long as that is possible. */
export class ReceivedCount {
  /** All bytes so far. */
  bytes = 0;
  /** What it has come to. */
  unit: CountedUnit;
  #messages = 0;
  readonly #options: CountOptions;
  // Made with the first bytes: a recording may have many connections without any.
  #decoder: FrameDecoder | undefined;

  constructor(options: CountOptions) {
    const { framing } = options;
    this.#options = options;
    this.unit = framing === undefined
      ? "bytes"
      : framing === "datagrams"
      ? framing
      : "messages";
  }

  /** How much was received, in the unit. */
  get value(): number {
    return this.unit === "bytes" ? this.bytes : this.#messages;
  }

  /** Takes the bytes of one read. */
  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.unit === "datagrams") this.#messages++;
    if (this.unit !== "messages") return;
    const decoder = this.#decoder ??= this.#newDecoder();
    decoder.push(chunk);
    try {
      while (decoder.skip() >= 0) this.#messages++;
    } catch {
      // The other side broke the framing, which is worth playing too.
      this.unit = "bytes";
      this.#decoder = undefined;
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#decoder = undefined;
  }

  #newDecoder(): FrameDecoder {
    const { from, maxMessageBytes } = this.#options;
    const framing = this.#options.framing as Framing;
    const onBadFrame = () => {};
    return new FrameDecoder(framing, { from, maxMessageBytes, onBadFrame });
  }
}
