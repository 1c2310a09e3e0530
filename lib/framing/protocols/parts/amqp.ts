/**
 * The parts of AMQP's frames, and of the header that opens a connection.
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import { AMQP_FRAME } from "../headers.ts";
import { addHeaderParts } from "./packet.ts";

const NAME = "AMQP";

/** Adds the parts of a protocol header or a frame. */
export function addAmqpParts(parts: PartList, frame: Uint8Array): void {
  if (frame[0] !== NAME.charCodeAt(0)) {
    return addHeaderParts(parts, frame, AMQP_FRAME);
  }
  const [major, minor, revision] = frame.subarray(5);
  parts.add("header", NAME.length, "protocol header")
    .add("header", 1, `protocol ${frame[4]}`)
    .add("header", 3, `version ${major}.${minor}.${revision}`);
}
