/**
 * The parts of PostgreSQL's messages.
 *
 * ```text
 * 51        00 00 00 0D   select 1 00
 * type Q    length 13     payload
 * ```
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import { nameOf } from "../../limits.ts";
import { addRecordParts } from "./encrypted.ts";

const WORD = 4;

/** Adds the parts of a message, of a startup packet, or of an answer byte. */
export function addPostgresParts(parts: PartList, frame: Uint8Array): void {
  if (addRecordParts(parts, frame)) return;
  const hasType = frame[0] !== 0;
  if (frame.length === 1 && hasType) {
    parts.add("header", 1, `answer ${nameOf(frame[0]!)}`);
    return;
  }
  if (hasType) parts.add("header", 1, `type ${nameOf(frame[0] ?? 0)}`);
  if (parts.rest < WORD) {
    parts.add("length", WORD);
    return;
  }
  const length = new DataView(frame.buffer, frame.byteOffset)
    .getUint32(parts.at);
  parts.add("length", WORD, `length ${length}`);
  if (length < WORD) return;
  const begin = parts.at;
  if (!hasType) parts.add("header", WORD, "version or request");
  parts.add("payload", length - WORD - (parts.at - begin));
}
