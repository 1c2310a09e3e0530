/**
 * The text of a fault, taken apart with the column of every part, and the readers of
 * its numbers.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { FaultRange } from "../fault.ts";

/** A part of the text. */
export interface Part {
  /** The part. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly column: number;
}

/** Splits a text at its colons and commas. A regular expression may have both. */
export class FaultText {
  /** What is between the colons: a direction, the name, its value. */
  readonly words: readonly Part[];
  /** The parameters by name, each with its value. */
  readonly parameters: ReadonlyMap<string, Part>;

  constructor(text: string) {
    const end = text.indexOf(",");
    const head = end === -1 ? text : text.slice(0, end);
    let column = 1;
    this.words = head.split(":").map((word) => {
      const part = { text: word, column };
      column += word.length + 1;
      return part;
    });
    this.parameters = parametersOf(text, end === -1 ? text.length : end);
  }
}

/** Reads the parameters, each of which begins with a comma. */
function parametersOf(text: string, from: number): Map<string, Part> {
  const parameters = new Map<string, Part>();
  for (let at = from; at < text.length;) {
    const [name] = /^[^=,]*/.exec(text.slice(at + 1))!;
    const column = at + 2;
    const equals = at + 1 + name.length;
    if (name === "" || text[equals] !== "=") {
      throw wrong(
        text,
        column,
        name === "" ? "there is no parameter here" : `"${name}" has no value`,
        "write for example connection=1 or times=3",
      );
    }
    if (parameters.has(name)) {
      throw wrong(text, column, `${name}= is given twice`);
    }
    const end = endOfValue(text, equals + 1);
    const value = text.slice(equals + 1, end);
    parameters.set(name, { text: value, column: equals + 2 });
    at = end;
  }
  return parameters;
}

/** Where a value ends: at a comma, or behind the slash that closes an expression. */
function endOfValue(text: string, from: number): number {
  if (text[from] !== "/") {
    const comma = text.indexOf(",", from);
    return comma === -1 ? text.length : comma;
  }
  let isInClass = false;
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") at++;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) {
      if (at + 1 === text.length || text[at + 1] === ",") return at + 1;
      throw wrong(
        text,
        at + 2,
        `a comma or the end comes behind the slash, not "${text[at + 1]}"`,
        String.raw`write a slash inside the expression as \/`,
      );
    }
  }
  throw wrong(
    text,
    from + 1,
    "the regular expression has no slash at its end",
    "write for example when=/error/",
  );
}

/** Reads a number from 1. */
export function readCount(text: string, { column, text: typed }: Part): number {
  const count = wholeNumber(typed);
  if (count !== undefined && count >= 1) return count;
  throw wrong(
    text,
    column,
    `"${typed}" is not a whole number of at least 1`,
  );
}

/** Reads one number, or two with a dash between. */
export function readRange(
  text: string,
  { column, text: typed }: Part,
): FaultRange {
  const [, from = "", to = from] = /^(\d+)(?:-(\d+))?$/.exec(typed) ?? [];
  const first = wholeNumber(from) ?? 0;
  const last = wholeNumber(to) ?? 0;
  if (first >= 1 && last >= first) return { first, last };
  throw wrong(
    text,
    column,
    first >= 1 && last > 0
      ? `the range ${typed} ends before it begins`
      : `"${typed}" is not a number of at least 1, or a range such as 1-3`,
  );
}

/** Reads `10%` or `0.1`. */
export function readProbability(
  text: string,
  { column, text: typed }: Part,
): number {
  const [, digits, percent] = /^(\d*\.?\d+)(%?)$/.exec(typed) ?? [];
  const value = Number(digits) / (percent === "%" ? 100 : 1);
  if (value > 0 && value <= 1) return value;
  const isPercent = percent === "" && value > 1 && value <= 100;
  throw wrong(
    text,
    column,
    digits === undefined
      ? `"${typed}" is not a share`
      : `a share of ${typed} is out of range`,
    isPercent
      ? `write ${typed}% for ${typed} percent`
      : "write a share above 0, such as 10% or 0.1, up to 100% or 1",
  );
}

/** A number without a sign, if it is one that can be counted to. */
export function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The error for a text that is not a fault. */
export function wrong(
  text: string,
  column: number,
  reason: string,
  advice = "",
): TypeError {
  return new OptionTypeError({
    action: `use the fault ${JSON.stringify(text)}`,
    reason: `column ${column}: ${reason}`,
    ...advice === "" ? {} : { advice },
  });
}
