/**
 * Lines of heads that were sent before, as bytes.
 *
 * Most lines of a response are those of the response before: its status, its type,
 * its date within a second. To copy such a line takes less time than to check and copy
 * each of its characters.
 *
 * Of each name the last value is known, and its bytes once it came twice. Secrets are
 * not: they would be kept longer than the program keeps them.
 *
 * @module
 */

import type { HeadBuffer } from "./head_buffer.ts";

// What a program can make this hold: 16 KiB of bytes, and the values of as many names.
const MOST_LINES = 64;
const MOST_BYTES = 256;
const SECRET = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;

interface Line {
  value: string;
  bytes: Uint8Array | undefined;
}

/** The lines of all connections. */
export class KnownLines {
  // A field's name, or a status, whose value is its phrase.
  readonly #lines = new Map<string | number, Line>();

  /**
   * Adds a line to a head, if it is known.
   *
   * @returns Whether it is; otherwise nothing was added.
   */
  addTo(head: HeadBuffer, key: string | number, value: string): boolean {
    const line = this.#lines.get(key);
    if (line === undefined || line.bytes === undefined) return false;
    if (line.value !== value) return false;
    head.addBytes(line.bytes);
    return true;
  }

  /** Takes note of the line that a head ends with, which was checked. */
  note(
    head: HeadBuffer,
    from: number,
    key: string | number,
    value: string,
  ): void {
    if (head.size - from > MOST_BYTES) return;
    const line = this.#lines.get(key);
    if (line === undefined) {
      if (this.#lines.size === MOST_LINES || SECRET.test(`${key}`)) return;
      this.#lines.set(key, { value, bytes: undefined });
    } else if (line.value === value) {
      line.bytes = head.copy(from);
    } else {
      line.value = value;
      line.bytes = undefined;
    }
  }
}
