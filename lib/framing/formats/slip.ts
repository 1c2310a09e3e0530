/**
 * SLIP (RFC 1055): packets between END bytes, with escapes.
 *
 * ```text
 * message   01 C0 02 DB 03
 * frame     C0  01  DB DC  02  DB DD  03  C0
 *           END     ESC END    ESC ESC    END
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
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
import { dropThrough } from "./resync.ts";

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/**
 * Makes the framing of SLIP. An END is also sent before each packet, and empty
 * packets are skipped, so an empty message cannot be sent. The limit counts the
 * bytes without their escapes. An escape that RFC 1055 does not know is an
 * error.
 *
 * @returns The framing `slip`.
 *
 * @example Reading a packet
 * ```ts
 * import { FrameDecoder, slip } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(slip());
 * decoder.push(Uint8Array.of(0xc0, 1, 0xdb, 0xdc, 2, 0xc0));
 * assertEquals(decoder.next(), Uint8Array.of(1, 0xc0, 2));
 * ```
 */
export function slip(): Framing {
  return SLIP;
}

const SLIP: Framing = namedFraming(
  "slip",
  (maxMessageBytes) => new SlipDecoder(maxMessageBytes),
  (maxMessageBytes) => new SlipEncoder(maxMessageBytes),
  "skip",
);

class SlipDecoder implements Decoder {
  skippedBytes = 0;
  readonly #max: number;
  // Bytes of the packet that were looked at, and how many of them are escapes.
  #searched = 0;
  #escapes = 0;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    this.skippedBytes = this.#searched > 0 ? 0 : skipEmptyPackets(queue);
    const end = queue.indexOf(END, this.#searched);
    this.#look(queue, end === -1 ? queue.length : end);
    if (end === -1) return undefined;
    if (queue.byte(end - 1) === ESC) throw badEscape(queue, end);
    const escapes = this.#escapes;
    this.#searched = 0;
    this.#escapes = 0;
    const packet = queue.take(end);
    queue.skip(1);
    return escapes === 0 ? packet : unescaped(packet, escapes);
  }

  resync(queue: ReadableQueue): boolean {
    this.#searched = this.#escapes = 0;
    return dropThrough(queue, END);
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      `the stream ended after ${length} bytes of a packet, before the END (c0)`,
    );
  }

  /** Checks the bytes up to a place, each of them once and in their order. */
  #look(queue: ReadableQueue, to: number): void {
    const from = this.#searched;
    const bytes = queue.peek(from, to);
    let escaped = from > 0 && queue.byte(from - 1) === ESC;
    // Most packets hold no escape, and the search for one is a fast one.
    if (!escaped && !bytes.includes(ESC)) {
      const most = this.#max + this.#escapes;
      if (to > most) {
        throw tooLarge(undefined, this.#max, evidence(queue, most + 1));
      }
      this.#searched = to;
      return;
    }
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (escaped) {
        if (byte !== ESC_END && byte !== ESC_ESC) {
          throw badEscape(queue, from + i);
        }
        escaped = false;
      } else if (byte === ESC) {
        escaped = true;
        this.#escapes++;
      }
      // An escape announces one more byte, so it counts for it at once.
      const size = from + i + 1 - this.#escapes + (escaped ? 1 : 0);
      if (size > this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, from + i + 1));
      }
    }
    this.#searched = to;
  }
}

/** Drops the ENDs in front and says how many there were. */
function skipEmptyPackets(queue: ReadableQueue): number {
  let skipped = 0;
  while (queue.has(1) && queue.byte(0) === END) {
    queue.skip(1);
    skipped++;
  }
  return skipped;
}

function badEscape(queue: ReadableQueue, at: number): Error {
  return malformed(
    `the ESC (db) at position ${at} must be followed by dc or dd, not by ${
      nameOf(queue.byte(at))
    }`,
    evidence(queue, at + 1),
  );
}

function unescaped(packet: Uint8Array, escapes: number): Uint8Array {
  const message = new Uint8Array(packet.length - escapes);
  for (let from = 0, to = 0; to < message.length; to++) {
    const byte = packet[from++]!;
    message[to] = byte !== ESC ? byte : packet[from++] === ESC_END ? END : ESC;
  }
  return message;
}

class SlipEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    if (message.length === 0) {
      throw new RangeError(
        'Cannot send empty message in framing "slip": the receiver skips empty packets',
      );
    }
    sink.byte(END);
    sink.payload(escaped(message));
    sink.byte(END);
  }
}

function escaped(message: Uint8Array): Uint8Array {
  if (!message.includes(END) && !message.includes(ESC)) return message;
  const packet = new Uint8Array(2 * message.length);
  let to = 0;
  for (let i = 0; i < message.length; i++) {
    const byte = message[i]!;
    const special = byte === END || byte === ESC;
    if (special) packet[to++] = ESC;
    packet[to++] = !special ? byte : byte === END ? ESC_END : ESC_ESC;
  }
  return packet.subarray(0, to);
}
