/**
 * What SLIP and HDLC share: frames between end bytes, in which an escape byte
 * takes the place of the end bytes and of the escape bytes of the message.
 *
 * ```text
 * message       01 EE 02 CC 03             EE ends frames, CC escapes
 * frame     EE  01  CC x  02  CC y  03  EE
 * ```
 *
 * An end byte is also sent before each frame, and empty frames are skipped, so a
 * receiver that joins late or hears noise finds the next frame.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionRangeError } from "../../check.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  tooLarge,
  truncated,
} from "../limits.ts";
import { dropThrough } from "./resync.ts";

/** The bytes of a framing with escapes. */
export interface Stuffing {
  /** The framing's name. */
  readonly name: string;
  /** The byte that ends frames. */
  readonly end: number;
  /** What errors call it. */
  readonly endName: string;
  /** The byte that escapes the next one. */
  readonly escape: number;
  /** What a frame is called in errors. */
  readonly packet: string;
  /** What is sent behind an escape for each byte, or 0 for what needs none. */
  readonly stuffed: Uint8Array;
  /** What each byte behind an escape stands for, or -1. */
  readonly plain: Int16Array;

  /**
   * Says why a byte cannot follow an escape.
   *
   * @param position Position of the escape in its frame, from 1.
   */
  fault(position: number, byte: number): string;
}

/** Adds the parts of a frame, which may begin with its end bytes or without. */
export function addStuffed(
  parts: PartList,
  frame: Uint8Array,
  rule: Stuffing,
): void {
  const { end, endName, escape, plain } = rule;
  const begin = frame.findIndex((byte) => byte !== end);
  const ends = begin === -1 ? frame.length : begin;
  parts.add("filler", ends - 1, "empty frames")
    .add("delimiter", Math.min(1, ends), endName);
  const next = frame.indexOf(end, ends);
  const stop = next === -1 ? frame.length : next;
  while (parts.at < stop && !parts.isFull) {
    const from = parts.at;
    const at = frame.indexOf(escape, from);
    const isLast = at === -1 || at >= stop;
    parts.add("payload", (isLast ? stop : at) - from);
    if (isLast) break;
    const means = plain[frame[at + 1] ?? end]!;
    if (means === -1 && at + 1 < frame.length) return;
    parts.add("escape", 2, `escape for ${hex(means)}`, Uint8Array.of(means));
  }
  if (parts.at === next) parts.add("delimiter", 1, endName);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** Decodes frames with escapes. */
export class StuffedDecoder implements Decoder {
  skippedBytes = 0;
  readonly #rule: Stuffing;
  readonly #max: number;
  // Bytes of the frame that were looked at, how many of them are escapes, and
  // whether the last one is.
  #searched = 0;
  #escapes = 0;
  #isEscaped = false;

  constructor(rule: Stuffing, maxMessageBytes: number) {
    this.#rule = rule;
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const { end } = this.#rule;
    this.skippedBytes = this.#searched > 0 ? 0 : skipEmptyFrames(queue, end);
    const at = queue.indexOf(end, this.#searched);
    this.#look(queue, at === -1 ? queue.length : at);
    if (at === -1) return undefined;
    if (this.#isEscaped) throw this.#badEscape(queue, at);
    const escapes = this.#escapes;
    this.#reset();
    const frame = queue.take(at);
    queue.skip(1);
    return escapes === 0 ? frame : this.#unescaped(frame, escapes);
  }

  resync(queue: ReadableQueue): boolean {
    this.#reset();
    return dropThrough(queue, this.#rule.end);
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    const { endName, packet } = this.#rule;
    throw truncated(
      `the stream ended after ${length} bytes of a ${packet}, before the ${endName}`,
    );
  }

  #reset(): void {
    this.#searched = this.#escapes = 0;
    this.#isEscaped = false;
  }

  /** Checks the bytes up to a place, each of them once and in their order. */
  #look(queue: ReadableQueue, to: number): void {
    const { escape, plain } = this.#rule;
    const from = this.#searched;
    const bytes = queue.peek(from, to);
    // Most frames hold no escape, and the search for one is a fast one.
    if (!this.#isEscaped && !bytes.includes(escape)) {
      const most = this.#max + this.#escapes;
      if (to > most) {
        throw tooLarge(undefined, this.#max, evidence(queue, most + 1));
      }
      this.#searched = to;
      return;
    }
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.#isEscaped) {
        if (plain[byte] === -1) throw this.#badEscape(queue, from + i);
        this.#isEscaped = false;
      } else if (byte === escape) {
        this.#isEscaped = true;
        this.#escapes++;
      }
      // An escape announces one more byte, so it counts for it at once.
      const size = from + i + 1 - this.#escapes + (this.#isEscaped ? 1 : 0);
      if (size > this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, from + i + 1));
      }
    }
    this.#searched = to;
  }

  /** The error for the byte at a place, which follows an escape. */
  #badEscape(queue: ReadableQueue, at: number): Error {
    return malformed(
      this.#rule.fault(at, queue.byte(at)),
      evidence(queue, at + 1),
    );
  }

  #unescaped(frame: Uint8Array, escapes: number): Uint8Array {
    const { escape, plain } = this.#rule;
    const message = new Uint8Array(frame.length - escapes);
    for (let from = 0, to = 0; to < message.length; to++) {
      const byte = frame[from++]!;
      message[to] = byte === escape ? plain[frame[from++]!]! : byte;
    }
    return message;
  }
}

/** Drops the end bytes in front and says how many there were. */
function skipEmptyFrames(queue: ReadableQueue, end: number): number {
  let skipped = 0;
  while (queue.has(1) && queue.byte(0) === end) {
    queue.skip(1);
    skipped++;
  }
  return skipped;
}

/** Encodes frames with escapes. */
export class StuffedEncoder implements Encoder {
  readonly #rule: Stuffing;
  readonly #max: number;

  constructor(rule: Stuffing, maxMessageBytes: number) {
    this.#rule = rule;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const { end, name, packet } = this.#rule;
    checkSendSize(message.length, this.#max);
    if (message.length === 0) {
      throw new OptionRangeError({
        action: `send empty message in framing "${name}"`,
        reason: `the receiver skips empty ${packet}s`,
      });
    }
    sink.byte(end);
    sink.payload(this.#escaped(message));
    sink.byte(end);
  }

  #escaped(message: Uint8Array): Uint8Array {
    const { end, escape, stuffed } = this.#rule;
    if (!message.includes(end) && !message.includes(escape)) return message;
    const frame = new Uint8Array(2 * message.length);
    let to = 0;
    for (let i = 0; i < message.length; i++) {
      const byte = message[i]!;
      const replaced = stuffed[byte]!;
      if (replaced !== 0) frame[to++] = escape;
      frame[to++] = replaced === 0 ? byte : replaced;
    }
    return frame.subarray(0, to);
  }
}
