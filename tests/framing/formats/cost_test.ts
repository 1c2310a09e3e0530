/**
 * What a peer sends costs in proportion to its bytes, counted and not timed,
 * whatever its shape.
 *
 * @module
 */

import { parseFraming } from "@parley/parley/framing";
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
  const options = { maxMessageBytes: 16 * 1024 * 1024 };
  const decoder = parseFraming(framing).decoder(options);
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
