/**
 * Draws the messages of a connection, both ways, with the parts of their frames.
 *
 * ```text
 * sent message 1: 9 bytes
 *     00000000  00 00 00 05 68 65 6c 6c  6f                       |....hello|
 *               ^^^^^^^^^^^ length 5
 *                           ^^^^^^^^^^^^^^^^ payload
 * ```
 *
 * @module
 */

import {
  explainFrame,
  type Framing,
  type Side,
} from "../../lib/framing/mod.ts";
import { FrameWatch, type WatchedMessage } from "../../lib/relay/mod.ts";
import { annotatedBytes } from "./annotated_bytes.ts";
import type { Log } from "./log.ts";

// On a terminal; a file gets all.
const MOST_ROWS = 16;
const INDENT = "    ";

/** What a log of frames needs. */
export interface FrameLogOptions {
  /** How wide a row may be; `Infinity` if it is not shown on a terminal. */
  readonly columns: number;
  /** The framing. */
  readonly framing: Framing;
  /** The log. */
  readonly log: Log;
  /** Largest message in bytes. */
  readonly maxMessageBytes: number;
  /** The peer's address and a space, if lines name it. */
  readonly peer: string;
  /** The side that this program is. */
  readonly side: Side;
}

/** Logs the frames of one connection. */
export class FrameLog {
  readonly #options: FrameLogOptions;
  readonly #watch: FrameWatch;

  constructor(options: FrameLogOptions) {
    const { framing, maxMessageBytes } = options;
    this.#options = options;
    this.#watch = new FrameWatch({
      framing,
      maxMessageBytes,
      onMessage: (message) => this.#draw(message),
    });
  }

  /** Takes in what was read. */
  received(bytes: Uint8Array): void {
    const { side } = this.#options;
    this.#watch.onChunk(side === "client" ? "toClient" : "toServer", bytes);
  }

  /** Takes in what was written. */
  sent(bytes: Uint8Array): void {
    const { side } = this.#options;
    this.#watch.onChunk(side === "client" ? "toServer" : "toClient", bytes);
  }

  #draw({ direction, frame, isRaw, number, offset }: WatchedMessage): void {
    const { columns, framing, log, peer, side } = this.#options;
    const from = direction === "toServer" ? "client" : "server";
    const parts = isRaw
      ? []
      : explainFrame(framing, frame, { from, index: number - 1 });
    const size = `${frame.length} byte${frame.length === 1 ? "" : "s"}`;
    log.now(
      {
        event: "frame",
        to: from === "client" ? "server" : "client",
        number,
        offset,
        bytes: frame.length,
        hex: frame.toHex(),
        parts: parts.map(({ kind, offset, size, text }) => {
          return { kind, offset, size, text };
        }),
      },
      `${peer}${from === side ? "sent" : "received"} ${
        isRaw ? "bytes" : `message ${number}`
      }: ${size}`,
      annotatedBytes(frame, parts, {
        columns: columns - INDENT.length,
        mostRows: columns === Infinity ? Infinity : MOST_ROWS,
        offset,
      }).map((row) => INDENT + row),
    );
  }
}
