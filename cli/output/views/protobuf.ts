/**
 * Protocol Buffers without their schema: numbers of fields, and values as far as
 * the bytes tell.
 *
 * ```text
 * 08 96 01                {1: 150}              a varint, as it is without a sign
 * 15 00 00 80 3f          {2: 0x3f800000}       four or eight bytes, as such
 * 1a 03 61 62 63          {3: "abc"}            printable text, or else
 * 1a 02 08 01             {3: {1: 1}}           a message, or else
 * 1a 02 ff ff             {3: h'ffff'}          bytes
 * 23 08 01 24             {4: group {1: 1}}
 * ```
 *
 * @module
 */

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { bytes, checkLevel, entries, malformed, quoted } from "./notation.ts";

type Fields = [key: string, value: string][];

/**
 * Shows a message.
 *
 * @throws {Error} If it is not a message of Protocol Buffers.
 */
export function protobuf(message: Uint8Array): string {
  return entries(fieldsOf(message, 0));
}

function fieldsOf(message: Uint8Array, level: number): Fields {
  checkLevel(level);
  const reader = new BinaryReader(message);
  const fields = fieldsUntil(reader, undefined, level);
  // The reader may go beyond the end of a varint that is cut off.
  if (reader.pos > message.length) throw malformed("it ends inside of a field");
  return fields;
}

/** Reads fields up to the end of a group, or of all bytes. */
function fieldsUntil(
  reader: BinaryReader,
  group: number | undefined,
  level: number,
): Fields {
  const fields: Fields = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.EndGroup) {
      if (number === group) return fields;
      throw malformed(`a group ends as ${number} that has not begun`);
    }
    fields.push([`${number}`, valueOf(reader, number, type, level + 1)]);
  }
  if (group === undefined) return fields;
  throw malformed(`group ${group} does not end`);
}

function valueOf(
  reader: BinaryReader,
  number: number,
  type: WireType,
  level: number,
): string {
  checkLevel(level);
  switch (type) {
    case WireType.Varint:
      return `${reader.uint64()}`;
    case WireType.Bit32:
      return `0x${reader.fixed32().toString(16).padStart(8, "0")}`;
    case WireType.Bit64:
      return `0x${reader.fixed64().toString(16).padStart(16, "0")}`;
    case WireType.StartGroup:
      return `group ${entries(fieldsUntil(reader, number, level))}`;
    default:
      return guessed(reader.bytes(), level);
  }
}

/** Text, a message or bytes: what they can be, in this order. */
function guessed(value: Uint8Array, level: number): string {
  const text = printable(value);
  if (text !== undefined) return quoted(text);
  try {
    return entries(fieldsOf(value, level));
  } catch {
    return bytes(value);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function printable(value: Uint8Array): string | undefined {
  try {
    const text = UTF8.decode(value);
    // A nested message often begins with the tag 0A, a line feed.
    return /^[^\p{Cc}](?:[^\p{Cc}]|[\t\r\n])*$|^$/u.test(text)
      ? text
      : undefined;
  } catch {
    return undefined;
  }
}
