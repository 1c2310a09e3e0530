/**
 * Checks UTF-8 as it arrives (RFC 3629): a bad byte is found when it comes, not
 * when the message is whole, as RFC 6455 section 8.1 asks for.
 *
 * ```text
 *  boundary ── lead byte ──► 1 to 3 continuations to come ── the last ──► boundary
 *      └────── any byte that no character has here ──────► bad, for ever
 * ```
 *
 * @module
 */

/** The state of one text that comes in pieces. */
export class Utf8Check {
  // How many continuation bytes are to come, and the range of the next one: the
  // first after e0, ed, f0 and f4 has a narrower range than 80 to bf.
  #missing = 0;
  #least = 0x80;
  #most = 0xbf;

  /** Whether the text so far ends with a whole character. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Begins the next text. */
  reset(): void {
    this.#missing = 0;
  }

  /**
   * Checks the next piece.
   *
   * @returns The index of the first byte that no UTF-8 text has there, or -1.
   */
  push(bytes: Uint8Array): number {
    const { length } = bytes;
    let index = 0;
    while (index < length) {
      const byte = bytes[index]!;
      if (this.#missing > 0) {
        if (byte < this.#least || byte > this.#most) return index;
        this.#missing--;
        this.#least = 0x80;
        this.#most = 0xbf;
      } else if (byte >= 0x80 && !this.#lead(byte)) {
        return index;
      }
      index++;
    }
    return -1;
  }

  /** Takes a first byte above 7f; tells whether a character can begin with it. */
  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    // No overlong forms, no surrogates, nothing above U+10FFFF.
    if (byte === 0xe0) this.#least = 0xa0;
    else if (byte === 0xed) this.#most = 0x9f;
    else if (byte === 0xf0) this.#least = 0x90;
    else if (byte === 0xf4) this.#most = 0x8f;
    return true;
  }
}
