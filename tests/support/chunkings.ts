/**
 * The ways in which a network may cut the same bytes.
 *
 * @module
 */

/**
 * Turns a string into bytes, one for each character.
 *
 * @param text Characters up to `\xff`.
 * @returns The bytes.
 */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code > 255) throw new RangeError(`"${character}" is not one byte`);
    return code;
  });
}

/**
 * Turns bytes into a string, one character for each.
 *
 * @param bytes The bytes.
 * @returns The characters.
 */
export function fromLatin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/**
 * Cuts bytes whole, into single bytes, and with every one and every two cuts.
 *
 * @param bytes The bytes.
 * @returns The pieces of each way, with buffers of their own.
 */
export function* chunkings(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes.slice()];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let a = 1; a < bytes.length; a++) {
    yield cutAt(bytes, [a]);
    for (let b = a + 1; b < bytes.length; b++) yield cutAt(bytes, [a, b]);
  }
}

/**
 * Cuts bytes at given places.
 *
 * @param bytes The bytes.
 * @param places The places, in any order and possibly outside.
 * @returns The pieces, with buffers of their own.
 */
export function cutAt(
  bytes: Uint8Array,
  places: readonly number[],
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const at of [...places, bytes.length].sort((a, b) => a - b)) {
    pieces.push(bytes.slice(from, at));
    from = Math.min(Math.max(from, at), bytes.length);
  }
  return pieces;
}
