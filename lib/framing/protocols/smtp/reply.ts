/**
 * A reply of SMTP (RFC 5321, section 4.2): lines with the same code, of which all
 * but the last one have a hyphen behind it.
 *
 * ```text
 * 250-mail.example.org CR LF
 * 250-SIZE 1000000 CR LF
 * 250 HELP CR LF
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../../bytes/readable_queue.ts";
import { isDigit } from "../../formats/digits.ts";
import type { PacketScanner } from "../../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../../limits.ts";

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const CODE_BYTES = 3;
// A code, CR and LF.
const LEAST = 5;

/** Finds the end of a reply. */
export class ReplyScanner implements PacketScanner {
  readonly #max: number;
  // Where the current line begins, and how far it was looked at.
  #line = 0;
  #searched = 0;
  #size = 0;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#size || Math.max(this.#line + LEAST, this.#searched + 1);
  }

  reset(): void {
    this.#line = this.#searched = this.#size = 0;
  }

  scan(queue: ReadableQueue): boolean {
    for (;;) {
      while (this.#searched <= this.#line + CODE_BYTES) {
        const at = this.#searched;
        this.#checkSize(queue, at);
        if (!queue.has(at + 1)) return false;
        this.#checkHead(queue, at);
        this.#searched++;
      }
      const hyphen = queue.byte(this.#line + CODE_BYTES) === HYPHEN;
      // The CR right behind the code is part of the line's end.
      const end = queue.indexOf(LF, this.#searched);
      const seen = end === -1 ? queue.length : end + 1;
      this.#checkSize(queue, seen - 1);
      this.#searched = seen;
      if (end === -1) return false;
      if (queue.byte(end - 1) !== CR) {
        throw malformed(
          `its line must end with CR LF, and has an LF alone at position ${seen}`,
          evidence(queue, seen),
        );
      }
      this.#line = seen;
      if (!hyphen) {
        this.#size = seen;
        return true;
      }
    }
  }

  #checkSize(queue: ReadableQueue, at: number): void {
    if (at < this.#max || !queue.has(at + 1)) return;
    throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
  }

  /** Looks at one byte of the code, or at the byte behind it. */
  #checkHead(queue: ReadableQueue, at: number): void {
    const byte = queue.byte(at);
    const place = at - this.#line;
    if (place === CODE_BYTES) {
      if (byte === SPACE || byte === HYPHEN || byte === CR) return;
      throw malformed(
        `the code of a reply must be followed by a blank, "-" or CR LF, not by ${
          nameOf(byte)
        }`,
        evidence(queue, at + 1),
      );
    }
    if (!isDigit(byte)) {
      throw malformed(
        `a line of a reply begins with a code of three digits, and has ${
          nameOf(byte)
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
    if (this.#line === 0 || byte === queue.byte(place)) return;
    throw malformed(
      `all lines of a reply have the same code, and this one differs at position ${
        at + 1
      }`,
      evidence(queue, at + 1),
    );
  }
}
