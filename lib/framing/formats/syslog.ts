/**
 * Syslog over TCP as it is really sent (RFC 6587): counted or ended by a line
 * feed, told apart by the first byte of each frame (section 3.4.2).
 *
 * ```text
 * 5 _ < 1 > h i        a digit: octet counting     (_ is a space)
 * < 1 > h i LF         "<", a priority: up to the line feed
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { explainFrame } from "../explain/explain_frame.ts";
import type { Decoder, Framing } from "../framing.ts";
import { evidence, malformed, nameOf } from "../limits.ts";
import { line } from "./line.ts";
import { namedFraming } from "./named_framing.ts";
import { octetCount } from "./octet_count.ts";

const LESS_THAN = 0x3c;
const ONE = 0x31;
const NINE = 0x39;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Makes the framing of syslog over TCP in both of its forms. Line ends between
 * frames are skipped, as some senders put one behind a counted message.
 *
 * @returns The framing `syslog`. Its encoder counts octets.
 *
 * @example Both forms on one connection
 * ```ts
 * import { FrameDecoder, syslog } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(syslog());
 * decoder.push(new TextEncoder().encode("5 <1>hi<2>ho\n"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "<1>hi");
 * assertEquals(new TextDecoder().decode(decoder.next()), "<2>ho");
 * ```
 */
export function syslog(): Framing {
  return SYSLOG;
}

const SYSLOG: Framing = namedFraming(
  "syslog",
  (maxMessageBytes) => new SyslogDecoder(maxMessageBytes),
  (maxMessageBytes) => octetCount().encoder({ maxMessageBytes }),
  {
    explain(parts, frame) {
      const begin = frame.findIndex((byte) => byte !== LF && byte !== CR);
      parts.add("filler", begin === -1 ? frame.length : begin, "line ends");
      if (begin === -1) return;
      const form = frame[begin] === LESS_THAN ? line() : octetCount();
      parts.include(explainFrame(form, frame.subarray(begin)));
    },
  },
);

class SyslogDecoder implements Decoder {
  skippedBytes = 0;
  readonly #counted: Decoder;
  readonly #lines: Decoder;
  // Decodes the frame that has begun.
  #current: Decoder | undefined;

  constructor(maxMessageBytes: number) {
    this.#counted = octetCount().decoder({ maxMessageBytes });
    this.#lines = line().decoder({ maxMessageBytes });
  }

  get missingBytes(): number {
    return this.#current?.missingBytes ?? 0;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#current === undefined) this.#begin(queue);
    const message = this.#current?.decode(queue);
    if (message !== undefined) this.#current = undefined;
    return message;
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    return this.#current?.decodeEnd(queue);
  }

  /** Chooses by the first byte of a frame. */
  #begin(queue: ReadableQueue): void {
    this.skippedBytes = 0;
    while (queue.has(1) && (queue.byte(0) === LF || queue.byte(0) === CR)) {
      queue.skip(1);
      this.skippedBytes++;
    }
    if (!queue.has(1)) return;
    const first = queue.byte(0);
    if (first === LESS_THAN) this.#current = this.#lines;
    else if (first >= ONE && first <= NINE) this.#current = this.#counted;
    else {
      throw malformed(
        `a syslog message begins with "<" or a length, not with ${
          nameOf(first)
        }`,
        evidence(queue, 1),
      );
    }
  }
}
