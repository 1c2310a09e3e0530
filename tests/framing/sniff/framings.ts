/**
 * The framings in which conversations are generated, with what their messages have to
 * look like.
 *
 * @module
 */

import { latin1 } from "../../support/chunkings.ts";
import type { Random, Shape } from "./conversations.ts";

/** A framing, and how any bytes become a message that it can carry. */
export interface Generated {
  readonly framing: string;
  readonly shape?: Shape;
}

/** Bytes without some. */
function without(...values: number[]): Shape {
  return (message) => message.filter((byte) => !values.includes(byte));
}

function concat(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((
      part,
    ) => [...typeof part === "string" ? latin1(part) : part]),
  );
}

/** A header with a type and the length in two or four bytes, then the message. */
function withHeader(
  before: (random: Random) => readonly number[],
  lengthBytes: number,
  options: { isLittle?: boolean; isAll?: boolean; after?: number } = {},
): Shape {
  return (message, random) => {
    const { after = 0, isAll = false, isLittle = false } = options;
    const head = before(random);
    const size = message.length + after +
      (isAll ? head.length + lengthBytes : 0);
    const field = Array.from(
      { length: lengthBytes },
      (_, i) => Math.floor(size / 256 ** (lengthBytes - 1 - i)) % 256,
    );
    if (isLittle) field.reverse();
    const tail = Array.from({ length: after }, () => random(256));
    return Uint8Array.from([...head, ...field, ...message, ...tail]);
  };
}

function resp(message: Uint8Array, random: Random): Uint8Array {
  const bulk = concat(`$${message.length}\r\n`, message, "\r\n");
  switch (random(4)) {
    case 0:
      return bulk;
    case 1:
      return concat(`:${random(1000)}\r\n`);
    case 2:
      return concat("+OK\r\n");
    default:
      return concat("*2\r\n$3\r\nGET\r\n", bulk);
  }
}

function ber(message: Uint8Array, random: Random): Uint8Array {
  const { length } = message;
  const size = length < 128
    ? [length]
    : length < 256
    ? [0x81, length]
    : [0x82, length >> 8, length % 256];
  return concat(
    Uint8Array.of([0x30, 0x02, 0x04][random(3)]!, ...size),
    message,
  );
}

function fix(message: Uint8Array): Uint8Array {
  const body = concat("35=", message.filter((byte) => byte > 1), "\x01");
  const head = concat(`8=FIX.4.4\x019=${body.length}\x01`, body);
  const sum = head.reduce((all, byte) => all + byte, 0) % 256;
  return concat(head, `10=${String(sum).padStart(3, "0")}\x01`);
}

function json(message: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder("latin1").decode(message);
  const value = { id: random(1000), text, list: [1, 2] };
  return new TextEncoder().encode(
    JSON.stringify(value, null, random(2) === 0 ? 2 : 0),
  );
}

function hl7(message: Uint8Array): Uint8Array {
  return concat("MSH|^~\\&|", message.filter((b) => b !== 0x0b && b !== 0x1c));
}

function nmea(message: Uint8Array): Uint8Array {
  const body = message.filter((b) => b > 0x20 && b < 0x7f && b !== 0x2a);
  const text = concat("GPXYZ,", body.slice(0, 60));
  const sum = text.reduce((all, byte) => all ^ byte, 0);
  const hex = sum.toString(16).toUpperCase().padStart(2, "0");
  return concat("$", text, `*${hex}\r\n`);
}

const ANY = (random: Random) => [random(256)];

/** Every framing whose messages have ends. */
export const GENERATED: readonly Generated[] = [
  { framing: "line", shape: without(10, 13) },
  { framing: "line,crlf", shape: without(10, 13) },
  { framing: "delimiter:\\0", shape: without(0) },
  { framing: "delimiter:#*#", shape: without(0x23) },
  { framing: "delimiter:END", shape: without(0x45) },
  { framing: "delimiter:\\x03", shape: without(3) },
  {
    framing: "fixed:32",
    shape: (message) => concat(message, " ".repeat(32)).slice(0, 32),
  },
  {
    framing: "fixed:64,pad=#",
    shape: (message) => concat(message.slice(0, 60), "x"),
  },
  { framing: "header:10" },
  { framing: "header:10,right" },
  { framing: "header:4,zero" },
  { framing: "length:4" },
  { framing: "length:4,le" },
  { framing: "length:2" },
  { framing: "length:2,le" },
  { framing: "length:1", shape: (message) => message.slice(0, 250) },
  { framing: "length:3" },
  { framing: "length:8,le" },
  { framing: "length:4,inclusive" },
  { framing: "length:2,le,inclusive" },
  { framing: "length:2,offset=1,strip=0", shape: withHeader(ANY, 2) },
  {
    framing: "length:2,le,offset=2,strip=0",
    shape: withHeader((random) => [0xca, 1 + random(9)], 2, { isLittle: true }),
  },
  {
    framing: "length:4,inclusive,offset=4,strip=0",
    shape: withHeader(() => [1, 2, 3, 4], 4, { isAll: true }),
  },
  {
    framing: "length:2,offset=1,adjust=1,strip=0",
    shape: (message, random) =>
      concat(
        withHeader(() => [2], 2)(message, random),
        [random(256)].map((b) => String.fromCharCode(b)).join(""),
      ),
  },
  { framing: "varint" },
  { framing: "varint:4,offset=1,strip=0", shape: mqtt },
  { framing: "netstring" },
  { framing: "content-length" },
  { framing: "octet-count" },
  { framing: "syslog" },
  { framing: "slip" },
  { framing: "cobs" },
  { framing: "hdlc" },
  { framing: "dle" },
  { framing: "json-seq", shape: json },
  { framing: "json", shape: json },
  { framing: "resp", shape: resp },
  { framing: "rpc" },
  { framing: "ber", shape: ber },
  { framing: "mllp", shape: hl7 },
  { framing: "fix", shape: fix },
  { framing: "nmea", shape: nmea },
];

function mqtt(message: Uint8Array, random: Random): Uint8Array {
  const { length } = message;
  const size = length < 128 ? [length] : [length % 128 + 128, length >> 7];
  return Uint8Array.from([0x30 + 2 * random(2), ...size, ...message]);
}
