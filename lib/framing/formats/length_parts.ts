/**
 * The parts of a frame with a length in binary.
 *
 * @module
 */

import { LARGEST, type Layout } from "./length_layout.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";

/** Names the parts of a frame of framing `length`. */
export function lengthParts(layout: Layout, frame: Uint8Array): FramePart[] {
  const { bytes, mask, offset, strip, tail, unit } = layout;
  const header = offset + bytes;
  const parts = new PartList(frame);
  parts.add("header", offset);
  if (parts.rest < bytes) return parts.add("length", bytes).finish();
  const { value, flags } = readField(layout, frame.subarray(offset, header));
  const whole = header + value * unit + layout.adjust + tail;
  const words = [
    `length ${value}`,
    unit === 1 ? "" : ` times ${unit}`,
    mask === LARGEST[bytes] ? "" : `, other bits ${flags}`,
  ];
  parts.add("length", bytes, words.join(""));
  // A decoder refuses a length that is too small for what is around the message.
  if (whole < Math.max(strip, header) + tail) return parts.finish();
  parts.add("header", Math.max(0, strip - header), "header, dropped");
  return parts.add("payload", whole - tail - parts.at)
    .add("trailer", tail)
    .finish();
}

/** Reads the length, and the bits of its field that are not part of it. */
function readField(
  { littleEndian, mask }: Layout,
  field: Uint8Array,
): { readonly value: number; readonly flags: string } {
  let all = 0n;
  for (const byte of littleEndian ? field.toReversed() : field) {
    all = all * 256n + BigInt(byte);
  }
  const value = all & BigInt(mask);
  return { value: Number(value), flags: `0x${(all ^ value).toString(16)}` };
}
