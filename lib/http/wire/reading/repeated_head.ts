/**
 * A head that came twice in a row, so that the next one can be compared with it
 * instead of being read.
 *
 * A client mostly says the same on a connection that it keeps: what a load
 * balancer asks, what a program asks every second, every reload of a page. The
 * same bytes give the same head, so comparing them, four at a time, takes the place
 * of finding lines, checking characters and making texts: for a browser's head 0.2
 * instead of 2 us.
 *
 * Each connection compares with its own heads alone. Those of others would show in
 * the time that an answer takes, and a client could guess them piece by piece.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { Head } from "./head_reader.ts";

// A connection keeps its head, with all fields, so long ones are read again.
const MOST_BYTES = 2 * 1024;

/**
 * A head and its bytes.
 *
 * @typeParam L What the first line says.
 */
export class RepeatedHead<L> {
  /** The head: the same object each time, whose fields are frozen. */
  readonly head: Head<L>;
  // Big-endian, as the queue reads them; the rest fits into one more.
  readonly #words: Uint32Array;

  private constructor(head: Head<L>) {
    this.head = head;
    const { text } = head;
    const words = this.#words = new Uint32Array(Math.ceil(text.length / 4));
    for (let i = 0; i < text.length; i++) {
      words[i >> 2] = words[i >> 2]! << 8 | text.charCodeAt(i);
    }
    // A program may keep them, and change them if types do not stop it.
    for (const field of head.fields.all) Object.freeze(field);
    Object.freeze(head.fields.all);
  }

  /**
   * Keeps a head.
   *
   * @param head The head, which came for the second time.
   * @returns What recognizes it, or `undefined` if it is too long.
   */
  static of<L>(head: Head<L>): RepeatedHead<L> | undefined {
    return head.text.length > MOST_BYTES ? undefined : new RepeatedHead(head);
  }

  /**
   * Takes the head off the front of the queue, if it is there as a whole.
   *
   * @param queue The bytes, of which none was taken since the last message.
   * @returns Whether it was there; otherwise nothing was taken.
   */
  takeFrom(queue: ByteQueue): boolean {
    const words = this.#words;
    const size = this.head.text.length;
    if (!queue.has(size)) return false;
    const rest = size & 3;
    const whole = size >> 2;
    for (let i = 0; i < whole; i++) {
      if (queue.uint32(4 * i) !== words[i]) return false;
    }
    let last = 0;
    for (let at = size - rest; at < size; at++) {
      last = last << 8 | queue.byte(at);
    }
    if (rest > 0 && last !== words[whole]) return false;
    queue.skip(size);
    return true;
  }
}
