/**
 * A mail as SMTP sends it after DATA (RFC 5321, section 4.1.1.4): everything up
 * to a line that is a dot.
 *
 * ```text
 * Subject: hi CR LF CR LF  hello CR LF  . CR LF
 * . CR LF                                             a mail without lines
 * ```
 *
 * Nothing but CR LF ends a line. A receiver that also accepts LF finds the end of
 * a mail elsewhere than its sender, which is known as SMTP smuggling.
 *
 * @module
 */

import type { ReadableQueue } from "../../../bytes/readable_queue.ts";
import type { PacketScanner } from "../../formats/packet.ts";
import { evidence, tooLarge } from "../../limits.ts";

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
// The dot, CR and LF.
const LEAST = 3;

/** Finds the end of a mail. */
export class MailScanner implements PacketScanner {
  readonly #max: number;
  // How far it was searched for LF; what precedes it, when scan() returned false.
  #searched = 0;
  #size = 0;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#size || Math.max(LEAST, this.#searched + 1);
  }

  reset(): void {
    this.#searched = this.#size = 0;
  }

  scan(queue: ReadableQueue): boolean {
    for (;;) {
      const at = queue.indexOf(LF, this.#searched);
      const seen = at === -1 ? queue.length : at + 1;
      if (seen > this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
      }
      this.#searched = seen;
      if (at === -1) return false;
      if (endsMail(queue, at)) {
        this.#size = seen;
        return true;
      }
    }
  }
}

/** Whether the LF there ends a line of one dot. */
function endsMail(queue: ReadableQueue, at: number): boolean {
  if (at < 2) return false;
  if (queue.byte(at - 1) !== CR || queue.byte(at - 2) !== DOT) return false;
  return at === 2 ||
    (at >= 4 && queue.byte(at - 3) === LF && queue.byte(at - 4) === CR);
}
