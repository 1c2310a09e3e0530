/**
 * The parts of SMTP's messages: commands, mails and replies.
 *
 * ```text
 * 250-   SIZE 1000   CR LF       250    HELP   CR LF
 * code   payload     delimiter   code   payload
 * ```
 *
 * @module
 */

import type { FramePlace } from "../../explain/frame_part.ts";
import type { PartList } from "../../explain/part_list.ts";
import { addRecordParts } from "./encrypted.ts";
import { addLineParts } from "./payload_line.ts";

const LF = 0x0a;
const CR = 0x0d;
const HYPHEN = 0x2d;
const CODE_BYTES = 3;
const DOT_LINE = ".\r\n";

/** Adds the parts of what a client or a server sends. */
export function addSmtpParts(
  parts: PartList,
  frame: Uint8Array,
  { from }: FramePlace,
): void {
  if (addRecordParts(parts, frame)) return;
  if (from === "server") return addReplyParts(parts, frame);
  const end = String.fromCharCode(...frame.subarray(-DOT_LINE.length - 1));
  if (end === DOT_LINE || end === `\n${DOT_LINE}`) {
    parts.add("payload", frame.length - DOT_LINE.length)
      .add("delimiter", DOT_LINE.length, "dot, CR LF");
  } else addLineParts(parts, frame);
}

/** Adds the lines of a reply. */
function addReplyParts(parts: PartList, frame: Uint8Array): void {
  while (parts.rest > 0 && !parts.isFull) {
    const from = parts.at;
    const feed = frame.indexOf(LF, from);
    const end = feed === -1
      ? frame.length
      : frame[feed - 1] === CR
      ? feed - 1
      : feed;
    const code = frame.subarray(from, Math.min(end, from + CODE_BYTES));
    const isCode = code.every((byte) => byte >= 0x30 && byte <= 0x39);
    if (!isCode || code.length < CODE_BYTES) return;
    const isMore = frame[from + CODE_BYTES] === HYPHEN;
    parts.add(
      "header",
      Math.min(CODE_BYTES + 1, end - from),
      `code ${String.fromCharCode(...code)}${isMore ? ", more follows" : ""}`,
    ).add("payload", end - parts.at);
    if (feed === -1) return;
    parts.add("delimiter", feed + 1 - end, feed === end ? "LF" : "CR LF");
  }
}
