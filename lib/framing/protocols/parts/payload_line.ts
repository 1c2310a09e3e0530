/**
 * The parts of a line in words, and of the payload that it may announce.
 *
 * ```text
 * PUB greet    5        CR LF       hello     CR LF
 * words        length   delimiter   payload   delimiter
 * ```
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";

const LF = 0x0a;
const CR = 0x0d;
const CR_LF = [CR, LF].join();

/**
 * Adds the parts of a line and of what follows it. The length is the last word
 * that is the size of the payload.
 */
export function addLineParts(parts: PartList, frame: Uint8Array): void {
  const feed = frame.indexOf(LF);
  if (feed === -1) {
    parts.add("header", frame.length, "words");
    return;
  }
  const end = lineEnd(frame, feed);
  const line = frame.subarray(0, end);
  const rest = frame.length - feed - 1;
  const closing = frame.subarray(-2).join() === CR_LF ? 2 : 0;
  let [at, tail] = [wordAt(line, rest - closing), closing];
  // A payload that ends with CR LF itself, where nothing follows it.
  if (at === -1 && wordAt(line, rest) !== -1) {
    [at, tail] = [wordAt(line, rest), 0];
  }
  const payload = rest - tail;
  if (rest > 0 && at !== -1) {
    parts.add("header", at, "words")
      .add("length", String(payload).length, `length ${payload}`);
  }
  parts.add("header", end - parts.at, "words")
    .add("delimiter", feed + 1 - end, feed === end ? "LF" : "CR LF")
    .add("payload", payload)
    .add("delimiter", parts.rest, "CR LF");
}

/** Where a line ends whose LF is at a place. */
function lineEnd(bytes: Uint8Array, feed: number): number {
  return bytes[feed - 1] === CR ? feed - 1 : feed;
}

/** Where the number stands last as a word in a line, or -1. */
function wordAt(line: Uint8Array, value: number): number {
  const text = Array.from(line, (byte) => String.fromCharCode(byte)).join("");
  const word = `${value}`;
  for (let at = text.length; (at = text.lastIndexOf(word, at - 1)) > 0;) {
    const behind = text[at + word.length] ?? " ";
    if (/\s/.test(text[at - 1]!) && /\s/.test(behind)) return at;
  }
  return -1;
}
