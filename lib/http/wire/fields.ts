/**
 * Header fields: one name, a colon and a value on each line (RFC 9112 section
 * 5).
 *
 * Those that decide where the message ends and whether the connection stays
 * open are noted on the way.
 *
 * @module
 */

import { endOf, TOKEN } from "./characters.ts";
import type { HeaderField } from "./events.ts";
import { malformed } from "./http_error.ts";

/** What the fields of one head say about the message. */
export class Fields {
  /** All of them in their order. */
  readonly all: HeaderField[] = [];
  /** The values of all `Content-Length` fields, in one list. */
  contentLength: string | undefined;
  /**
   * The members of all `Transfer-Encoding` fields in one list, in lower case.
   */
  transferEncoding: string | undefined;
  /** The members of all `Connection` fields in one list, in lower case. */
  connection: string | undefined;
  /** The value of `Expect`, in lower case. */
  expect: string | undefined;
  /** The value of `Host`. */
  host: string | undefined;
  /** How many fields there were of these names. */
  hosts = 0;
  lengths = 0;

  /** Notes a field. */
  add(field: HeaderField): void {
    this.all.push(field);
    const [name, value] = field;
    // Only a name of one of these lengths is worth a closer look.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() !== "host") return;
        this.host = value;
        this.hosts++;
        return;
      case 6:
        if (name.toLowerCase() !== "expect") return;
        this.expect = listed(this.expect, value);
        return;
      case 10:
        if (name.toLowerCase() !== "connection") return;
        this.connection = listed(this.connection, value);
        return;
      case 14:
        if (name.toLowerCase() !== "content-length") return;
        this.contentLength = this.lengths++ === 0
          ? value
          : `${this.contentLength},${value}`;
        return;
      case 17:
        if (name.toLowerCase() !== "transfer-encoding") return;
        this.transferEncoding = listed(this.transferEncoding, value);
        return;
    }
  }

  /**
   * Tells whether `Connection` has a member.
   *
   * @param option The member, in lower case.
   */
  hasConnection(option: string): boolean {
    const list = this.connection;
    if (list === undefined) return false;
    return list === option || membersOf(list).includes(option);
  }
}

/**
 * The members of a list (RFC 9110 section 5.6.1).
 *
 * @returns Each member without the white space around it, empty ones too.
 */
export function membersOf(list: string): string[] {
  // Not trim(), to which a no-break space (A0) is white space too.
  return list.split(",").map((member) => trimmed(member, 0, member.length));
}

function listed(before: string | undefined, value: string): string {
  const member = value.toLowerCase();
  return before === undefined ? member : `${before},${member}`;
}

/**
 * Reads the fields of a block.
 *
 * A line that begins with white space goes on with the value of the line before
 * it. A client must unfold such lines, and a server must refuse them or unfold
 * them (RFC 9112 section 5.2); this server refuses.
 *
 * @param text The block, a character for each byte.
 * @param bounds Where each line begins and ends, in turn.
 * @param from Index in `bounds` of the first field's line; the last line is the
 * empty one.
 * @param unfolds Whether folded lines are unfolded.
 * @throws {HttpError} If a line is not a field.
 */
export function parseFields(
  text: string,
  bounds: readonly number[],
  from: number,
  unfolds: boolean,
): Fields {
  const fields = new Fields();
  const end = bounds.length - 2;
  for (let i = from; i < end;) {
    const start = bounds[i]!;
    const colon = colonOf(text, start, bounds[i + 1]!);
    let value = trimmed(text, colon + 1, bounds[i + 1]!);
    i += 2;
    // Before the field is noted: its meaning may be in the folded line.
    for (; unfolds && i < end && isSpace(text.charCodeAt(bounds[i]!)); i += 2) {
      value = unfolded(value, trimmed(text, bounds[i]!, bounds[i + 1]!));
    }
    fields.add([text.slice(start, colon), value]);
  }
  return fields;
}

const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Position of the colon after a field's name. */
function colonOf(text: string, start: number, end: number): number {
  const nameEnd = endOf(text, TOKEN, start, end);
  const isNamed = nameEnd > start && nameEnd < end;
  if (isNamed && text.charCodeAt(nameEnd) === COLON) return nameEnd;
  throw noField(text.slice(start, end), nameEnd - start);
}

function unfolded(value: string, more: string): string {
  return value === "" || more === "" ? value + more : `${value} ${more}`;
}

/** A part of a text without the white space around it. */
function trimmed(text: string, start: number, end: number): string {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Says what is wrong with a line that is not a field. */
function noField(line: string, nameEnd: number) {
  const next = line[nameEnd];
  if (nameEnd === 0 && (next === " " || next === "\t")) {
    return malformed(
      "RFC 9112 5.2",
      "a header line begins with white space; folded lines are not accepted",
    );
  }
  if (next === " " || next === "\t") {
    return malformed(
      "RFC 9112 5.1",
      "there is white space inside a header's name or before its colon",
    );
  }
  if (next === undefined) {
    return malformed("RFC 9112 5", "a header line has no colon");
  }
  if (nameEnd === 0 && next === ":") {
    return malformed("RFC 9112 5", "a header has no name");
  }
  return malformed(
    "RFC 9110 5.1",
    `a header's name has ${JSON.stringify(next)} in it`,
  );
}
