/**
 * Bounds what MessagePack costs before it is decoded: the library makes an array
 * as long as is announced, and an array of 2^32 - 1 items is announced in five
 * bytes.
 *
 * @module
 */

import { malformed, MOST_LEVELS } from "./notation.ts";

/**
 * Walks over all values of a message.
 *
 * @throws {ProtocolError} If fewer are here than are announced, or if they are
 * nested too deep.
 */
export function checkShape(message: Uint8Array): void {
  // How many values are left in each array or map that has begun.
  const open: number[] = [];
  let at = 0;
  if (message.length === 0) throw malformed("it is empty");
  while (at < message.length || open.length > 0) {
    if (at >= message.length) throw malformed("it ends inside of a value");
    const { size, values } = headAt(message, at);
    at += size;
    if (at > message.length) throw malformed("it ends inside of a value");
    if (open.length > 0) open[open.length - 1]!--;
    if (values > 0) open.push(values);
    if (open.length > MOST_LEVELS) {
      throw malformed(`values are nested deeper than ${MOST_LEVELS} levels`);
    }
    while (open.at(-1) === 0) open.pop();
  }
}

/** How many bytes a value has, without the values inside of it, and their count. */
interface Head {
  readonly size: number;
  readonly values: number;
}

/** Formats from C4 on: bytes of their length, bytes behind it, values per count. */
const LENGTHS: Readonly<Record<number, readonly [number, number]>> = {
  0xc4: [1, 0],
  0xc5: [2, 0],
  0xc6: [4, 0],
  // An extension has a byte for its type.
  0xc7: [1, 1],
  0xc8: [2, 1],
  0xc9: [4, 1],
  0xd9: [1, 0],
  0xda: [2, 0],
  0xdb: [4, 0],
};
/** Formats of fixed size, with their first byte. */
const SIZES: Readonly<Record<number, number>> = {
  ...{ 0xca: 5, 0xcb: 9, 0xcc: 2, 0xcd: 3, 0xce: 5, 0xcf: 9 },
  ...{ 0xd0: 2, 0xd1: 3, 0xd2: 5, 0xd3: 9 },
  ...{ 0xd4: 3, 0xd5: 4, 0xd6: 6, 0xd7: 10, 0xd8: 18 },
};
/** Arrays and maps: bytes of their count, values for each. */
const COUNTS: Readonly<Record<number, readonly [number, number]>> = {
  ...{ 0xdc: [2, 1], 0xdd: [4, 1], 0xde: [2, 2], 0xdf: [4, 2] },
};

function headAt(message: Uint8Array, at: number): Head {
  const first = message[at]!;
  if (first >= 0x80 && first < 0x90) {
    return { size: 1, values: 2 * (first & 15) };
  }
  if (first >= 0x90 && first < 0xa0) return { size: 1, values: first & 15 };
  if (first >= 0xa0 && first < 0xc0) {
    return { size: 1 + (first & 31), values: 0 };
  }
  const length = LENGTHS[first];
  if (length !== undefined) {
    const [field, more] = length;
    return {
      size: 1 + field + more + number(message, at + 1, field),
      values: 0,
    };
  }
  const count = COUNTS[first];
  if (count !== undefined) {
    const [field, each] = count;
    return { size: 1 + field, values: each * number(message, at + 1, field) };
  }
  return { size: SIZES[first] ?? 1, values: 0 };
}

/** A big-endian number; what is missing of it counts as zeros. */
function number(message: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = at; i < at + size; i++) value = value * 256 + (message[i] ?? 0);
  return value;
}
