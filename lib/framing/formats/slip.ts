/**
 * SLIP (RFC 1055): packets between END bytes, with escapes.
 *
 * ```text
 * message   01 C0 02 DB 03
 * frame     C0  01  DB DC  02  DB DD  03  C0
 *           END     ESC END    ESC ESC    END
 * ```
 *
 * @module
 */

import type { Framing } from "../framing.ts";
import { nameOf } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";
import {
  addStuffed,
  StuffedDecoder,
  StuffedEncoder,
  type Stuffing,
} from "./stuffing.ts";

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

const STUFFED = new Uint8Array(256);
STUFFED[END] = ESC_END;
STUFFED[ESC] = ESC_ESC;

const PLAIN = new Int16Array(256).fill(-1);
PLAIN[ESC_END] = END;
PLAIN[ESC_ESC] = ESC;

const RULE: Stuffing = {
  name: "slip",
  end: END,
  endName: "END (c0)",
  escape: ESC,
  packet: "packet",
  stuffed: STUFFED,
  plain: PLAIN,
  fault: (position, byte) =>
    `the ESC (db) at position ${position} must be followed by dc or dd, not by ${
      nameOf(byte)
    }`,
};

/**
 * Makes the framing of SLIP. An END is also sent before each packet, and empty
 * packets are skipped, so an empty message cannot be sent. The limit counts the
 * bytes without their escapes. An escape that RFC 1055 does not know is an
 * error.
 *
 * @returns The framing `slip`.
 *
 * @example Reading a packet
 * ```ts
 * import { FrameDecoder, slip } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(slip());
 * decoder.push(Uint8Array.of(0xc0, 1, 0xdb, 0xdc, 2, 0xc0));
 * assertEquals(decoder.next(), Uint8Array.of(1, 0xc0, 2));
 * ```
 */
export function slip(): Framing {
  return SLIP;
}

const SLIP: Framing = namedFraming(
  "slip",
  (maxMessageBytes) => new StuffedDecoder(RULE, maxMessageBytes),
  (maxMessageBytes) => new StuffedEncoder(RULE, maxMessageBytes),
  {
    badFrames: "skip",
    explain: (parts, frame) => addStuffed(parts, frame, RULE),
  },
);
