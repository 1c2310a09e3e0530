/**
 * MessagePack as text. A message may hold several values, one after the other.
 *
 * @module
 */

import { decodeMulti, ExtData } from "@msgpack/msgpack";
import { checkShape } from "./msgpack_shape.ts";
import { bytes, entries, list, quoted } from "./notation.ts";

// Keeps keys apart that JavaScript would see as the same, and their order: an
// object lists "7" before "a". No key in this notation begins with a space.
const KEY = " ";

const OPTIONS = {
  useBigInt64: true,
  mapKeyConverter: (key: unknown) => KEY + notation(key),
};

/**
 * Shows a message.
 *
 * @throws {Error} If it is not MessagePack.
 */
export function msgpack(message: Uint8Array): string {
  checkShape(message);
  return Array.from(decodeMulti(message, OPTIONS), notation).join(", ");
}

function notation(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Uint8Array) return bytes(value);
  if (value instanceof Date) return `timestamp(${quoted(dateText(value))})`;
  if (value instanceof ExtData) {
    return `ext ${value.type}(${bytes(extBytes(value))})`;
  }
  if (Array.isArray(value)) return list(value.map(notation));
  return entries(
    Object.entries(value).map(([key, item]) => [
      key.slice(KEY.length),
      notation(item),
    ]),
  );
}

function extBytes({ data }: ExtData): Uint8Array {
  return typeof data === "function" ? data(0) : data;
}

/** A timestamp may be beyond what a `Date` can be. */
function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "out of range" : date.toISOString();
}
