/**
 * Frames of AMQP 0-9-1, written and read by hand.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Numbers of two and four bytes. */
const short = (n: number) => String.fromCharCode(n >> 8 & 255, n & 255);
const long = (n: number) => short(n >> 16) + short(n);
/** A short and a long string. */
const shortString = (text: string) => String.fromCharCode(text.length) + text;
const longString = (text: string) => long(text.length) + text;

/** Types of frames: section 4.2.3. */
export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

/** The header with which a client opens a connection. */
export const PROTOCOL_HEADER = "AMQP\0\0\x09\x01";

/** Writes a frame. */
export function frame(type: number, channel: number, payload: string): string {
  return String.fromCharCode(type) + short(channel) + long(payload.length) +
    payload + "\xce";
}

/** Writes a method: its class and its number, then its arguments. */
export function method(
  channel: number,
  [classId, methodId]: readonly [number, number],
  ...args: string[]
): string {
  return frame(
    FRAME.method,
    channel,
    short(classId) + short(methodId) + args.join(""),
  );
}

/** What is in a frame, which must have no byte more. */
export function read(frame: Uint8Array): {
  readonly type: number;
  readonly channel: number;
  /** Class and number of a method; empty for other frames. */
  readonly method: readonly number[];
} {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  assertEquals(frame.length, view.getUint32(3) + 8);
  assertEquals(frame.at(-1), 0xce);
  return {
    type: frame[0]!,
    channel: view.getUint16(1),
    method: frame[0] === FRAME.method
      ? [view.getUint16(7), view.getUint16(9)]
      : [],
  };
}

export { long, longString, short, shortString };
