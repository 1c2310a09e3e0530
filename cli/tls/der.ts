/**
 * DER, the encoding of certificates: each value is its kind, its length and its
 * content.
 *
 * ```text
 * 30 06          a sequence of 6 bytes
 *    02 01 05    the integer 5
 *    01 01 ff    true
 * ```
 *
 * @module
 */

import { concat } from "@std/bytes/concat";

/**
 * Writes one value.
 *
 * @param parts Its content, in pieces.
 */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat([Uint8Array.of(tag, ...lengthBytes(length)), ...parts]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

/** Writes a sequence. */
export function sequence(...parts: Uint8Array[]): Uint8Array {
  return der(0x30, ...parts);
}

/** Writes a set of one value. */
export function set(part: Uint8Array): Uint8Array {
  return der(0x31, part);
}

/**
 * Writes an integer that is not negative.
 *
 * @param bytes Its bytes, the highest first.
 */
export function integer(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  // A first bit of 1 would make it negative.
  return digits[0]! < 0x80
    ? der(0x02, digits)
    : der(0x02, Uint8Array.of(0), digits);
}

/**
 * Writes an object identifier.
 *
 * @param dotted Its numbers, such as `2.5.29.17`.
 */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [40 * first + second];
  for (const number of rest) {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) {
      digits.unshift(0x80 | (left & 0x7f));
    }
    bytes.push(...digits);
  }
  return der(0x06, Uint8Array.from(bytes));
}

/** Writes text. */
export function utf8(text: string): Uint8Array {
  return der(0x0c, new TextEncoder().encode(text));
}

/**
 * Writes bits, a multiple of eight unless some at the end are left out.
 *
 * @param unused How many bits of the last byte are unused.
 */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return der(0x03, Uint8Array.of(unused), bytes);
}

/**
 * Writes bytes.
 *
 * @returns The bytes, with their kind and length.
 */
export function octets(bytes: Uint8Array): Uint8Array {
  return der(0x04, bytes);
}

/**
 * Writes a time.
 *
 * @param date The time; the part below a second is left out.
 */
export function time(date: Date): Uint8Array {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  // RFC 5280, section 4.1.2.5: two digits of the year until 2049.
  const short = date.getUTCFullYear() < 2050;
  return der(
    short ? 0x17 : 0x18,
    new TextEncoder().encode(short ? text.slice(2) : text),
  );
}

/**
 * Writes PEM.
 *
 * @param label What it is.
 */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}
