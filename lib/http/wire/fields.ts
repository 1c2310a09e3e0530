/**
 * Header fields: one name, a colon and a value on each line (RFC 9112 section 5).
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
  /** Whether there is a `Content-Length`, and its value. */
  contentLength: string | undefined;
  /** The members of all `Transfer-Encoding` fields in one list, in lower case. */
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

  /**
   * Notes a field.
   *
   * @param name Its name.
   * @param value Its value.
   */
  add(name: string, value: string): void {
    this.all.push([name, value]);
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
        this.contentLength = value;
        this.lengths++;
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
   * @returns Whether it has.
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
 * @param list The list.
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
 * @param text The block, a character for each byte.
 * @param bounds Where each line begins and ends, in turn.
 * @param from Index in `bounds` of the first field's line; the last line is the
 * empty one.
 * @returns The fields.
 * @throws {HttpError} If a line is none.
 */
export function parseFields(
  text: string,
  bounds: readonly number[],
  from: number,
): Fields {
  const fields = new Fields();
  for (let i = from; i < bounds.length - 2; i += 2) {
    addField(fields, text, bounds[i]!, bounds[i + 1]!);
  }
  return fields;
}

const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

function addField(
  fields: Fields,
  text: string,
  lineStart: number,
  lineEnd: number,
): void {
  const nameEnd = endOf(text, TOKEN, lineStart, lineEnd);
  const next = text.charCodeAt(nameEnd);
  if (nameEnd === lineStart || nameEnd === lineEnd || next !== COLON) {
    throw noField(text.slice(lineStart, lineEnd), nameEnd - lineStart);
  }
  const value = trimmed(text, nameEnd + 1, lineEnd);
  fields.add(text.slice(lineStart, nameEnd), value);
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

/** Says what is wrong with a line that is no field. */
function noField(line: string, nameEnd: number) {
  const next = line[nameEnd];
  if (nameEnd === 0 && (next === " " || next === "\t")) {
    return malformed(
      "RFC 9112 5.2",
      "a header line begins with white space; folded lines are not read",
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
