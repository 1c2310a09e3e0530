/**
 * RESP, the values that Redis and its clients exchange, versions 2 and 3.
 *
 * ```text
 * +OK CR LF                                a line
 * $5 CR LF hello CR LF                     a length, then that many bytes
 * *2 CR LF  $3 CR LF GET CR LF  :7 CR LF   a count, then that many values
 * ```
 *
 * @module
 */

import type { Framing } from "../framing.ts";
import { namedFraming } from "./named_framing.ts";
import { PacketEncoder } from "./packet.ts";
import { QuickPacketDecoder } from "./quick_packets.ts";
import { respEnd } from "./resp_end.ts";
import { addRespParts } from "./resp_parts.ts";
import { RespScanner } from "./resp_scanner.ts";

/**
 * Makes the framing of RESP values. A message is one whole value at the top
 * level with all its bytes: an array with everything in it, an attribute with
 * the value that it describes. What a line says is not checked, so `:x` is a
 * message; lengths, counts and line ends are.
 *
 * Commands in plain words, as a person types them into `nc`, are not RESP values
 * and are refused.
 *
 * @returns The framing `resp`. Values may be nested 100 deep. Its encoder refuses
 * what is not exactly one value.
 *
 * @example Reading two replies
 * ```ts
 * import { FrameDecoder, resp } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(resp());
 * decoder.push(new TextEncoder().encode("+OK\r\n*1\r\n$2\r\nhi\r\n"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "+OK\r\n");
 * assertEquals(new TextDecoder().decode(decoder.next()), "*1\r\n$2\r\nhi\r\n");
 * ```
 */
export function resp(): Framing {
  return RESP;
}

const VALUE = "RESP value";

const RESP: Framing = namedFraming(
  "resp",
  (max) => new QuickPacketDecoder(new RespScanner(max), VALUE, max, respEnd),
  (max) => new PacketEncoder(new RespScanner(max), VALUE, max),
  { explain: addRespParts },
);
