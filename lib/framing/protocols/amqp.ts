/**
 * AMQP 0-9-1: the protocol header that opens a connection, then frames.
 *
 * ```text
 * A M Q P 00 00 09 01                          from the client, first of all
 * 01 00 00 00 00 00 04  00 0A 00 0B  CE        type, channel, size, payload, end
 * ```
 *
 * A server that does not speak the client's version answers with a protocol
 * header of its own. No frame type is an `A`, so one scanner reads both.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import { AMQP_FRAME } from "./headers.ts";
import { HeaderScanner } from "./packet_header.ts";

const NAME = "AMQP";
// The name, then the protocol's number and its version.
const HEADER_BYTES = 8;

/** Finds the end of a protocol header or a frame. */
export class AmqpScanner implements PacketScanner {
  readonly #frame: HeaderScanner;
  readonly #max: number;
  // Bytes of a protocol header that were looked at; 0 in front of a frame.
  #searched = 0;

  constructor(maxMessageBytes: number) {
    this.#frame = new HeaderScanner(AMQP_FRAME, maxMessageBytes);
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#searched > 0 ? HEADER_BYTES : this.#frame.leastBytes;
  }

  reset(): void {
    this.#searched = 0;
    this.#frame.reset();
  }

  scan(queue: ReadableQueue): boolean {
    if (!queue.has(1)) return false;
    if (queue.byte(0) !== NAME.charCodeAt(0)) return this.#frame.scan(queue);
    if (HEADER_BYTES > this.#max) {
      throw tooLarge(HEADER_BYTES, this.#max, evidence(queue, 1));
    }
    for (; this.#searched < NAME.length; this.#searched++) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      if (queue.byte(at) === NAME.charCodeAt(at)) continue;
      throw malformed(
        `a protocol header begins with "${NAME}", and has ${
          nameOf(queue.byte(at))
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
    return queue.has(HEADER_BYTES);
  }
}
