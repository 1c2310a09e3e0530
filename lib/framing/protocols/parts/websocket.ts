/**
 * The parts of a WebSocket frame, and of the HTTP head before the first one.
 *
 * ```text
 * 81           85         37 FA 21 3D   7F 9F 4D 51 58
 * text, last   length 5   mask          payload, masked
 * ```
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";

const LF = 0x0a;
const FIN = 0x80;
const COMPRESSED = 0x40;
const MASKED = 0x80;
const MASK_BYTES = 4;

const OPCODES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** Adds the parts of a frame or of a head. */
export function addWebsocketParts(parts: PartList, frame: Uint8Array): void {
  const [first = 0, second = 0] = frame;
  // "G" and "H" begin heads; a frame never has these reserved bits.
  if (first === 0x47 || first === 0x48) return addHead(parts, frame);
  const opcode = OPCODES[first & 0x0f];
  if (opcode === undefined) return;
  parts.add(
    "header",
    1,
    opcode + ((first & FIN) === 0 ? ", more fragments follow" : ", last") +
      ((first & COMPRESSED) === 0 ? "" : ", compressed"),
  );
  const short = second & 0x7f;
  const width = short === 127 ? 9 : short === 126 ? 3 : 1;
  if (parts.rest < width) {
    parts.add("length", width);
    return;
  }
  const length = width === 1
    ? short
    : frame.subarray(2, 1 + width).reduce((n, byte) => n * 256 + byte, 0);
  const isMasked = (second & MASKED) !== 0;
  parts.add("length", width, `length ${length}`)
    .add("header", isMasked ? MASK_BYTES : 0, "mask")
    .add("payload", length, isMasked ? "payload, masked" : "payload");
}

/** Adds the lines of a head; its first byte belongs to no frame. */
function addHead(parts: PartList, frame: Uint8Array): void {
  while (parts.rest > 0 && !parts.isFull) {
    const from = parts.at;
    const feed = frame.indexOf(LF, from);
    const size = (feed === -1 ? frame.length : feed + 1) - from;
    if (size <= 2) parts.add("delimiter", size, "empty line");
    else parts.add("header", size, from === 0 ? "first line" : "header line");
  }
}
