/**
 * The parts of packets that begin with a header of fixed size.
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";
import type { Explain } from "../../formats/named_framing.ts";
import type { PacketHeader } from "../packet_header.ts";

// A larger field is a name, a checksum or a marker, not a number.
const MOST_NUMBER_BYTES = 4;

/** Makes what names the parts of packets with such a header. */
export function headerParts(header: PacketHeader): Explain {
  return (parts, frame) => addHeaderParts(parts, frame, header);
}

/** Adds the fields of the header, the payload and the byte that ends it. */
export function addHeaderParts(
  parts: PartList,
  frame: Uint8Array,
  header: PacketHeader,
): void {
  const { bytes, end, lengthAt, lengthBytes, littleEndian, uncounted } = header;
  const length = numberAt(frame, lengthAt, lengthBytes, littleEndian);
  for (const { name, size } of fieldsOf(header)) {
    const at = parts.at;
    const value = numberAt(frame, at, size, littleEndian);
    const text = size > MOST_NUMBER_BYTES ? name : `${name} ${value}`;
    parts.add(at === lengthAt ? "length" : "header", size, text);
  }
  const whole = length + uncounted;
  const tail = end === undefined ? 0 : 1;
  if (whole < bytes + tail) return;
  parts.add("payload", whole - bytes - tail);
  if (frame[parts.at] === end) parts.add("delimiter", tail, "end");
}

/** A field of a header. */
interface Field {
  readonly name: string;
  readonly size: number;
}

/** The fields with their names, or what is before and behind the length. */
function fieldsOf(
  { bytes, fields, lengthAt, lengthBytes }: PacketHeader,
): readonly Field[] {
  if (fields === undefined) {
    const behind = bytes - lengthAt - lengthBytes;
    return [
      { name: "header", size: lengthAt },
      { name: "length", size: lengthBytes },
      { name: "header", size: behind },
    ];
  }
  return fields.split(" ").map((field) => {
    const [name = "", size] = field.split(":");
    return { name, size: Number(size) };
  });
}

function numberAt(
  frame: Uint8Array,
  at: number,
  size: number,
  littleEndian = false,
): number {
  const bytes = frame.subarray(at, at + size);
  return (littleEndian ? bytes.toReversed() : bytes)
    .reduce((value, byte) => value * 256 + byte, 0);
}
