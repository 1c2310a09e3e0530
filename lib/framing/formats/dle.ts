/**
 * DLE stuffing, as in BSC's transparent mode and on many serial devices: two
 * bytes begin a message, two end it, and a DLE in it is sent twice.
 *
 * ```text
 * message      01 10 02
 * frame  10 02 01 10 10 02 10 03
 *        DLE STX           DLE ETX
 * ```
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  nameOf,
  tooLarge,
  truncated,
} from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

const DLE = 0x10;
const STX = 0x02;
const ETX = 0x03;
// DLE STX, and DLE ETX.
const MARK = 2;

/**
 * Makes the framing of messages between DLE STX and DLE ETX. The limit counts
 * the bytes of the message, a doubled DLE once. Bad messages can be skipped, up
 * to their DLE ETX or the next DLE STX.
 *
 * @returns The framing `dle`.
 *
 * @example Reading a message
 * ```ts
 * import { dle, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(dle());
 * decoder.push(Uint8Array.of(0x10, 2, 1, 0x10, 0x10, 2, 0x10, 3));
 * assertEquals(decoder.next(), Uint8Array.of(1, 0x10, 2));
 * ```
 */
export function dle(): Framing {
  return FRAMING;
}

const FRAMING: Framing = namedFraming(
  "dle",
  (maxMessageBytes) => new DleDecoder(maxMessageBytes),
  (maxMessageBytes) => new DleEncoder(maxMessageBytes),
  { explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  if (frame[0] !== DLE || (frame[1] ?? STX) !== STX) return;
  parts.add("delimiter", MARK, "DLE STX");
  while (parts.rest > 0 && !parts.isFull) {
    const from = parts.at;
    const next = frame.indexOf(DLE, from);
    parts.add("payload", (next === -1 ? frame.length : next) - from);
    if (next === -1) return;
    const byte = frame[next + 1];
    if (byte === ETX) {
      parts.add("delimiter", MARK, "DLE ETX");
      return;
    }
    if (byte !== DLE && byte !== undefined) return;
    parts.add("escape", 2, "escape for 10", Uint8Array.of(DLE));
  }
}

class DleDecoder implements Decoder {
  readonly #max: number;
  // Bytes that were looked at, the mark among them, and how many are doubles.
  #searched = 0;
  #doubles = 0;
  #isDropping = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#searched < MARK && !this.#readMark(queue)) return undefined;
    for (;;) {
      const at = queue.indexOf(DLE, this.#searched);
      this.#look(queue, at === -1 ? queue.length : at);
      if (at === -1 || !queue.has(at + 2)) return undefined;
      const byte = queue.byte(at + 1);
      if (byte === ETX) return this.#take(queue, at);
      if (byte !== DLE) throw badPair(queue, at);
      this.#doubles++;
      this.#look(queue, at + 2);
    }
  }

  resync(queue: ReadableQueue): boolean {
    this.#searched = this.#doubles = 0;
    // The first byte belongs to the bad message, also if it begins a mark.
    let at = this.#isDropping ? 0 : 1;
    let isBehind = false;
    for (; queue.has(at + 1); at++) {
      const byte = queue.byte(at);
      if (isBehind && (byte === STX || byte === ETX)) {
        // A message that begins here stays, with the DLE in front of it.
        return this.#found(queue, at, byte);
      }
      isBehind = !isBehind && byte === DLE;
    }
    // The DLE stays until it is known what follows it.
    queue.skip(isBehind ? at - 1 : at);
    this.#isDropping = true;
    return false;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      length < MARK
        ? "the stream ended after the DLE (10) that begins a message"
        : `the stream ended after ${
          length - MARK
        } bytes of a message, before the DLE ETX (10 03) that ends it`,
    );
  }

  #found(queue: ReadableQueue, at: number, byte: number): true {
    queue.skip(byte === STX ? at - 1 : at + 1);
    this.#isDropping = false;
    return true;
  }

  #readMark(queue: ReadableQueue): boolean {
    for (; this.#searched < MARK; this.#searched++) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      const byte = queue.byte(at);
      if (byte === (at === 0 ? DLE : STX)) continue;
      throw malformed(
        `a message must begin with DLE STX (10 02), and has ${
          nameOf(byte)
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
    return true;
  }

  /** Counts the bytes up to a place. */
  #look(queue: ReadableQueue, to: number): void {
    const most = this.#max + MARK + this.#doubles;
    if (to > most) {
      throw tooLarge(undefined, this.#max, evidence(queue, most + 1));
    }
    this.#searched = to;
  }

  #take(queue: ReadableQueue, end: number): Uint8Array {
    const doubles = this.#doubles;
    this.#searched = this.#doubles = 0;
    const frame = queue.take(end - MARK, MARK);
    queue.skip(MARK);
    return doubles === 0 ? frame : single(frame, doubles);
  }
}

function badPair(queue: ReadableQueue, at: number): Error {
  const byte = queue.byte(at + 1);
  return malformed(
    byte === STX
      ? `another DLE STX (10 02) comes at position ${
        at + 1
      }, before the DLE ETX (10 03) that ends the message`
      : `the DLE (10) at position ${
        at + 1
      } must be followed by DLE or ETX (03), not by ${nameOf(byte)}`,
    evidence(queue, at + 2),
  );
}

/** The bytes with one DLE for two. */
function single(frame: Uint8Array, doubles: number): Uint8Array {
  const message = new Uint8Array(frame.length - doubles);
  for (let from = 0, to = 0; to < message.length; to++) {
    const byte = frame[from++]!;
    message[to] = byte;
    if (byte === DLE) from++;
  }
  return message;
}

class DleEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.byte(DLE);
    sink.byte(STX);
    sink.payload(doubled(message));
    sink.byte(DLE);
    sink.byte(ETX);
  }
}

/** The bytes with two DLEs for each. */
function doubled(message: Uint8Array): Uint8Array {
  if (!message.includes(DLE)) return message;
  const frame = new Uint8Array(2 * message.length);
  let to = 0;
  for (let i = 0; i < message.length; i++) {
    const byte = message[i]!;
    frame[to++] = byte;
    if (byte === DLE) frame[to++] = byte;
  }
  return frame.subarray(0, to);
}
