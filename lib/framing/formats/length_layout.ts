/**
 * Where a length field stands in a frame, and what its value counts.
 *
 * ```text
 * | offset | length field | adjust, or part of the message | message | tail |
 * ├────────── strip ──────────┤
 * ```
 *
 * @module
 */

/** How many bytes a length field may have. */
export type LengthBytes = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The options with every default filled in; all in bytes. */
export interface Layout {
  readonly adjust: number;
  readonly bytes: LengthBytes;
  readonly littleEndian: boolean;
  /** Which bits of the field are the length. */
  readonly mask: number;
  readonly offset: number;
  readonly strip: number;
  /** Bytes after the message that the field does not count. */
  readonly tail: number;
  /** How many bytes the field counts as one. */
  readonly unit: number;
}

/**
 * The largest value each field can hold. Seven and eight bytes stop where
 * JavaScript's integers stop being exact: a rounded length would desynchronise
 * the stream.
 */
export const LARGEST: Readonly<Record<LengthBytes, number>> = {
  1: 0xff,
  2: 0xffff,
  3: 0xffffff,
  4: 0xffffffff,
  5: 2 ** 40 - 1,
  6: 2 ** 48 - 1,
  7: Number.MAX_SAFE_INTEGER,
  8: Number.MAX_SAFE_INTEGER,
};

/** The bytes of the mask, the most significant one first. */
export function maskBytes({ bytes, mask }: Layout): Uint8Array | undefined {
  if (mask === LARGEST[bytes]) return undefined;
  return Uint8Array.from(
    { length: bytes },
    (_, i) => Math.floor(mask / 256 ** (bytes - 1 - i)) % 256,
  );
}
