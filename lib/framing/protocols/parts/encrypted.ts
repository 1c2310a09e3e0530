/**
 * The parts of TLS records among the messages of another protocol.
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import { TLS } from "../headers.ts";
import { addHeaderParts } from "./packet.ts";

const [TYPE] = TLS.marks!;

/**
 * Adds the parts of a TLS record.
 *
 * @returns Whether the frame is one; no text begins with its first byte.
 */
export function addRecordParts(parts: PartList, frame: Uint8Array): boolean {
  if (frame.length === 0 || !TYPE!.values.includes(frame[0]!)) return false;
  addHeaderParts(parts, frame, TLS);
  return true;
}
