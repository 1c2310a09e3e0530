/**
 * Tells where a JSON text ends, byte by byte and without parsing it.
 *
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

// Kinds of bytes outside of strings.
const BLANK = 1;
const OPENS = 2;
const CLOSES = 3;

const KINDS: Uint8Array = new Uint8Array(256);
for (const blank of " \t\r\n") KINDS[blank.charCodeAt(0)] = BLANK;
for (const opening of "{[") KINDS[opening.charCodeAt(0)] = OPENS;
for (const closing of "}]") KINDS[closing.charCodeAt(0)] = CLOSES;

/** Follows the strings and the nesting of a JSON text. */
export class JsonEnd {
  #depth = 0;
  #begun = false;
  #inString = false;
  #escaped = false;

  /** Whether the bytes so far can be a whole text. */
  get complete(): boolean {
    return this.#begun && this.#depth === 0 && !this.#inString;
  }

  /** Takes in one byte. */
  add(byte: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return;
    }
    const kind = KINDS[byte]!;
    if (kind === BLANK) return;
    this.#begun = true;
    if (byte === QUOTE) this.#inString = true;
    else if (kind === OPENS) this.#depth++;
    // A bracket too many is not JSON; it ends the text nevertheless.
    else if (kind === CLOSES && this.#depth > 0) this.#depth--;
  }

  /** Starts over for the next text. */
  reset(): void {
    this.#depth = 0;
    this.#begun = false;
    this.#inString = false;
    this.#escaped = false;
  }
}
