/**
 * Shows a stream of bytes as text that cannot drive a terminal, the same
 * however the bytes are cut.
 *
 * @module
 */

import { visible } from "../../output/visible.ts";

/** How bytes are shown. */
export interface VisibleOptions {
  /** Control characters that stay as they are. */
  readonly keep?: string;
  /**
   * Whether a backslash is shown as two, so that the output can be turned back
   * into the bytes.
   */
  readonly isExact?: boolean;
}

const BACKSLASH = 0x5c;

/** Turns bytes into text, piece by piece. */
export class VisibleText {
  readonly #keep: string;
  readonly #isExact: boolean;
  // The first bytes of a character whose other bytes have not come yet.
  #rest = new Uint8Array(0);

  constructor({ keep = "", isExact = false }: VisibleOptions = {}) {
    this.#keep = keep;
    this.#isExact = isExact;
  }

  /**
   * Adds bytes.
   *
   * @param bytes The bytes. They are not used after the call.
   * @returns The text that is complete so far.
   */
  add(bytes: Uint8Array): string {
    const all = joined(this.#rest, bytes);
    const end = wholeCharacters(all);
    this.#rest = all.slice(end);
    return this.#show(all.subarray(0, end));
  }

  /**
   * Ends the stream.
   *
   * @returns The rest of the text.
   */
  end(): string {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return this.#show(rest);
  }

  #show(bytes: Uint8Array): string {
    return visible(this.#isExact ? doubled(bytes) : bytes, this.#keep);
  }
}

/** The number of bytes before an incomplete character. */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let at = length - 1; at >= 0 && at >= length - 3; at--) {
    const byte = bytes[at]!;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return at + size > length ? at : length;
  }
  return length;
}

/** Writes each backslash twice. None is part of another character in UTF-8. */
function doubled(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(BACKSLASH)) return bytes;
  const twice = new Uint8Array(2 * bytes.length);
  let end = 0;
  for (const byte of bytes) {
    if (byte === BACKSLASH) twice[end++] = byte;
    twice[end++] = byte;
  }
  return twice.subarray(0, end);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
