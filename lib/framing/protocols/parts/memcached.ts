/**
 * The parts of memcached's messages: lines with payloads, or binary packets.
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import type { PacketHeader } from "../packet_header.ts";
import { addHeaderParts } from "./packet.ts";
import { addLineParts } from "./payload_line.ts";

const REQUEST = 0x80;
const ANSWER = 0x81;
const BINARY: PacketHeader = {
  bytes: 24,
  lengthAt: 8,
  lengthBytes: 4,
  uncounted: 24,
  fields:
    "magic:1 opcode:1 key-length:2 extras-length:1 data-type:1 status:2 length:4 opaque:4 cas:8",
};

/** Adds the parts of a line or a binary packet. */
export function addMemcachedParts(parts: PartList, frame: Uint8Array): void {
  if (frame[0] === REQUEST || frame[0] === ANSWER) {
    return addHeaderParts(parts, frame, BINARY);
  }
  addLineParts(parts, frame);
}
