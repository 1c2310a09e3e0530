/**
 * The head of an HTTP/1.1 message without a body, such as that of an upgrade.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";

const CR = 0x0d;
const LF = 0x0a;

/** Finds the end of a head: an empty line. */
export class HttpHeadScanner implements PacketScanner {
  readonly #max: number;
  #searched = 0;
  // Where the last line that was looked at began.
  #line = 0;
  #hasEnd = false;

  /**
   * @param begin How a head begins, such as `GET `.
   * @param maxMessageBytes The limit in bytes, inclusive.
   */
  constructor(readonly begin: string, maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#hasEnd
      ? this.#searched
      : Math.max(this.begin.length, this.#searched) + 1;
  }

  reset(): void {
    this.#searched = this.#line = 0;
    this.#hasEnd = false;
  }

  scan(queue: ReadableQueue): boolean {
    for (;;) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      if (at >= this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
      }
      const byte = queue.byte(at);
      this.#check(queue, at, byte);
      this.#searched = at + 1;
      if (byte !== LF) continue;
      if (at - 1 === this.#line) {
        this.#hasEnd = true;
        return true;
      }
      this.#line = at + 1;
    }
  }

  #check(queue: ReadableQueue, at: number, byte: number): void {
    if (at < this.begin.length && byte !== this.begin.charCodeAt(at)) {
      throw malformed(
        `it must begin with "${this.begin}", and has ${
          nameOf(byte)
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
    const isAfterCr = at > 0 && queue.byte(at - 1) === CR;
    if (isAfterCr !== (byte === LF)) {
      throw malformed(
        `a line of its head must end with CR LF, and has ${
          nameOf(byte)
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
  }
}
