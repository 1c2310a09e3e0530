/**
 * ONC RPC record marking (RFC 5531, section 11), as in NFS over TCP.
 *
 * ```text
 * 00 00 00 03  h e l      a fragment of 3 bytes, more follow
 * 80 00 00 02  l o        the last fragment: the top bit is set
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
  SendSizeError,
  tooLarge,
  truncated,
} from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

const HEADER = 4;
const LAST = 0x80000000;
const LARGEST = LAST - 1;

/**
 * Makes the framing of ONC RPC over a stream. A message is one record without
 * its headers, all fragments joined. A fragment without bytes that is not the
 * last one is refused, as in libtirpc: a stream of them would never end and
 * never become a message.
 *
 * @returns The framing `rpc`. Its encoder sends each message as one fragment, of
 * at most 2,147,483,647 bytes.
 *
 * @example Reading a record of two fragments
 * ```ts
 * import { FrameDecoder, recordMarking } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(recordMarking());
 * decoder.push(Uint8Array.of(0, 0, 0, 1, 7, 0x80, 0, 0, 2, 8, 9));
 * assertEquals(decoder.next(), Uint8Array.of(7, 8, 9));
 * ```
 */
export function recordMarking(): Framing {
  return RECORD_MARKING;
}

const RECORD_MARKING: Framing = namedFraming(
  "rpc",
  (maxMessageBytes) => new RecordDecoder(maxMessageBytes),
  (maxMessageBytes) => new RecordEncoder(maxMessageBytes),
  { explain },
);

/** Adds a length and a payload for each fragment. */
function explain(parts: PartList, frame: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  while (parts.rest > 0 && !parts.isFull) {
    const word = parts.rest < HEADER ? 0 : view.getUint32(parts.at);
    const isLast = word >= LAST;
    const size = word % LAST;
    parts.add(
      "length",
      HEADER,
      `length ${size}, ${isLast ? "last fragment" : "more fragments follow"}`,
    ).add("payload", size);
    if (isLast) return;
  }
}

class RecordDecoder implements Decoder {
  missingBytes = 0;
  readonly #max: number;
  // Where the fragment ends whose header was read last, and if it is the last.
  #end = 0;
  #isLast = false;
  // Bytes of the record in the fragments whose headers were read.
  #size = 0;
  #isSplit = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    while (!this.#isLast) {
      const from = this.#end;
      if (!queue.has(from + HEADER)) return this.#wait(queue, from + HEADER);
      this.#isSplit = from > 0;
      this.#readHeader(queue, from);
    }
    if (!queue.has(this.#end)) return this.#wait(queue, this.#end);
    const size = this.#size;
    this.#isLast = false;
    this.#end = this.#size = 0;
    return this.#isSplit ? joined(queue, size) : queue.take(size, HEADER);
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    if (length < this.#end) {
      throw truncated(
        `the stream ended ${
          this.#end - length
        } bytes before the end of a fragment`,
      );
    }
    throw truncated(
      length === this.#end
        ? `the stream ended after ${this.#size} bytes of a record, before its last fragment`
        : `the stream ended after ${
          length - this.#end
        } of the ${HEADER} bytes of a fragment's header`,
    );
  }

  #wait(queue: ReadableQueue, count: number): undefined {
    this.missingBytes = queue.length === 0 ? 0 : count - queue.length;
    return undefined;
  }

  #readHeader(queue: ReadableQueue, from: number): void {
    const word = queue.uint32(from);
    if (word === 0) {
      throw malformed(
        "a fragment without bytes must be the last one of its record",
        evidence(queue, from + HEADER),
      );
    }
    this.#isLast = word >= LAST;
    this.#size += word % LAST;
    if (this.#size > this.#max) {
      throw tooLarge(this.#size, this.#max, evidence(queue, from + HEADER));
    }
    this.#end = from + HEADER + word % LAST;
  }
}

/** Takes the fragments of a record and joins them. */
function joined(queue: ReadableQueue, size: number): Uint8Array {
  const record = new Uint8Array(size);
  for (let at = 0, isLast = false; !isLast;) {
    const word = queue.uint32(0);
    isLast = word >= LAST;
    record.set(queue.take(word % LAST, HEADER), at);
    at += word % LAST;
  }
  return record;
}

class RecordEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    if (size > LARGEST) {
      throw new SendSizeError({
        action: `send message of ${size} bytes`,
        reason: `a fragment has at most ${LARGEST} bytes`,
      });
    }
    sink.uint32(LAST + size);
    sink.payload(message);
  }
}
