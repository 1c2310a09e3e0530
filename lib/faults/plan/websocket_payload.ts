/**
 * What a frame of WebSocket says, for expressions that look at messages.
 *
 * @module
 */

const MASKED = 0x80;
const MASK_BYTES = 4;

/**
 * Takes the header and the mask off the beginning of a frame.
 *
 * @param frame The frame, which is valid, or the HTTP head before the first one.
 * @param atMost How many bytes are wanted.
 */
export function websocketPayload(
  frame: Uint8Array,
  atMost: number,
): Uint8Array {
  const [first = 0, second = 0] = frame;
  // A head begins with "G" or "H", which are the opcodes 7 and 8 of RFC 6455: one is
  // reserved, and a control frame is not compressed as this one would be.
  if (first === 0x47 || first === 0x48) return frame.subarray(0, atMost);
  const short = second & 0x7f;
  const header = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
  if ((second & MASKED) === 0) {
    return frame.subarray(header, header + atMost);
  }
  const begin = header + MASK_BYTES;
  const key = frame.subarray(header, begin);
  return frame.slice(begin, begin + atMost)
    .map((byte, at) => byte ^ key[at & 3]!);
}
