/**
 * Writes the blocks of a capture file: PCAP Next Generation, as of
 * draft-ietf-opsawg-pcapng.
 *
 * ```text
 * section header ─► interface description ─► enhanced packet, one per packet
 * ```
 *
 * Every block has its type and length in front, and its length again at its end.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
// LINKTYPE_RAW: packets begin with the header of IPv4 or IPv6.
const RAW_IP = 101;

// Codes of options.
const END = 0;
const COMMENT = 1;
const USER_APPLICATION = 4;
const TIME_RESOLUTION = 9;

const UTF8 = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** An option: its code and its value. */
type Option = readonly [code: number, value: Uint8Array];

/**
 * Writes the first two blocks.
 *
 * @param by The program that writes it.
 */
export function firstBlocks(by: string): Uint8Array {
  const section = new Uint8Array(16);
  const head = new DataView(section.buffer);
  head.setUint32(0, BYTE_ORDER_MAGIC, true);
  head.setUint16(4, 1, true);
  // The section's length is unknown.
  head.setBigInt64(8, -1n, true);
  const link = new Uint8Array(8);
  new DataView(link.buffer).setUint16(0, RAW_IP, true);
  // Times are in units of 10 to the power of -9 seconds.
  const nanoseconds = Uint8Array.of(9);
  return concat([
    block(SECTION_HEADER, section, [[USER_APPLICATION, UTF8.encode(by)]]),
    block(INTERFACE_DESCRIPTION, link, [[TIME_RESOLUTION, nanoseconds]]),
  ]);
}

/**
 * Writes a packet.
 *
 * @param nanoseconds When, since 1970.
 * @param comments What to say about it.
 */
export function packetBlock(
  packet: Uint8Array,
  nanoseconds: bigint,
  comments: readonly string[],
): Uint8Array {
  const options = comments.length === 0
    ? NOTHING
    : optionBytes(comments.map((text): Option => [COMMENT, comment(text)]));
  const length = 32 + padded(packet.length) + options.length;
  // In one piece: there are many packets.
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ENHANCED_PACKET, true);
  view.setUint32(4, length, true);
  view.setUint32(12, Number(nanoseconds >> 32n), true);
  view.setUint32(16, Number(nanoseconds & 0xffff_ffffn), true);
  view.setUint32(20, packet.length, true);
  view.setUint32(24, packet.length, true);
  bytes.set(packet, 28);
  bytes.set(options, length - 4 - options.length);
  view.setUint32(length - 4, length, true);
  return bytes;
}

// An option's length is a field of 16 bits.
const MOST_COMMENT_BYTES = 1000;

function comment(text: string): Uint8Array {
  const bytes = UTF8.encode(text);
  if (bytes.length <= MOST_COMMENT_BYTES) return bytes;
  let end = MOST_COMMENT_BYTES;
  // Not inside a character.
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function block(
  type: number,
  body: Uint8Array,
  options: readonly Option[],
): Uint8Array {
  const parts = [new Uint8Array(8), body, optionBytes(options)];
  const bytes = concat([...parts, new Uint8Array(4)]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(bytes.length - 4, bytes.length, true);
  return bytes;
}

/** Options, and the one that ends them. */
function optionBytes(options: readonly Option[]): Uint8Array {
  return concat([...options, [END, NOTHING] as const].map(([code, value]) => {
    const bytes = new Uint8Array(4 + padded(value.length));
    const view = new DataView(bytes.buffer);
    view.setUint16(0, code, true);
    view.setUint16(2, value.length, true);
    bytes.set(value, 4);
    return bytes;
  }));
}

/** Everything in a block is padded to 4 bytes. */
function padded(length: number): number {
  return (length + 3) & ~3;
}
