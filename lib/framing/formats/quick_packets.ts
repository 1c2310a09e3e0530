/**
 * Decodes packets faster where whole ones lie one behind the other.
 *
 * ```text
 * queue    [ packet ][ packet ][ packet ][ pac
 * sizes       6         11        6        its scanner reads this one
 * ```
 *
 * A scanner keeps what it knows between two reads, which costs more than finding
 * the end of a short packet that is here whole. So the ends of those are looked
 * for at once, in plain bytes.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { PacketDecoder, type PacketScanner } from "./packet.ts";

/**
 * Finds the end of a packet that is well-formed and here whole.
 *
 * @param bytes The bytes; the packet must end in them.
 * @param from Where it begins.
 * @returns Where it ends; -1 if it is not whole, or not well-formed, or rare
 * enough to be left to the scanner.
 */
export type FindEnd = (bytes: Uint8Array, from: number) => number;

// How many bytes are looked through at once, and how many sizes are kept.
const WINDOW_BYTES = 16_384;
const MOST_SIZES = 1024;

/** Decodes packets, whole ones in groups. */
export class QuickPacketDecoder extends PacketDecoder {
  readonly #findEnd: FindEnd;
  readonly #max: number;
  // Sizes of whole packets in front of the queue, and the next one of them.
  readonly #sizes: number[] = [];
  #next = 0;
  // Whether no byte of the packet in front was seen by the scanner.
  #isFresh = true;

  constructor(
    scanner: PacketScanner,
    packet: string,
    maxMessageBytes: number,
    findEnd: FindEnd,
  ) {
    super(scanner, packet);
    this.#findEnd = findEnd;
    this.#max = maxMessageBytes;
  }

  override decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = this.#nextSize(queue);
    return size === -1 ? undefined : queue.take(size);
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    this.#takeMany(queue, most, into);
  }

  skipBatch(queue: ReadableQueue, most: number): number {
    return this.#takeMany(queue, most, undefined);
  }

  /** Takes packets, or drops them; returns how many. */
  #takeMany(
    queue: ReadableQueue,
    most: number,
    into: Uint8Array[] | undefined,
  ): number {
    let count = 0;
    while (queue.length > 0) {
      const isFresh = this.#isFresh && this.#next >= this.#sizes.length;
      if (isFresh) count += this.#takeWhole(queue, most - count, into);
      if (count >= most || queue.length === 0) break;
      // One that is not whole, or that only its scanner can read. It may be refused,
      // and those that were dropped before are counted first.
      if (into === undefined && count > 0) break;
      const size = isFresh ? this.#scan(queue) : this.#nextSize(queue);
      if (size === -1) break;
      if (into === undefined) queue.skip(size);
      else into.push(queue.take(size));
      count++;
    }
    return count;
  }

  /** Takes whole packets without a list of their sizes, which costs as much. */
  #takeWhole(
    queue: ReadableQueue,
    most: number,
    into: Uint8Array[] | undefined,
  ): number {
    const bytes = queue.peek(0, queue.gather());
    const { buffer, byteOffset, length } = bytes;
    const findEnd = this.#findEnd;
    let count = 0;
    let from = 0;
    for (; count < most && from < length; count++) {
      const end = findEnd(bytes, from);
      // What is above the limit is refused by the scanner, in its own words.
      if (end === -1 || end - from > this.#max) break;
      into?.push(new Uint8Array(buffer, byteOffset + from, end - from));
      from = end;
    }
    queue.skip(from);
    return count;
  }

  override skip(queue: ReadableQueue): number {
    const size = this.#nextSize(queue);
    if (size !== -1) queue.skip(size);
    return size;
  }

  #nextSize(queue: ReadableQueue): number {
    if (this.#next < this.#sizes.length) return this.#sizes[this.#next++]!;
    if (this.#isFresh && this.#findSizes(queue)) return this.#sizes[0]!;
    return this.#scan(queue);
  }

  /** Goes on with the scanner. */
  #scan(queue: ReadableQueue): number {
    const size = this.wholePacket(queue);
    this.#isFresh = size !== -1;
    return size;
  }

  /** Looks for whole packets; returns whether one is in front. */
  #findSizes(queue: ReadableQueue): boolean {
    const bytes = queue.peek(0, Math.min(WINDOW_BYTES, queue.gather()));
    const sizes = this.#sizes;
    sizes.length = 0;
    for (let from = 0; from < bytes.length && sizes.length < MOST_SIZES;) {
      const end = this.#findEnd(bytes, from);
      // What is above the limit is refused by the scanner, in its own words.
      if (end === -1 || end - from > this.#max) break;
      sizes.push(end - from);
      from = end;
    }
    this.#next = 1;
    return sizes.length > 0;
  }
}
