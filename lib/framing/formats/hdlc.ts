/**
 * HDLC's octet stuffing (RFC 1662, section 4.2), as in PPP: frames between
 * flags, with escapes.
 *
 * ```text
 * message   01 7E 02 7D 03
 * frame     7E  01  7D 5E  02  7D 5D  03  7E
 *           flag    escape, then the byte with bit 20 turned over
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

const FLAG = 0x7e;
const ESCAPE = 0x7d;
const TURNED = 0x20;

const STUFFED = new Uint8Array(256);
STUFFED[FLAG] = FLAG ^ TURNED;
STUFFED[ESCAPE] = ESCAPE ^ TURNED;

// A sender may escape any byte; an escape before a flag aborts the frame.
const PLAIN = Int16Array.from({ length: 256 }, (_, byte) => byte ^ TURNED);
PLAIN[FLAG] = -1;

const RULE: Stuffing = {
  name: "hdlc",
  end: FLAG,
  endName: "flag (7e)",
  escape: ESCAPE,
  packet: "frame",
  stuffed: STUFFED,
  plain: PLAIN,
  fault: (position, byte) =>
    `the escape (7d) at position ${position} is followed by ${
      nameOf(byte)
    }, which aborts the frame`,
};

/**
 * Makes the framing of HDLC's octet stuffing. A message is what stands between
 * two flags, without escapes: address, control and checksum are part of it. A
 * flag is also sent before each frame, and empty frames are skipped, so an empty
 * message cannot be sent. The limit counts the bytes without their escapes.
 *
 * Only flags and escapes are escaped when sending; when reading, any escaped
 * byte is understood. A frame that its sender aborted, by an escape before the
 * flag, is a bad frame. Bad frames are skipped by default, as RFC 1662 wants it.
 *
 * @returns The framing `hdlc`.
 *
 * @example Reading a frame
 * ```ts
 * import { FrameDecoder, hdlc } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(hdlc());
 * decoder.push(Uint8Array.of(0x7e, 1, 0x7d, 0x5e, 2, 0x7e));
 * assertEquals(decoder.next(), Uint8Array.of(1, 0x7e, 2));
 * ```
 */
export function hdlc(): Framing {
  return HDLC;
}

const HDLC: Framing = namedFraming(
  "hdlc",
  (maxMessageBytes) => new StuffedDecoder(RULE, maxMessageBytes),
  (maxMessageBytes) => new StuffedEncoder(RULE, maxMessageBytes),
  {
    badFrames: "skip",
    explain: (parts, frame) => addStuffed(parts, frame, RULE),
  },
);
