/**
 * Decides whether a request needs the file: the client may have it already.
 *
 * @module
 */

import { formatHttpDate, parseHttpDate } from "./http_date.ts";

/** Identifies one state of a file. */
export interface Validators {
  /** The entity tag, such as `"5f-18c"` or `W/"5f-18c"`. */
  readonly etag: string;
  /** When it was last changed, in milliseconds, on a whole second. */
  readonly modifiedMs: number;
}

/**
 * Makes the validators of a file.
 *
 * Size and time tell two states apart unless one follows the other within the
 * clock's step. So the tag of a file that was changed in the last two seconds
 * (the coarsest step of a file system, FAT's) is a weak one, as Apache's is.
 *
 * @param size Its size in bytes.
 * @param modifiedMs When it was last changed, in milliseconds since 1970; `NaN`
 * if that is not known, then no two states are the same.
 */
export function validatorsOf(
  size: number,
  modifiedMs: number,
  nowMs: number,
): Validators {
  if (Number.isNaN(modifiedMs)) return validatorsOf(size, nowMs, nowMs);
  const tag = `"${Math.round(modifiedMs).toString(36)}-${size.toString(36)}"`;
  const isSettled = nowMs - modifiedMs > 2_000;
  return {
    etag: isSettled ? tag : `W/${tag}`,
    // A date in the future cannot be compared (RFC 9110 8.8.2.1).
    modifiedMs: Math.floor(Math.min(modifiedMs, nowMs) / 1_000) * 1_000,
  };
}

/**
 * Evaluates the conditions of a request for a file that is there, in the order
 * of RFC 9110 section 13.2.2. An invalid date is ignored.
 *
 * @param headers The fields of the request.
 * @param validators Those of the file.
 * @returns 304 if the client has it, 412 if it required another state, else
 * 200.
 */
export function evaluate(
  headers: Headers,
  validators: Validators,
): 200 | 304 | 412 {
  const { modifiedMs } = validators;
  const match = headers.get("if-match");
  const unmodified = dateIn(headers, "if-unmodified-since");
  if (match !== null) {
    if (!isListed(match, validators.etag, true)) return 412;
  } else if (unmodified !== undefined && modifiedMs > unmodified) {
    return 412;
  }
  const none = headers.get("if-none-match");
  if (none !== null) {
    return isListed(none, validators.etag, false) ? 304 : 200;
  }
  const modified = dateIn(headers, "if-modified-since");
  return modified !== undefined && modifiedMs <= modified ? 304 : 200;
}

/**
 * Tells whether a part of the file may be sent. With `If-Range`, the file must
 * still be in the state whose other parts the client has.
 *
 * @param headers The fields of the request.
 * @param validators Those of the file.
 * @returns Whether `Range` counts.
 */
export function rangeCounts(headers: Headers, validators: Validators): boolean {
  const condition = headers.get("if-range");
  if (condition === null) return true;
  const { etag, modifiedMs } = validators;
  // A weak tag: the file may be changing now, and a date proves no more.
  if (etag.startsWith("W/")) return false;
  return condition === etag || condition === formatHttpDate(modifiedMs);
}

function dateIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text === null ? undefined : parseHttpDate(text);
}

/**
 * Whether a tag is in a list. Two tags are the same strongly if neither is weak,
 * and weakly whether they are or not (RFC 9110 8.8.3.2).
 */
function isListed(list: string, etag: string, strongly: boolean): boolean {
  if (list.trim() === "*") return true;
  if (strongly && etag.startsWith("W/")) return false;
  const opaque = etag.replace(/^W\//, "");
  // A tag may hold a comma, so the list is not simply split at commas.
  for (
    const [, weak, tag] of list.matchAll(/(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)
  ) {
    if (tag === opaque && !(strongly && weak !== undefined)) return true;
  }
  return false;
}
