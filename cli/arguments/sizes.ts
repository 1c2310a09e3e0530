/**
 * Sizes in bytes as people write them: `1000`, `64KiB`, `16MiB`.
 *
 * @module
 */

import { counted } from "./counted.ts";
import { UsageError } from "../output/failure.ts";

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/**
 * Reads a size.
 *
 * @param text A whole number, alone or with B, KB, MB, GB (thousands) or KiB,
 * MiB, GiB (1024s), in any case.
 * @returns The size in bytes.
 * @throws {UsageError} If it is anything else, or 0.
 */
export function parseSize(text: string): number {
  const [, digits, unit = "B"] = /^(\d+) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[(unit === "" ? "B" : unit).toUpperCase()];
  if (digits === undefined || factor === undefined) {
    const near = digits !== undefined && /^[kmg]$/i.test(unit)
      ? ` (did you mean "${digits}${unit.toUpperCase()}iB"?)`
      : "";
    throw new UsageError(
      `"${text}" is not a size${near}; write a whole number of bytes or one with a unit, such as 1000, 64KiB or 16MiB`,
    );
  }
  const bytes = Number(digits) * factor;
  if (bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw new UsageError(
    `a size of ${text} is out of range; it must be from 1 byte to 8191 TiB`,
  );
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
