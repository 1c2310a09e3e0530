/**
 * Splits the bytes of one direction into messages with a framing that may be wrong.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import { ByteSink } from "../../bytes/byte_sink.ts";
import { ProtocolError } from "../../errors.ts";
import type { CodecOptions, Framing } from "../framing.ts";

// A larger message is not expected in what a person looks at.
const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;
// More tell nothing new.
const MOST_MESSAGES = 2048;

/** What a framing makes of the bytes of one direction. */
export interface Split {
  /** Where each message ends. */
  readonly ends: readonly number[];
  /** Where each message begins: bytes before it that the framing drops left out. */
  readonly begins: readonly number[];
  /** The messages. */
  readonly messages: readonly Uint8Array[];
  /** Where the part of a message begins that the bytes end with. */
  readonly rest: number;
  /** Up to where places were looked at: all bytes, or the end of the last message. */
  readonly seen: number;
}

/** What one direction says of its codecs. */
export type Facing = Pick<CodecOptions, "connection" | "from">;

/**
 * Splits the bytes.
 *
 * @returns The messages, or `undefined` if the framing refuses the bytes.
 */
export function splitWith(
  framing: Framing,
  bytes: Uint8Array,
  facing: Facing,
): Split | undefined {
  const decoder = framing.decoder({
    ...facing,
    maxMessageBytes: MOST_MESSAGE_BYTES,
  });
  const queue = new ByteQueue();
  queue.push(bytes);
  const [begins, ends]: [number[], number[]] = [[], []];
  const messages: Uint8Array[] = [];
  try {
    while (messages.length < MOST_MESSAGES) {
      const before = queue.offset;
      const message = decoder.decode(queue);
      if (message === undefined) break;
      begins.push(before + (decoder.skippedBytes ?? 0));
      ends.push(queue.offset);
      messages.push(message);
    }
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  const rest = queue.offset;
  const seen = messages.length < MOST_MESSAGES ? bytes.length : rest;
  return { begins, ends, messages, rest, seen };
}

/** Whether a position is between two messages. */
export function isBetween(split: Split, position: number): boolean {
  const { begins, ends, rest } = split;
  if (position === 0) return true;
  const index = firstAtLeast(ends, position);
  if (ends[index] === position) return true;
  // Between the end before it and the next beginning.
  if (index === ends.length) return position <= rest;
  return position <= begins[index]!;
}

/** The index of the first number that is not smaller. */
function firstAtLeast(numbers: readonly number[], least: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Whether encoding the messages gives the same bytes again. */
export function isReversible(
  framing: Framing,
  { ends, messages }: Split,
  bytes: Uint8Array,
  facing: Facing,
): boolean {
  const sink = new ByteSink();
  try {
    const encoder = framing.encoder({
      ...facing,
      maxMessageBytes: MOST_MESSAGE_BYTES,
    });
    for (const message of messages) encoder.encode(message, sink);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  const end = ends.at(-1) ?? 0;
  let at = 0;
  for (const piece of sink.pieces()) {
    // A blank or an end that belongs to the next message may be written already.
    const size = Math.min(piece.length, bytes.length - at);
    if (at >= end && size < piece.length) return true;
    for (let i = 0; i < size; i++) {
      if (piece[i] !== bytes[at + i]) return false;
    }
    at += size;
  }
  return at >= end;
}
