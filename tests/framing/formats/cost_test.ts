/**
 * What a peer sends costs in proportion to its bytes, counted and not timed,
 * whatever its shape.
 *
 * @module
 */

import { parseFraming, type Side } from "@parley/parley/framing";
import { assertEquals, assertLess } from "@std/assert";
import { CountingQueue } from "../../../lib/testing/counting_queue.ts";
import { latin1 } from "../../support/chunkings.ts";

/** Bytes looked at while a stream is read that holds a number of messages. */
function work(
  framing: string,
  stream: Uint8Array,
  chunk: number,
  messages: number,
): number {
  const [name, from = "client"] = framing.split(" from the ");
  const decoder = parseFraming(name!).decoder({
    from: from as Side,
    maxMessageBytes: 16 * 1024 * 1024,
  });
  const queue = new CountingQueue();
  let count = 0;
  for (let at = 0; at < stream.length; at += chunk) {
    queue.push(stream.slice(at, at + chunk));
    while (decoder.decode(queue) !== undefined) count++;
  }
  decoder.decodeEnd(queue);
  assertEquals(count, messages);
  return queue.looked;
}

/** A stream of a framing that grows with a number, and how many messages it is. */
type Shape = (size: number) => readonly [stream: string, messages: number];

const SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  json: {
    "one long string": (n) => [`"${"a".repeat(n)}"`, 1],
    "one array of many": (n) => [`[${"1,".repeat(n / 2)}1]`, 1],
    "many values": (n) => ["{}".repeat(n / 2), n / 2],
    "blanks": (n) => [" ".repeat(n), 0],
    "one long number": (n) => [`${"1".repeat(n)} `, 1],
  },
  resp: {
    "one long payload": (n) => [`$${n}\r\n${"a".repeat(n)}\r\n`, 1],
    "one long line": (n) => [`+${"a".repeat(n)}\r\n`, 1],
    "one array of many": (n) => [`*${n / 4}\r\n${":1\r\n".repeat(n / 4)}`, 1],
    "many values": (n) => ["+\r\n".repeat(n / 4), n / 4],
    "arrays in arrays": (n) => [
      `*${n / 400}\r\n${`${"*1\r\n".repeat(99)}+\r\n`.repeat(n / 400)}`,
      1,
    ],
    "one string in parts": (
      n,
    ) => [`$?\r\n${";1\r\na\r\n".repeat(n / 7)};0\r\n`, 1],
  },
  rpc: {
    "one long fragment": (n) => [`\x80${word(n)}${"a".repeat(n)}`, 1],
    "short fragments": (n) => [
      `${"\0\0\0\x01a".repeat(n / 5)}\x80\0\0\0`,
      1,
    ],
  },
  "delimiter:\\n|\\r\\n": {
    "one long message": (n) => [`${"a".repeat(n)}\n`, 1],
    "near misses": (n) => [`${"\r".repeat(n)}\n`, 1],
    "many messages": (n) => ["\r\n".repeat(n / 2), n / 2],
  },
  "length:4,crc=16-modbus": {
    "many messages": (
      n,
    ) => ["\0\0\0\x02\xff\xff".repeat(n / 6), Math.floor(n / 6)],
  },
  memcached: {
    "one long block": (n) => [`ms a ${n}\r\n${"\n".repeat(n)}\r\n`, 1],
    "many lines": (n) => ["mn\r\n".repeat(n / 4), n / 4],
  },
  mqtt: { "many packets": (n) => ["\xc0\0".repeat(n / 2), n / 2] },
  nmea: { "many sentences": (n) => ["$A*41\r\n".repeat(n / 8), n / 8] },
  postgres: {
    "many messages": (n) => [
      `\0\0\0\x08\0\x03\0\0${"S\0\0\0\x04".repeat(n / 5)}`,
      n / 5 + 1,
    ],
  },
  smtp: {
    "one long mail": (n) => [`DATA\r\n${"a".repeat(n)}\r\n.\r\n`, 2],
    "a mail of dots": (n) => [`DATA\r\n${".\n".repeat(n / 2)}\r\n.\r\n`, 2],
    "many commands": (n) => ["NOOP\r\n".repeat(n / 5), n / 5],
  },
  "smtp from the server": {
    "one long reply": (n) => [`${"250-a\r\n".repeat(n / 8)}250 b\r\n`, 1],
    "many replies": (n) => ["250\r\n".repeat(n / 5), n / 5],
  },
  stomp: {
    "one long body": (n) => [`SEND\n\n${"a".repeat(n)}\0`, 1],
    "many headers": (n) => [`SEND\n${"a:b\n".repeat(n / 4)}\n\0`, 1],
    "heart-beats": (n) => ["\n".repeat(n), n],
  },
  "websocket from the server": {
    "many frames": (n) => ["\x89\0".repeat(n / 2), n / 2],
  },
  ber: {
    "one long element": (n) => [`\x04\x83${word(n)}${"a".repeat(n)}`, 1],
    "many elements": (n) => ["\x05\0".repeat(n / 2), n / 2],
  },
  mllp: {
    "one long message": (n) => [`\x0b${"a".repeat(n)}\x1c\r`, 1],
    "many messages": (n) => ["\x0b\x1c\r".repeat(n / 4), n / 4],
  },
  hdlc: {
    "one long frame": (n) => [`\x7e${"a".repeat(n)}\x7e`, 1],
    "one frame of escapes": (n) => [`\x7e${"\x7d\x5e".repeat(n / 2)}\x7e`, 1],
    "flags": (n) => ["\x7e".repeat(n), 0],
  },
  dle: {
    "one long message": (n) => [`\x10\x02${"a".repeat(n)}\x10\x03`, 1],
    "one message of doubles": (n) => [
      `\x10\x02${"\x10\x10".repeat(n / 2)}\x10\x03`,
      1,
    ],
  },
  fix: {
    "one long message": (n) => [fixMessage("a".repeat(n)), 1],
  },
};

/** Three bytes, the most significant one first. */
function word(value: number): string {
  return String.fromCharCode(value >> 16, value >> 8 & 255, value & 255);
}

function fixMessage(value: string): string {
  const body = `58=${value}\x01`;
  const head = `8=FIX.4.4\x019=${body.length}\x01${body}`;
  const sum = latin1(head).reduce((a, b) => a + b, 0) % 256;
  return `${head}10=${String(sum).padStart(3, "0")}\x01`;
}

for (const [framing, shapes] of Object.entries(SHAPES)) {
  for (const [name, shape] of Object.entries(shapes)) {
    for (const chunk of [1, 256]) {
      Deno.test(`${framing} does twice the work for twice the bytes of ${name} in pieces of ${chunk}`, () => {
        const size = chunk === 1 ? 8000 : 160_000;
        const [half, whole] = [size, 2 * size].map((size) => {
          const [stream, messages] = shape(size);
          return work(framing, latin1(stream), chunk, messages);
        });
        assertLess(whole!, 2.1 * half! + 1024);
        assertLess(whole!, 5 * 2 * size);
      });
    }
  }
}
