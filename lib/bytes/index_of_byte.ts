/**
 * Finds a byte in part of an array.
 *
 * @module
 */

// Up to this distance a loop over four bytes at a time beats the platform's
// search, whose call alone costs some 80 ns: 32 instead of 99 ns for 64 bytes,
// 61 instead of 137 for 150.
const NEAR = 256;
const ONES = 0x01010101;
const TOP_BITS = 0x80808080;

/**
 * Finds a byte between two positions.
 *
 * @param value The byte to look for.
 * @param begin First position.
 * @param end Position after the last.
 * @returns Its position in the array, or -1.
 */
export function indexOfByte(
  bytes: Uint8Array,
  view: DataView,
  value: number,
  begin: number,
  end: number,
): number {
  const near = Math.min(end, begin + NEAR);
  const pattern = Math.imul(value, ONES);
  let at = begin;
  for (; at + 4 <= near; at += 4) {
    // The well-known test for a zero among four bytes.
    const four = view.getInt32(at) ^ pattern;
    if ((((four - ONES) | 0) & ~four & TOP_BITS) !== 0) break;
  }
  for (; at < near; at++) {
    if (bytes[at] === value) return at;
  }
  if (near >= end) return -1;
  // indexOf() of the whole array would also search the bytes after the end.
  if (end === bytes.length) return bytes.indexOf(value, near);
  const found = bytes.subarray(near, end).indexOf(value);
  return found === -1 ? -1 : found + near;
}
