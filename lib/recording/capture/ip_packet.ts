/**
 * Writes IP packets with TCP segments and UDP datagrams in them, with the checksums
 * that a receiver would verify.
 *
 * @module
 */

/** One end of a flow. */
export interface PacketEnd {
  /** The 4 or 16 bytes of its IP address; both ends have the same number. */
  readonly ip: readonly number[];
  /** The port. */
  readonly port: number;
}

/** The flags of a TCP segment, RFC 9293, section 3.1. */
export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** What is in the header of a TCP segment. */
export interface Segment {
  readonly flags: number;
  /** Sequence number of the first byte. */
  readonly sequence: number;
  /** The sequence number that is expected next from the other side. */
  readonly acknowledged: number;
  /** Options, whose length is a multiple of 4. */
  readonly options?: readonly number[];
  readonly payload?: Uint8Array;
}

const TCP = 6;
const UDP = 17;
const TCP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
// As large as the field allows; the scale in the handshake multiplies it.
const WINDOW = 0xffff;
const NOTHING = new Uint8Array(0);

/** Writes a packet with a TCP segment. */
export function tcpPacket(
  from: PacketEnd,
  to: PacketEnd,
  segment: Segment,
): Uint8Array {
  const { acknowledged, flags, options = [], payload = NOTHING, sequence } =
    segment;
  const headerBytes = TCP_HEADER_BYTES + options.length;
  const { packet, start, view } = ipPacket(
    [from, to],
    TCP,
    headerBytes + payload.length,
  );
  view.setUint16(start, from.port);
  view.setUint16(start + 2, to.port);
  view.setUint32(start + 4, sequence);
  view.setUint32(start + 8, acknowledged);
  view.setUint8(start + 12, (headerBytes / 4) << 4);
  view.setUint8(start + 13, flags);
  view.setUint16(start + 14, WINDOW);
  packet.set(options, start + TCP_HEADER_BYTES);
  packet.set(payload, start + headerBytes);
  view.setUint16(start + 16, transportChecksum(packet, start, TCP, [from, to]));
  return packet;
}

/** Writes a packet with a UDP datagram. */
export function udpPacket(
  from: PacketEnd,
  to: PacketEnd,
  payload: Uint8Array,
): Uint8Array {
  const bytes = UDP_HEADER_BYTES + payload.length;
  const { packet, start, view } = ipPacket([from, to], UDP, bytes);
  view.setUint16(start, from.port);
  view.setUint16(start + 2, to.port);
  view.setUint16(start + 4, bytes);
  packet.set(payload, start + UDP_HEADER_BYTES);
  // RFC 768: a sum of 0 is sent as all ones, because 0 means that there is no sum.
  const sum = transportChecksum(packet, start, UDP, [from, to]) || 0xffff;
  view.setUint16(start + 6, sum);
  return packet;
}

/** Makes a packet with an IP header and room for what it carries. */
function ipPacket(
  [from, to]: readonly [PacketEnd, PacketEnd],
  protocol: number,
  bytes: number,
): {
  readonly packet: Uint8Array;
  readonly start: number;
  readonly view: DataView;
} {
  const isV4 = from.ip.length === 4;
  const start = isV4 ? 20 : 40;
  const packet = new Uint8Array(start + bytes);
  const view = new DataView(packet.buffer);
  const hopLimit = 64;
  if (isV4) {
    view.setUint8(0, 0x45);
    view.setUint16(2, packet.length);
    // Do not fragment.
    view.setUint16(6, 0x4000);
    view.setUint8(8, hopLimit);
    view.setUint8(9, protocol);
    packet.set(from.ip, 12);
    packet.set(to.ip, 16);
    view.setUint16(10, folded(sumOf(packet, 0, start)));
  } else {
    view.setUint8(0, 0x60);
    view.setUint16(4, bytes);
    view.setUint8(6, protocol);
    view.setUint8(7, hopLimit);
    packet.set(from.ip, 8);
    packet.set(to.ip, 24);
  }
  return { packet, start, view };
}

/** The checksum over the pseudo-header and what follows the IP header. */
function transportChecksum(
  packet: Uint8Array,
  start: number,
  protocol: number,
  [from, to]: readonly [PacketEnd, PacketEnd],
): number {
  const addresses = sumOf(from.ip, 0, from.ip.length) +
    sumOf(to.ip, 0, to.ip.length);
  const pseudo = addresses + protocol + (packet.length - start);
  return folded(pseudo + sumOf(packet, start, packet.length));
}

/** The sum of 16-bit words, RFC 1071. At most 65,535 bytes, so it stays exact. */
function sumOf(bytes: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  const even = end - ((end - start) & 1);
  for (let at = start; at < even; at += 2) {
    sum += (bytes[at]! << 8) | bytes[at + 1]!;
  }
  return even === end ? sum : sum + (bytes[even]! << 8);
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x1_0000);
  return ~rest & 0xffff;
}
