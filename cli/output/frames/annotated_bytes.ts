/**
 * Bytes in rows of hexadecimal and text, with the parts of a frame drawn under them.
 *
 * ```text
 * 00000000  00 00 00 05 68 65 6c 6c  6f                        |....hello|
 *           ^^^^^^^^^^^ length 5
 *                       ^^^^^^^^^^^^^^ payload
 * ```
 *
 * @module
 */

import type { FramePart } from "../../../lib/framing/mod.ts";
import { grouped } from "../counted.ts";
import { escapeControls } from "../escape.ts";

/** How bytes are drawn. */
export interface AnnotatedOptions {
  /**
   * How wide a row may be, in columns. Below 80 a row has 8 bytes, else 16.
   *
   * @default {Infinity}
   */
  readonly columns?: number;
  /**
   * The most rows of bytes. A row behind them says how much is left out.
   *
   * @default {Infinity}
   */
  readonly mostRows?: number;
  /**
   * The number of the first byte.
   *
   * @default {0}
   */
  readonly offset?: number;
}

const OFFSET_COLUMNS = "00000000  ".length;
// Offset, sixteen bytes in two groups, and their text between bars.
const WIDE_COLUMNS = OFFSET_COLUMNS + 16 * 3 + 1 + 2 + 16 + 2;

const HEX = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);
const TEXT = Array.from(
  { length: 256 },
  (_, byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
);

/**
 * Draws bytes and their parts.
 *
 * @param parts The parts in order; an empty list for bytes alone.
 * @returns The rows, without line feeds.
 */
export function annotatedBytes(
  bytes: Uint8Array,
  parts: readonly FramePart[],
  options: AnnotatedOptions = {},
): string[] {
  const { columns = Infinity, mostRows = Infinity, offset = 0 } = options;
  const perRow = columns < WIDE_COLUMNS ? 8 : 16;
  const shown = Math.min(bytes.length, mostRows * perRow);
  const rows: string[] = [];
  let next = 0;
  for (let from = 0; from < shown; from += perRow) {
    const to = Math.min(from + perRow, shown);
    rows.push(rowOf(bytes, from, to, perRow, offset));
    for (; next < parts.length && parts[next]!.offset < to; next++) {
      rows.push(underline(parts[next]!, from, to));
    }
  }
  if (shown < bytes.length) {
    const left = bytes.length - shown;
    rows.push(`… ${grouped(left)} more bytes`);
  }
  return rows;
}

function rowOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  perRow: number,
  offset: number,
): string {
  let hex = "";
  let text = "";
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    hex += at - from === 8 ? `  ${HEX[byte]}` : ` ${HEX[byte]}`;
    text += TEXT[byte];
  }
  const place = (offset + from).toString(16).padStart(8, "0");
  return `${place} ${hex.padEnd(columnOf(perRow) + 1)}|${text}|`;
}

/** Where a byte of a row begins, from the first one on. */
function columnOf(index: number): number {
  return index * 3 + (index >= 8 ? 1 : 0) + 1;
}

function underline(
  { offset, size, text }: FramePart,
  from: number,
  to: number,
): string {
  const first = offset - from;
  const last = Math.min(offset + size, to) - 1 - from;
  const begin = OFFSET_COLUMNS + columnOf(first) - 1;
  const end = OFFSET_COLUMNS + columnOf(last) + 1;
  // Where it ends is not seen if it goes on in the next row.
  const more = offset + size > to ? `, ${grouped(size)} bytes` : "";
  const marks = "^".repeat(end - begin);
  return `${" ".repeat(begin)}${marks} ${escapeControls(text)}${more}`;
}
