/**
 * Sizes in bytes as people write them: `1000`, `64KiB`, `16MiB`.
 *
 * @module
 */

import * as units from "../../lib/units.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";
import { counted } from "../output/counted.ts";

/**
 * Reads a size.
 *
 * @param text A whole number, alone or with B, KB, MB, GB (thousands) or KiB,
 * MiB, GiB (1024s), in any case.
 * @returns The size in bytes.
 * @throws {UsageError} If it is anything else, or 0.
 */
export function parseSize(text: string): number {
  try {
    return units.parseSize(text);
  } catch (cause) {
    throw new UsageError(errorText(cause), { cause });
  }
}

/**
 * Writes a default as it would be typed.
 *
 * @param bytes The size in bytes.
 * @returns The size and its text, such as `64KiB`.
 */
export function writtenSize(
  bytes: number,
): { readonly value: number; readonly text: string } {
  return { value: bytes, text: formatSize(bytes).replace(" ", "") };
}

/**
 * Shows how much went over a connection.
 *
 * @param noun What was counted, such as `message`.
 * @returns Such as `3 messages 1.5 MiB`.
 */
export function amount(count: number, noun: string, bytes: number): string {
  return `${counted(count, noun)} ${formatSize(bytes)}`;
}

/**
 * Shows a size.
 *
 * @param bytes The size in bytes.
 * @returns It with a unit and at most one decimal, such as `1.5 MiB`.
 */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}
