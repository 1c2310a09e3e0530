/**
 * Where the head of a message is put together before it goes into a sink.
 *
 * The parts of a head often come from outside the program, so each character is
 * checked: with a line end in a value, an attacker could add a header or a whole
 * message. It is checked when it is copied, in one loop, and nothing gets into the
 * sink before all of the head was. Checking a head, joining its parts to a text and
 * encoding that takes longer.
 *
 * @module
 */

import type { ByteSink } from "../../../bytes/byte_sink.ts";
import { KINDS } from "../characters.ts";

const USUAL_BYTES = 1024;

/** Bytes of one head, or of one inside another. */
export class HeadBuffer {
  #bytes = new Uint8Array(USUAL_BYTES);
  #size = 0;

  /** How many bytes are in it. */
  get size(): number {
    return this.#size;
  }

  /** Adds a text of this library's own, in ASCII. */
  add(text: string): void {
    const at = this.#grow(text.length);
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  }

  /**
   * Adds a text if all of its characters are of a kind, each of them as a byte.
   *
   * @returns Whether they are; otherwise what is in it behind the last text may not
   * be used.
   */
  addIf(text: string, kind: number): boolean {
    const size = text.length;
    const at = this.#grow(size);
    const bytes = this.#bytes;
    let i = 0;
    for (; i < size; i++) {
      const code = text.charCodeAt(i);
      // A character above FF has no entry, and is of no kind.
      if ((KINDS[code]! & kind) === 0) break;
      bytes[at + i] = code;
    }
    // Types do not keep a program from giving a number, which has no length.
    return i === size;
  }

  /** Adds bytes that were checked before. */
  addBytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Copies what is behind a place. */
  copy(from: number): Uint8Array {
    return this.#bytes.slice(from, this.#size);
  }

  /** Appends what is behind a place to a sink, which copies it. */
  copyTo(sink: ByteSink, from: number): void {
    sink.copy(new Uint8Array(this.#bytes.buffer, from, this.#size - from));
  }

  /** Drops what is behind a place. */
  cut(size: number): void {
    this.#size = size;
    // A long head comes seldom, and its memory would stay for good.
    if (size === 0 && this.#bytes.length > 16 * USUAL_BYTES) {
      this.#bytes = new Uint8Array(USUAL_BYTES);
    }
  }

  /** Makes room at the end and returns where it begins. */
  #grow(count: number): number {
    const at = this.#size;
    const size = at + count;
    if (size > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = new Uint8Array(2 * size);
      this.#bytes.set(before);
    }
    this.#size = size;
    return at;
  }
}
