/**
 * Durations and sizes as people write them: `700ms`, `3s`, `64KiB`.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "./check.ts";

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
// The runtime's timers hold 31 bits of milliseconds, 24.8 days.
const LONGEST_MS = 24 * 24 * 3_600_000;

/** Which durations are allowed besides those of 1 ms to 24 days. */
export interface DurationRange {
  /** Whether `none` is allowed, for no bound. */
  readonly none?: boolean;
  /** Whether 0 is allowed. */
  readonly zero?: boolean;
}

/**
 * Reads a duration.
 *
 * @param text A number with ms, s, m or h, such as `1.5s`.
 * @returns It in milliseconds; `Infinity` for `none`.
 * @throws {TypeError} If it is not a duration.
 * @throws {RangeError} If it is not in the range.
 */
export function parseDuration(text: string, range: DurationRange = {}): number {
  if (range.none === true && text === "none") return Infinity;
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text) ?? [];
  const factor = TIME_UNITS[unit ?? ""];
  if (digits === undefined || factor === undefined) {
    const near = unit === "" ? ` (did you mean "${text}s"?)` : "";
    throw new OptionTypeError({
      reason: `"${text}" is not a duration${near}`,
      advice: "write a number with ms, s, m or h, such as 700ms, 3s or 2m" +
        (range.none === true ? ", or none" : ""),
    });
  }
  const ms = Number(digits) * factor;
  if (ms <= LONGEST_MS && (ms >= 1 || (range.zero === true && ms === 0))) {
    return ms;
  }
  throw new OptionRangeError({
    reason: `a duration of ${text} is out of range`,
    advice: `it must be from ${range.zero === true ? "0s" : "1ms"} to 576h${
      range.none === true ? ", or none" : ""
    }`,
  });
}

/** Gives the unit in which a duration is written in the fewest digits. */
export function timeUnitOf(ms: number): readonly [name: string, ms: number] {
  return Object.entries(TIME_UNITS)
    .findLast(([, factor]) => ms % factor === 0 && ms >= factor)!;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
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
 * @throws {TypeError} If it is not a size.
 * @throws {RangeError} If it is 0, or too large to be exact.
 */
export function parseSize(text: string): number {
  const [, digits, unit = "B"] = /^(\d+) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = SIZE_UNITS[(unit === "" ? "B" : unit).toUpperCase()];
  if (digits === undefined || factor === undefined) {
    const near = digits !== undefined && /^[kmg]$/i.test(unit)
      ? ` (did you mean "${digits}${unit.toUpperCase()}iB"?)`
      : "";
    throw new OptionTypeError({
      reason: `"${text}" is not a size${near}`,
      advice:
        "write a whole number of bytes or one with a unit, such as 1000, 64KiB or 16MiB",
    });
  }
  const bytes = Number(digits) * factor;
  if (bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw new OptionRangeError({
    reason: `a size of ${text} is out of range`,
    advice: "it must be from 1 byte to 8191 TiB",
  });
}
