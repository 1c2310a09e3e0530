/**
 * The headers of protocols whose packets say their length in a field of fixed
 * size. Each is drawn in its specification:
 *
 * ```text
 * mysql     length(3) sequence(1)                        little-endian
 * mongodb   length(4) request(4) response(4) opcode(4)   little-endian, all of it
 * modbus    transaction(2) 00 00 length(2) unit(1)
 * bgp       FF x 16 length(2) type(1)                    all of it
 * smpp      length(4) command(4) status(4) sequence(4)   all of it
 * diameter  version(1) length(3) flags(1) command(3) ... all of it
 * tls       type(1) 03 minor(1) length(2)
 * bitcoin   magic(4) command(12) length(4) checksum(4)   little-endian
 * docker    stream(1) 00 00 00 length(4)
 * 9p        length(4) type(1) tag(2)                     little-endian, all of it
 * amqp      type(1) channel(2) length(4) ... CE
 * ```
 *
 * @module
 */

import type { Mark, PacketHeader } from "./packet_header.ts";

/** A byte that must be zero. */
function zeros(what: string, ...positions: number[]): Mark[] {
  return positions.map((at) => ({ at, values: [0], what }));
}

/** MySQL: a packet of 2^24 - 1 bytes is continued in the next one. */
export const MYSQL: PacketHeader = {
  fields: "length:3 sequence:1",
  bytes: 4,
  lengthAt: 0,
  lengthBytes: 3,
  littleEndian: true,
  uncounted: 4,
};

/** MongoDB's message header, of which the length counts every byte. */
export const MONGODB: PacketHeader = {
  fields: "length:4 request:4 response:4 opcode:4",
  bytes: 16,
  lengthAt: 0,
  lengthBytes: 4,
  littleEndian: true,
  uncounted: 0,
};

/**
 * The MBAP header of Modbus over TCP. The unit is counted; a PDU has 1 to 253
 * bytes.
 */
export const MODBUS: PacketHeader = {
  fields: "transaction:2 protocol:2 length:2 unit:1",
  bytes: 7,
  lengthAt: 4,
  lengthBytes: 2,
  uncounted: 6,
  least: 8,
  most: 260,
  marks: zeros("the protocol identifier", 2, 3),
};

/** BGP-4 (RFC 4271, section 4.1), with the long messages of RFC 8654. */
export const BGP: PacketHeader = {
  fields: "marker:16 length:2 type:1",
  bytes: 19,
  lengthAt: 16,
  lengthBytes: 2,
  uncounted: 0,
  marks: Array.from(
    { length: 16 },
    (_, at) => ({ at, values: [0xff], what: "the marker" }),
  ),
};

/** SMPP 3.4, section 3.2. */
export const SMPP: PacketHeader = {
  fields: "length:4 command:4 status:4 sequence:4",
  bytes: 16,
  lengthAt: 0,
  lengthBytes: 4,
  uncounted: 0,
};

/** Diameter (RFC 6733, section 3). */
export const DIAMETER: PacketHeader = {
  fields:
    "version:1 length:3 flags:1 command:3 application:4 hop-by-hop:4 end-to-end:4",
  bytes: 20,
  lengthAt: 1,
  lengthBytes: 3,
  uncounted: 0,
  marks: [{ at: 0, values: [1], what: "the version" }],
};

/** A TLS record (RFC 8446, section 5.1; up to 2^14 + 2048 bytes in TLS 1.2). */
export const TLS: PacketHeader = {
  fields: "type:1 version:2 length:2",
  bytes: 5,
  lengthAt: 3,
  lengthBytes: 2,
  uncounted: 5,
  most: 5 + 2 ** 14 + 2048,
  marks: [
    { at: 0, values: [20, 21, 22, 23, 24], what: "the content type" },
    { at: 1, values: [3], what: "the major version" },
  ],
};

/** Bitcoin's peer-to-peer protocol. The magic differs between its networks. */
export const BITCOIN: PacketHeader = {
  fields: "magic:4 command:12 length:4 checksum:4",
  bytes: 24,
  lengthAt: 16,
  lengthBytes: 4,
  littleEndian: true,
  uncounted: 24,
};

/** What `docker attach` and `docker logs` give without a terminal. */
export const DOCKER: PacketHeader = {
  fields: "stream:1 zeros:3 length:4",
  bytes: 8,
  lengthAt: 4,
  lengthBytes: 4,
  uncounted: 8,
  marks: [
    { at: 0, values: [0, 1, 2, 3], what: "the stream" },
    ...zeros("the byte after the stream", 1, 2, 3),
  ],
};

/** 9P2000. */
export const NINE_P: PacketHeader = {
  fields: "length:4 type:1 tag:2",
  bytes: 7,
  lengthAt: 0,
  lengthBytes: 4,
  littleEndian: true,
  uncounted: 0,
};

/** A frame of AMQP 0-9-1, section 2.3.5. */
export const AMQP_FRAME: PacketHeader = {
  fields: "type:1 channel:2 length:4",
  bytes: 7,
  lengthAt: 3,
  lengthBytes: 4,
  uncounted: 8,
  least: 8,
  marks: [{ at: 0, values: [1, 2, 3, 8], what: "the frame type" }],
  end: 0xce,
};
