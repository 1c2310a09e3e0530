/**
 * Rates, sizes and limits as people write them: `20k/s`, `64-1KiB`, `p99=5ms`.
 *
 * @module
 */

import type { LoadLimit } from "../../../lib/load/mod.ts";
import { parseSize } from "../../arguments/sizes.ts";
import { errorText } from "../../output/error_text.ts";
import { UsageError } from "../../output/failure.ts";

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6 };
const RATE_ADVICE =
  "write messages per second, such as 500, 20k/s or 1.5M, or max";

/**
 * Reads a rate.
 *
 * @returns Messages per second; `undefined` for `max`.
 * @throws {UsageError} If it is anything else; the text has the column.
 */
export function parseRate(text: string): number | undefined {
  if (text === "max") return undefined;
  const [, digits = "", rest = ""] = /^(\d*\.?\d*)(.*)$/s.exec(text)!;
  if (!/\d/.test(digits)) {
    throw wrong(text, 1, "there is no number", RATE_ADVICE);
  }
  const [, unit = "", behind = ""] = /^([kM]?)(?:\/s$)?(.*)$/s.exec(rest)!;
  if (behind !== "") {
    const column = text.length - behind.length + 1;
    const near = /^K/.test(behind) ? "; did you mean k?" : "";
    throw wrong(text, column, `"${behind}" is not a unit${near}`, RATE_ADVICE);
  }
  const rate = Number(digits) * FACTORS[unit]!;
  if (rate > 0 && rate <= 1e8) return rate;
  throw wrong(
    text,
    1,
    "it is out of range",
    "it must be above 0 and at most 100M",
  );
}

/**
 * Reads a size, or two with a dash in between.
 *
 * @throws {UsageError} If it is anything else; the text has the column.
 */
export function parseSizes(
  text: string,
): readonly [least: number, most: number] {
  const dash = text.indexOf("-");
  const least = sizeAt(text, 0, dash === -1 ? text.length : dash);
  const most = dash === -1 ? least : sizeAt(text, dash + 1, text.length);
  if (least <= most) return [least, most];
  throw wrong(
    text,
    dash + 2,
    "the second size is smaller than the first",
    "write the smaller one first",
  );
}

function sizeAt(text: string, from: number, to: number): number {
  try {
    return parseSize(text.slice(from, to));
  } catch (cause) {
    throw wrong(text, from + 1, errorText(cause), "");
  }
}

const LIMIT_ADVICE =
  "write a percentile and a duration, such as p99=5ms, p99.9=800us or max=1s";
const TIME_UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
};

/**
 * Reads a limit on the latency.
 *
 * @throws {UsageError} If it is anything else; the text has the column.
 */
export function parseLimit(text: string): LoadLimit {
  const equals = text.indexOf("=");
  const at = equals === -1 ? text : text.slice(0, equals);
  const [, digits] = /^p(\d+(?:\.\d+)?)$/.exec(at) ?? [];
  const percentile = at === "max" ? 100 : Number(digits);
  if (!(percentile > 0 && percentile <= 100)) {
    throw wrong(text, 1, `"${at}" is not a percentile`, LIMIT_ADVICE);
  }
  if (equals === -1) {
    throw wrong(text, text.length + 1, "there is no duration", LIMIT_ADVICE);
  }
  const duration = text.slice(equals + 1);
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(duration) ?? [];
  const ms = Number(number) * (TIME_UNITS[unit ?? ""] ?? NaN);
  if (ms > 0) return { percentile, ms };
  throw wrong(
    text,
    equals + 2,
    `"${duration}" is not a duration above 0`,
    LIMIT_ADVICE,
  );
}

function wrong(
  text: string,
  column: number,
  reason: string,
  advice: string,
): UsageError {
  const more = advice === "" ? "" : `; ${advice}`;
  return new UsageError(`"${text}", column ${column}: ${reason}${more}`);
}
