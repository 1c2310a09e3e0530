/**
 * Cyclic redundancy checks, as the catalogue of Greg Cook names and defines them.
 *
 * | name | catalogue | polynomial | on the wire | used by |
 * | --- | --- | --- | --- | --- |
 * | `16-ccitt` | CRC-16/IBM-3740 | 1021 | big-endian | most that say "CCITT" |
 * | `16-x25` | CRC-16/IBM-SDLC | 1021, reflected | little-endian | HDLC, PPP |
 * | `16-modbus` | CRC-16/MODBUS | 8005, reflected | little-endian | Modbus RTU |
 * | `32` | CRC-32/ISO-HDLC | 04C11DB7, reflected | big-endian | Ethernet's sum, after a big-endian length |
 * | `32-le` | the same | the same | little-endian | HDLC, PPP, ZIP |
 *
 * @module
 */

import { checkOneOf } from "../../check.ts";

/** The name of a checksum. */
export type ChecksumName =
  | "16-ccitt"
  | "16-x25"
  | "16-modbus"
  | "32"
  | "32-le";

/** A checksum, and how it is written. */
export interface Checksum {
  readonly name: ChecksumName;
  /** How many bytes it has. */
  readonly bytes: 2 | 4;
  /** Whether its least significant byte comes first. */
  readonly littleEndian: boolean;
  /** Computes it. */
  of(bytes: Uint8Array): number;
}

/** For each byte, what it makes of a register of zeros. */
type Table = Uint32Array;

/** Of a polynomial whose lowest power is the highest bit. */
function reflected(polynomial: number): Table {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) {
      value = (value & 1) !== 0 ? (value >>> 1) ^ polynomial : value >>> 1;
    }
    return value >>> 0;
  });
}

/** Of a polynomial of degree 16 whose highest power is the highest bit. */
function forward16(polynomial: number): Table {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      value = (value & 0x8000) !== 0 ? (value << 1) ^ polynomial : value << 1;
    }
    return value & 0xffff;
  });
}

function computeForward16(table: Table, bytes: Uint8Array): number {
  let value = 0xffff;
  for (const byte of bytes) {
    value = ((value << 8) & 0xffff) ^ table[(value >>> 8) ^ byte]!;
  }
  return value;
}

function computeReflected(
  table: Table,
  bytes: Uint8Array,
  begin: number,
): number {
  let value = begin;
  for (const byte of bytes) {
    value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!;
  }
  return value >>> 0;
}

const CCITT = forward16(0x1021);
const X25 = reflected(0x8408);
const MODBUS = reflected(0xa001);
const CRC32 = reflected(0xedb88320);

function crc32(name: "32" | "32-le"): Checksum {
  return {
    name,
    bytes: 4,
    littleEndian: name === "32-le",
    of: (bytes) => (~computeReflected(CRC32, bytes, 0xffffffff)) >>> 0,
  };
}

const CHECKSUMS: Readonly<Record<ChecksumName, Checksum>> = {
  "16-ccitt": {
    name: "16-ccitt",
    bytes: 2,
    littleEndian: false,
    of: (bytes) => computeForward16(CCITT, bytes),
  },
  "16-x25": {
    name: "16-x25",
    bytes: 2,
    littleEndian: true,
    of: (bytes) => computeReflected(X25, bytes, 0xffff) ^ 0xffff,
  },
  "16-modbus": {
    name: "16-modbus",
    bytes: 2,
    littleEndian: true,
    of: (bytes) => computeReflected(MODBUS, bytes, 0xffff),
  },
  "32": crc32("32"),
  "32-le": crc32("32-le"),
};

/** The names, for messages and checks. */
export const CHECKSUM_NAMES: readonly ChecksumName[] = [
  "16-ccitt",
  "16-x25",
  "16-modbus",
  "32",
  "32-le",
];

/**
 * Finds a checksum by its name.
 *
 * @throws {TypeError} If there is no such checksum.
 */
export function checksumOf(name: ChecksumName): Checksum {
  return CHECKSUMS[checkOneOf("crc", name, CHECKSUM_NAMES)];
}

/** Writes a checksum behind a message. */
export function withTrailer(
  checksum: Checksum,
  message: Uint8Array,
): Uint8Array {
  const { bytes, littleEndian } = checksum;
  const whole = new Uint8Array(message.length + bytes);
  whole.set(message);
  const view = new DataView(whole.buffer, message.length);
  const value = checksum.of(message);
  if (bytes === 2) view.setUint16(0, value, littleEndian);
  else view.setUint32(0, value, littleEndian);
  return whole;
}

/** Reads the checksum at the end of bytes, which have at least its size. */
export function readTrailer(
  { bytes, littleEndian }: Checksum,
  whole: Uint8Array,
): number {
  const view = new DataView(
    whole.buffer,
    whole.byteOffset + whole.length - bytes,
  );
  return bytes === 2
    ? view.getUint16(0, littleEndian)
    : view.getUint32(0, littleEndian);
}
