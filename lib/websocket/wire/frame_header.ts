/**
 * The header of a frame (RFC 6455 section 5.2): 2 bytes, then 0, 2 or 8 of length,
 * then 4 of key in frames from a client.
 *
 * ```text
 *  FIN RSV1 RSV2 RSV3 opcode(4) │ MASK length(7) │ length(16 or 64) │ key(32)
 * ```
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";

/** What a frame is. */
export const OPCODES = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** The longest payload of a control frame in bytes (RFC 6455 section 5.5). */
export const MAX_CONTROL_BYTES = 125;

export const FIN = 0x80;
export const RSV1 = 0x40;
export const RSV = 0x70;
export const MASKED = 0x80;

/** Size of a header in bytes, by its second byte. */
export function headerSize(second: number): number {
  const length = second & 0x7f;
  const announced = length === 127 ? 8 : length === 126 ? 2 : 0;
  return 2 + announced + ((second & MASKED) === 0 ? 0 : 4);
}

/**
 * The payload's length in bytes; the header has to be whole. A length of 2^53 and
 * above comes out rounded, which is above every limit all the same.
 */
export function payloadLength(queue: ReadableQueue, second: number): number {
  switch (second & 0x7f) {
    case 126:
      return (queue.byte(2) << 8) | queue.byte(3);
    case 127:
      return queue.uint32(2) * 0x1_0000_0000 + queue.uint32(6);
    default:
      return second & 0x7f;
  }
}

/** Whether the first bit of a length in 8 bytes is set, which is forbidden. */
export function hasWrongBit(queue: ReadableQueue, second: number): boolean {
  return (second & 0x7f) === 127 && queue.byte(2) >= 0x80;
}

/** Whether a length could have been written in fewer bytes, which is forbidden. */
export function isOverlong(second: number, length: number): boolean {
  switch (second & 0x7f) {
    case 126:
      return length < 126;
    case 127:
      return length < 0x1_0000;
    default:
      return false;
  }
}

/** Appends a header, all but the key. */
export function appendHeader(
  sink: ByteSink,
  first: number,
  masked: number,
  length: number,
): void {
  sink.byte(first);
  if (length < 126) {
    sink.byte(masked | length);
  } else if (length < 0x1_0000) {
    sink.byte(masked | 126);
    sink.byte(length >> 8);
    sink.byte(length & 0xff);
  } else {
    sink.byte(masked | 127);
    sink.uint32(Math.floor(length / 0x1_0000_0000));
    sink.uint32(length % 0x1_0000_0000);
  }
}
