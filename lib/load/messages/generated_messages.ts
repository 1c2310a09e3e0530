/**
 * Messages of a given size that carry their number, so that an answer that is lost,
 * repeated or swapped with another is noticed.
 *
 * ```text
 *   00002krwvutsrqponmlkjihgfedcbazyxwv...
 *   └ 6 ─┘└ letters, up to the size ─────
 * ```
 *
 * The number is written with 32 digits of one character each, its lowest 30 bits; a
 * shorter message carries as many digits as it has bytes. All characters are letters
 * and digits, which every framing of text can hold.
 *
 * @module
 */

import { seeded } from "../../random.ts";
import type { Match, MessageSource } from "./message_source.ts";
import { sameBytes } from "./same_bytes.ts";

const DIGITS = new TextEncoder().encode("0123456789abcdefghijklmnopqrstuv");
const VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of DIGITS.entries()) VALUES[digit] = value;
const BITS = 5;
const MOST_DIGITS = 6;

// Sizes are drawn once and then used in turn.
const SIZES = 4096;
// What is handed over at once is copied whole by the connection.
const MOST_BYTES = 128 * 1024;
const MOST_MESSAGES = 128;

// Larger messages repeat what was drawn, as drawing takes its time. A prime number, so
// that pieces of a usual size that are swapped on the way are noticed.
const DRAWN_BYTES = 1_048_573;

// Comparing so many bytes here takes less time than a call does.
const SHORT = 96;

/** Makes messages of sizes between two bounds. */
export class GeneratedMessages implements MessageSource {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isNumbered: boolean;
  readonly mostAtOnce: number;
  readonly #filler: Uint8Array;
  readonly #sizes: Uint32Array | undefined;
  readonly #room: Uint8Array;
  // With one size, the same views are handed out again and again.
  readonly #views: Uint8Array[];

  constructor(minBytes: number, maxBytes: number, seed: number) {
    this.minBytes = minBytes;
    this.maxBytes = maxBytes;
    this.isNumbered = minBytes >= MOST_DIGITS;
    const random = seeded(seed);
    this.#filler = new Uint8Array(maxBytes);
    const drawn = Math.min(maxBytes, DRAWN_BYTES);
    for (let i = 0; i < drawn; i++) {
      this.#filler[i] = 0x61 + Math.floor(random() * 26);
    }
    for (let at = drawn; at < maxBytes; at += drawn) {
      this.#filler.copyWithin(at, 0, Math.min(drawn, maxBytes - at));
    }
    if (minBytes < maxBytes) {
      const range = maxBytes - minBytes + 1;
      this.#sizes = new Uint32Array(SIZES).map(() =>
        minBytes + Math.floor(random() * range)
      );
    }
    const most = Math.floor(MOST_BYTES / Math.max(1, maxBytes));
    this.mostAtOnce = Math.max(1, Math.min(MOST_MESSAGES, most));
    // Larger ones are not copied by the connection: each has bytes of its own.
    this.#room = new Uint8Array(most === 0 ? 0 : this.mostAtOnce * maxBytes);
    this.#views = [];
    for (let i = 0; most > 0 && i < this.mostAtOnce; i++) {
      const view = this.#room.subarray(i * maxBytes, (i + 1) * maxBytes);
      view.set(this.#filler);
      this.#views.push(view);
    }
  }

  take(first: number, count: number): Uint8Array[] {
    const messages: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const number = first + i;
      const whole = this.#views[i] ?? this.#filler.slice();
      writeNumber(number, whole);
      const size = this.#sizeOf(number);
      if (size === this.maxBytes) {
        messages.push(whole);
      } else {
        // A shorter number is its end, as the whole message carries more digits.
        if (size < MOST_DIGITS) writeNumber(number, whole.subarray(0, size));
        messages.push(whole.subarray(0, size));
      }
    }
    return messages;
  }

  isSame(answer: Uint8Array, number: number): boolean {
    const size = this.#sizeOf(number);
    if (answer.length !== size) return false;
    const digits = Math.min(size, MOST_DIGITS);
    for (let at = digits - 1, rest = number; at >= 0; at--) {
      if (answer[at] !== DIGITS[rest & 31]) return false;
      rest = shifted(rest);
    }
    return this.#hasFiller(answer, digits);
  }

  match(answer: Uint8Array, first: number, next: number): Match {
    const digits = Math.min(answer.length, MOST_DIGITS);
    const modulus = 2 ** (BITS * digits);
    let value = 0;
    for (let at = 0; at < digits; at++) {
      const digit = VALUES[answer[at]!]!;
      if (digit === -1) return "wrong";
      value = value * 32 + digit;
    }
    const ahead = ((value - first) % modulus + modulus) % modulus;
    // A number that could be two messages' tells nothing.
    if (next - first > modulus / 2) return "wrong";
    if (ahead < next - first) {
      const number = first + ahead;
      return this.isSame(answer, number) ? { number } : { wrong: number };
    }
    const earlier = first + ahead - modulus;
    return earlier >= 0 && this.isSame(answer, earlier) ? "extra" : "wrong";
  }

  #sizeOf(number: number): number {
    const sizes = this.#sizes;
    return sizes === undefined ? this.maxBytes : sizes[number % SIZES]!;
  }

  #hasFiller(answer: Uint8Array, from: number): boolean {
    const filler = this.#filler;
    const { length } = answer;
    if (length <= SHORT) {
      for (let i = from; i < length; i++) {
        if (answer[i] !== filler[i]) return false;
      }
      return true;
    }
    return sameBytes(answer.subarray(from), filler.subarray(from, length));
  }
}

/** Writes a number into the first bytes, as many digits as there is room for. */
function writeNumber(number: number, into: Uint8Array): void {
  let rest = number;
  for (let at = Math.min(into.length, MOST_DIGITS) - 1; at >= 0; at--) {
    into[at] = DIGITS[rest & 31]!;
    rest = shifted(rest);
  }
}

/** The number without its lowest digit; numbers may have more than 32 bits. */
function shifted(number: number): number {
  return number < 0x8000_0000 ? number >> BITS : Math.floor(number / 32);
}
