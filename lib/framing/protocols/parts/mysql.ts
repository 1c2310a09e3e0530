/**
 * The parts of MySQL's packets, and of the TLS records after the first ones.
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import { MYSQL, TLS } from "../headers.ts";
import { addRecordParts } from "./encrypted.ts";
import { addHeaderParts } from "./packet.ts";

const MAJOR = 3;

/** Adds the parts of a packet, or of a record if its length fits. */
export function addMysqlParts(parts: PartList, frame: Uint8Array): void {
  const [, major, , high = 0, low = 0] = frame;
  const isRecord = major === MAJOR &&
    frame.length === TLS.bytes + high * 256 + low;
  if (isRecord && addRecordParts(parts, frame)) return;
  addHeaderParts(parts, frame, MYSQL);
}
