/**
 * The sizes of sections 9 and 10 of the Autobahn test suite, from its public
 * descriptions, and the limits behind them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteQueue } from "../../../lib/bytes/byte_queue.ts";
import type { Side } from "../../../lib/framing/framing.ts";
import { DEFAULT_MAX_FRAGMENTS } from "../../../lib/websocket/wire/decoder_options.ts";
import { WebSocketDecoder } from "../../../lib/websocket/wire/websocket_decoder.ts";
import { noise } from "../../support/foreign_http.ts";
import { frame, type FrameSpec, read, stream } from "./frames.ts";

const SIDES: readonly Side[] = ["client", "server"];
const TEXT = 1;
const BINARY = 2;
const MIB = 1 << 20;

/** The message that a stream makes, given in pieces of a size. */
function message(...stream: Parameters<typeof messagesIn>): Uint8Array {
  const messages = messagesIn(...stream);
  assertEquals(messages.length, 1);
  return messages[0]!;
}

/** The messages that a stream makes, given in pieces of a size. */
function messagesIn(
  bytes: Uint8Array,
  from: Side,
  pieceBytes: number,
  maxMessageBytes: number,
): Uint8Array[] {
  const ignored = () => {};
  const decoder = new WebSocketDecoder({
    ...{ from, maxMessageBytes },
    control: { ping: ignored, pong: ignored, close: ignored },
  });
  const queue = new ByteQueue();
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    queue.push(bytes.slice(at, at + pieceBytes));
    for (let taken; (taken = decoder.decode(queue)) !== undefined;) {
      messages.push(taken);
    }
  }
  return messages;
}

/** A payload that is ASCII if it is text. */
function payload(opcode: number, size: number): Uint8Array {
  return opcode === TEXT ? new Uint8Array(size).fill(42) : noise(size);
}

/** A message in fragments of a size. */
function fragmented(
  opcode: number,
  whole: Uint8Array,
  size: number,
): FrameSpec[] {
  const frames: FrameSpec[] = [];
  for (let at = 0; at < whole.length; at += size) {
    frames.push({
      opcode: at === 0 ? opcode : 0,
      fin: at + size >= whole.length,
      payload: whole.subarray(at, at + size),
    });
  }
  return frames;
}

function assertSame(got: Uint8Array, expected: Uint8Array, name: string) {
  assertEquals(got.length, expected.length, name);
  let differs = 0;
  for (let i = 0; i < got.length; i++) differs |= got[i]! ^ expected[i]!;
  assert(differs === 0, name);
}

for (const from of SIDES) {
  Deno.test(`sections 9.1 and 9.2: messages of a ${from} to 16 MiB`, () => {
    for (const opcode of [TEXT, BINARY]) {
      for (const size of [65_536, 262_144, MIB, 4 * MIB, 8 * MIB, 16 * MIB]) {
        const whole = payload(opcode, size);
        const bytes = frame({ opcode, payload: whole }, from);
        const got = message(bytes, from, 65_536, size);
        assertSame(got, whole, `${opcode}: ${size}`);
      }
    }
  });

  Deno.test(`sections 9.3 and 9.4: 4 MiB of a ${from} in fragments`, () => {
    for (const opcode of [TEXT, BINARY]) {
      const whole = payload(opcode, 4 * MIB);
      for (let size = 64; size <= 4 * MIB; size *= 4) {
        const bytes = stream(fragmented(opcode, whole, size), from);
        const got = message(bytes, from, 65_536, whole.length);
        assertSame(got, whole, `${opcode}: fragments of ${size}`);
      }
    }
  });

  Deno.test(`sections 9.5 and 9.6: 1 MiB of a ${from} in small reads`, () => {
    for (const opcode of [TEXT, BINARY]) {
      const whole = payload(opcode, MIB);
      const bytes = frame({ opcode, payload: whole }, from);
      for (const size of [64, 128, 256, 512, 1024, 2048]) {
        const got = message(bytes, from, size, whole.length);
        assertSame(got, whole, `${opcode}: reads of ${size}`);
      }
    }
  });

  Deno.test(`sections 9.7 and 9.8: 1,000 messages of a ${from}, of each size`, () => {
    for (const opcode of [TEXT, BINARY]) {
      for (const size of [0, 16, 64, 256, 1024, 4096]) {
        const whole = payload(opcode, size);
        const one = frame({ opcode, payload: whole }, from);
        const bytes = new Uint8Array(one.length * 1000);
        for (let i = 0; i < 1000; i++) bytes.set(one, i * one.length);
        for (const pieceBytes of [1_461, bytes.length]) {
          const messages = messagesIn(bytes, from, pieceBytes, 4096);
          assertEquals(messages.length, 1000, `${opcode}: ${size}`);
          for (const got of messages) assertSame(got, whole, `${size}`);
        }
      }
    }
  });

  Deno.test(`a ${from}'s message has at most so many fragments`, () => {
    for (
      const [maxFragments, count] of [
        [1, 1],
        [10, 10],
        [undefined, DEFAULT_MAX_FRAGMENTS],
      ] as const
    ) {
      for (const [more, error] of [[0, undefined], [1, 1009]] as const) {
        const whole = new Uint8Array(count + more);
        const bytes = stream(fragmented(BINARY, whole, 1), from);
        const report = read([bytes], from, { maxFragments });
        assertEquals(report.error, error, `${count} and ${more}`);
        assertEquals(report.events.length, 1 - more);
      }
    }
  });
}

Deno.test("empty fragments are counted too", () => {
  const frames: FrameSpec[] = [{ opcode: TEXT, fin: false }];
  for (let i = 0; i < 10; i++) frames.push({ opcode: 0, fin: false });
  const bytes = stream(frames, "client");
  assertEquals(read([bytes], "client", { maxFragments: 10 }).error, 1009);
  assertEquals(read([bytes], "client", { maxFragments: 11 }).error, undefined);
});

Deno.test("section 10.1.1: 64 KiB of text in fragments of 1300 bytes", () => {
  const whole = payload(TEXT, 65_536);
  for (const from of SIDES) {
    const bytes = stream(fragmented(TEXT, whole, 1300), from);
    for (const size of [1, 1300, bytes.length]) {
      assertSame(message(bytes, from, size, 65_536), whole, `${size}`);
    }
  }
});
