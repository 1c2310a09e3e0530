/**
 * Octet counting of syslog over TCP (RFC 6587, section 3.4.1; RFC 5425): the
 * length in decimal digits, one space, the message.
 *
 * ```text
 * 5 _ h e l l o      (_ is a space; it does not count)
 * ```
 *
 * @module
 */

import type { Hint } from "../../errors.ts";
import { OptionRangeError } from "../../check.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { AnnouncedDecoder } from "./announced.ts";
import { addCounted, DigitsReader } from "./digits.ts";
import type { Encoder, Framing } from "../framing.ts";
import { checkSendSize } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

const SPACE = 0x20;
const LINE_END = {
  text: "this looks like line framing, or a count without the line end",
  framing: "syslog",
};
const HINTS: ReadonlyMap<number, Hint> = new Map([
  [0x3c, { text: "this looks like line framing", framing: "syslog" }],
  [0x0a, LINE_END],
  [0x0d, LINE_END],
]);

/**
 * Makes the framing of syslog's octet counting. The length does not begin with
 * zero, so an empty message cannot be sent.
 *
 * @returns The framing `octet-count`.
 *
 * @example Reading one message
 * ```ts
 * import { FrameDecoder, octetCount } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(octetCount());
 * decoder.push(new TextEncoder().encode("5 hello"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "hello");
 * ```
 */
export function octetCount(): Framing {
  return OCTET_COUNT;
}

const OCTET_COUNT: Framing = namedFraming(
  "octet-count",
  (maxMessageBytes) =>
    new AnnouncedDecoder(
      new DigitsReader(SPACE, false, HINTS),
      maxMessageBytes,
    ),
  (maxMessageBytes) => new OctetCountEncoder(maxMessageBytes),
  {
    explain: (parts, frame) =>
      addCounted(parts, frame, new DigitsReader(SPACE, false), "space"),
  },
);

class OctetCountEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    if (message.length === 0) {
      throw new OptionRangeError({
        action: 'send empty message in framing "octet-count"',
        reason: "its length must not be zero",
      });
    }
    sink.ascii(`${message.length} `);
    sink.payload(message);
  }
}
