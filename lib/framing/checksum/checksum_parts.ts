/**
 * The parts of a frame whose message ends with a checksum.
 *
 * @module
 */

import type { FramePart } from "../explain/frame_part.ts";
import type { Checksum } from "./crc.ts";

/**
 * Names the last bytes of the message as the checksum.
 *
 * @param parts The parts as the framing without it names them.
 * @returns The same parts, of which those of the checksum are renamed, and one may
 * be cut in two.
 */
export function checksumParts(
  parts: readonly FramePart[],
  { bytes, name }: Checksum,
): FramePart[] {
  const named: FramePart[] = [];
  let rest: number = bytes;
  for (const part of parts.toReversed()) {
    const { kind, means, offset, size } = part;
    const count = kind === "payload" ? size : means?.length ?? 0;
    if (count === 0 || rest === 0) {
      named.push(part);
      continue;
    }
    const text = `checksum ${name}`;
    const taken = Math.min(rest, count);
    rest -= taken;
    // An escape stands for one byte, so only bytes as they are can be cut.
    const cut = kind === "payload" ? size - taken : 0;
    named.push({
      kind: "checksum",
      offset: offset + cut,
      size: size - cut,
      text: means === undefined ? text : `${text}, escaped`,
    });
    if (cut > 0) named.push({ ...part, size: cut });
  }
  return named.reverse();
}
