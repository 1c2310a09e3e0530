/**
 * Masking (RFC 6455 section 5.3): every byte from a client is combined with one of
 * the four bytes of the frame's key, so that scripts in browsers cannot choose the
 * bytes that a proxy sees.
 *
 * Long payloads are combined a word of four bytes at a time, which needs source
 * and target at the same place within a word. {@linkcode maskedCopy} copies, so it
 * chooses the target's place; short payloads go byte by byte, where making views
 * of words would cost more than it saves.
 *
 * @module
 */

// Below this, a loop over bytes is faster than making the views of words.
const WORDS_FROM_BYTES = 96;
// Unmasked payloads are put side by side into blocks: an array buffer for each message
// would cost more than unmasking it. A connection keeps its last block, so the first
// one is small, and each further one twice as long: ten thousand quiet connections that
// have said one thing each hold 10 MB and not 320.
const FIRST_BLOCK_BYTES = 1024;
const BLOCK_BYTES = 32 * 1024;
// A larger payload gets a buffer of its own, so that it keeps no block alive.
const OWN_BUFFER_BYTES = 4 * 1024;

/** Holds the targets of unmasked payloads. It belongs to one stream. */
export class MaskBlocks {
  #block: Uint8Array | undefined;
  #size = FIRST_BLOCK_BYTES;
  #used = 0;

  /**
   * A copy of masked or unmasked bytes, combined with the key.
   *
   * @param from The bytes.
   * @param key The key, its first byte on the wire in the highest bits.
   * @returns The copy. It shares its buffer with other payloads of this stream.
   */
  copy(from: Uint8Array, key: number): Uint8Array {
    const { length } = from;
    const target = length > OWN_BUFFER_BYTES
      ? ownBuffer(from)
      : this.#carve(length, from.byteOffset & 3);
    maskInto(from, target, key);
    return target;
  }

  #carve(length: number, place: number): Uint8Array {
    let begin = ((this.#used + 3) & ~3) + place;
    if (this.#block === undefined || begin + length > this.#block.length) {
      this.#block = new Uint8Array(Math.max(this.#size, place + length));
      this.#size = Math.min(2 * this.#size, BLOCK_BYTES);
      begin = place;
    }
    this.#used = begin + length;
    return this.#block.subarray(begin, this.#used);
  }
}

/** A buffer of its own, at the same place within a word as the source. */
function ownBuffer(from: Uint8Array): Uint8Array {
  const place = from.byteOffset & 3;
  return new Uint8Array(from.length + place).subarray(place);
}

/**
 * Combines bytes with the key.
 *
 * @param from The bytes.
 * @param into Where the result goes: `from` itself, or as long.
 * @param key The key, its first byte on the wire in the highest bits.
 * @param phase How many bytes of the frame come before, modulo 4.
 */
export function maskInto(
  from: Uint8Array,
  into: Uint8Array,
  key: number,
  phase = 0,
): void {
  const { length } = from;
  const place = from.byteOffset & 3;
  let index = 0;
  if (length >= WORDS_FROM_BYTES && (into.byteOffset & 3) === place) {
    for (const head = -place & 3; index < head; index++) {
      into[index] = from[index]! ^ keyByte(key, index + phase);
    }
    const words = (length - index) >> 2;
    const source = new Int32Array(from.buffer, from.byteOffset + index, words);
    const target = from === into
      ? source
      : new Int32Array(into.buffer, into.byteOffset + index, words);
    maskWords(source, target, keyWord(key, index + phase));
    index += words << 2;
  }
  for (; index < length; index++) {
    into[index] = from[index]! ^ keyByte(key, index + phase);
  }
}

/** Eight words a turn, which is up to twice as fast as four. */
function maskWords(source: Int32Array, target: Int32Array, word: number): void {
  const { length } = source;
  let i = 0;
  for (const most = length & ~7; i < most; i += 8) {
    target[i] = source[i]! ^ word;
    target[i + 1] = source[i + 1]! ^ word;
    target[i + 2] = source[i + 2]! ^ word;
    target[i + 3] = source[i + 3]! ^ word;
    target[i + 4] = source[i + 4]! ^ word;
    target[i + 5] = source[i + 5]! ^ word;
    target[i + 6] = source[i + 6]! ^ word;
    target[i + 7] = source[i + 7]! ^ word;
  }
  for (; i < length; i++) target[i] = source[i]! ^ word;
}

/** The byte of the key that belongs to a place in the payload. */
function keyByte(key: number, place: number): number {
  return (key >>> (24 - ((place & 3) << 3))) & 0xff;
}

const WORD = new Int32Array(1);
const WORD_BYTES = new Uint8Array(WORD.buffer);

/** The key as a word of this machine, for bytes that begin at a place. */
function keyWord(key: number, place: number): number {
  for (let i = 0; i < 4; i++) WORD_BYTES[i] = keyByte(key, place + i);
  return WORD[0]!;
}
