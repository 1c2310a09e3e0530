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
  type FramePart,
  type Framing,
  type Side,
} from "../../../lib/framing/mod.ts";
import {
  FrameWatch,
  type RelayDirection,
  type WatchedError,
  type WatchedMessage,
} from "../../../lib/relay/mod.ts";
import { otherSide } from "../../../lib/core.ts";
import { annotatedBytes } from "./annotated_bytes.ts";
import { badFrame } from "./bad_frame.ts";
import type { Log } from "../log.ts";

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
      onError: (error) => this.#drawBad(error),
      onMessage: (message) => this.#draw(message),
    });
  }

  /** Takes in what was read. */
  received(bytes: Uint8Array): void {
    const { side } = this.#options;
    this.#watch.onChunk(side === "client" ? "toClient" : "toServer", bytes);
  }

  /** Takes note that the peer has finished sending. */
  ended(): void {
    const { side } = this.#options;
    this.#watch.onEnd(side === "client" ? "toClient" : "toServer");
  }

  /** Takes in what was written. */
  sent(bytes: Uint8Array): void {
    const { side } = this.#options;
    this.#watch.onChunk(side === "client" ? "toServer" : "toClient", bytes);
  }

  #draw({ direction, frame, isRaw, number, offset }: WatchedMessage): void {
    const { framing } = this.#options;
    const from = senderOf(direction);
    const parts = isRaw
      ? []
      : explainFrame(framing, frame, { from, index: number - 1 });
    const what = isRaw ? "bytes" : `message ${number}`;
    const drawn = { bytes: frame, offset, parts };
    this.#write("frame", direction, number, `${what}: ${sizeOf(frame)}`, drawn);
  }

  /** Draws what is known of a frame that was refused; the error follows at the end. */
  #drawBad({ direction, error, number }: WatchedError): void {
    const { framing } = this.#options;
    const frame = badFrame(error, framing, senderOf(direction));
    const what = `what does not fit ${framing} as message ${number}`;
    this.#write("broken_frame", direction, number, what, frame);
  }

  #write(
    event: "frame" | "broken_frame",
    direction: RelayDirection,
    number: number,
    what: string,
    { bytes, offset, parts }: {
      readonly bytes: Uint8Array;
      readonly offset: number;
      readonly parts: readonly FramePart[];
    },
  ): void {
    const { columns, log, peer, side } = this.#options;
    const from = senderOf(direction);
    log.now(
      {
        event,
        to: otherSide(from),
        number,
        offset,
        bytes: bytes.length,
        hex: bytes.toHex(),
        parts: parts.map(({ kind, offset, size, text }) => {
          return { kind, offset, size, text };
        }),
      },
      `${peer}${from === side ? "sent" : "received"} ${what}`,
      annotatedBytes(bytes, parts, {
        columns: columns - INDENT.length,
        mostRows: columns === Infinity ? Infinity : MOST_ROWS,
        offset,
      }).map((row) => INDENT + row),
    );
  }
}

function senderOf(direction: RelayDirection): Side {
  return direction === "toServer" ? "client" : "server";
}

function sizeOf({ length }: Uint8Array): string {
  return `${length} byte${length === 1 ? "" : "s"}`;
}
