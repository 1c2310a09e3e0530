/**
 * Netstrings: the length in decimal digits, a colon, the message, a comma.
 *
 * ```text
 * 5 : h e l l o ,      0 : ,
 * ```
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import { AnnouncedDecoder } from "./announced.ts";
import { addCounted, DigitsReader } from "./digits.ts";
import type { Encoder, Framing } from "../framing.ts";
import { checkSendSize } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Makes the framing of netstrings. The length has no sign, no spaces and no
 * zeros in front, and anything but a comma after the message is an error.
 *
 * @returns The framing `netstring`.
 *
 * @example Reading one
 * ```ts
 * import { FrameDecoder, netstring } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(netstring());
 * decoder.push(new TextEncoder().encode("5:hello,"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "hello");
 * ```
 */
export function netstring(): Framing {
  return NETSTRING;
}

const NETSTRING: Framing = namedFraming(
  "netstring",
  (maxMessageBytes) =>
    new AnnouncedDecoder(
      new DigitsReader(COLON, true),
      maxMessageBytes,
      COMMA,
    ),
  (maxMessageBytes) => new NetstringEncoder(maxMessageBytes),
  {
    explain(parts, frame) {
      addCounted(parts, frame, new DigitsReader(COLON, true), "colon");
      // What is not a comma does not fit.
      if (frame[parts.at] === COMMA) parts.add("delimiter", 1, "comma");
    },
  },
);

class NetstringEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.ascii(`${message.length}:`);
    sink.payload(message);
    sink.byte(COMMA);
  }
}
