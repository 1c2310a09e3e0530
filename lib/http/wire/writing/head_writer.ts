/**
 * Writes the lines of a head, and checks them.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import { endOf, isAll, TEXT, TOKEN } from "../characters.ts";
import type { HeaderField, RequestHead, StatusHead } from "../events.ts";
import { Fields } from "../fields.ts";
import { checkTarget } from "../reading/start_line.ts";
import type { HeadBuffer } from "./head_buffer.ts";
import { KnownLines } from "./known_lines.ts";

const LINES = new KnownLines();

/**
 * Writes the first line of a request.
 *
 * @throws {TypeError} If the method or the target is invalid.
 */
export function writeRequestLine(head: RequestHead, to: HeadBuffer): void {
  const { method, target, version } = head;
  if (!isAll(method, TOKEN)) {
    throw new OptionTypeError({
      action: `send the method ${JSON.stringify(method)}`,
      reason: "it is not a token",
    });
  }
  try {
    checkTarget(method, target);
  } catch (cause) {
    throw new OptionTypeError({
      action: `send a ${method} request for ${JSON.stringify(target)}`,
      reason: `${
        method === "CONNECT"
          ? "it must be a host and a port"
          : 'it must be a path that begins with "/", or a whole http URL, without spaces, "#" and anything beyond ASCII'
      }`,
      cause,
    });
  }
  to.add(`${method} ${target} HTTP/${checkVersion(version)}\r\n`);
}

/**
 * Writes the first line of a response. It always says HTTP/1.1, whatever the
 * request said (RFC 9110 section 2.5).
 *
 * @param head The head, whose status was checked.
 * @throws {TypeError} If the phrase is invalid.
 */
export function writeStatusLine(head: StatusHead, to: HeadBuffer): void {
  const { reason, status } = head;
  if (LINES.addTo(to, status, reason)) return;
  const begin = to.size;
  to.add(`HTTP/1.1 ${status} `);
  if (!to.addIf(reason, TEXT)) {
    throw new OptionTypeError({
      action: `send the reason phrase ${JSON.stringify(reason)}`,
      reason: "it must be printable ISO 8859-1",
    });
  }
  to.add("\r\n");
  LINES.note(to, begin, status, reason);
}

/**
 * Writes a line for each field.
 *
 * @param skipped A field that is left out, in lower case.
 * @returns The fields, indexed.
 * @throws {TypeError} If a name or a value is invalid.
 */
export function writeFields(
  headers: readonly HeaderField[],
  to: HeadBuffer,
  skipped?: string,
): Fields {
  const fields = new Fields();
  for (let i = 0; i < headers.length; i++) {
    const field = headers[i]!;
    const name = field[0];
    const value = field[1];
    if (skipped !== undefined && name.toLowerCase() === skipped) continue;
    if (!LINES.addTo(to, name, value)) writeField(name, value, to);
    fields.add(field);
  }
  return fields;
}

function writeField(name: string, value: string, to: HeadBuffer): void {
  const begin = to.size;
  if (!to.addIf(name, TOKEN) || name === "") throw noName(name);
  to.add(": ");
  if (!to.addIf(value, TEXT)) throw noValue(name, value);
  to.add("\r\n");
  LINES.note(to, begin, name, value);
}

/**
 * Checks fields that are sent later, or in another way.
 *
 * @throws {TypeError} If a name or a value is invalid.
 */
export function checkHeaders(headers: readonly HeaderField[]): void {
  for (const [name, value] of headers) {
    if (!isAll(name, TOKEN)) throw noName(name);
    if (endOf(value, TEXT, 0, value.length) !== value.length) {
      throw noValue(name, value);
    }
  }
}

function noName(name: string): OptionTypeError {
  return new OptionTypeError({
    action: `send a header named ${JSON.stringify(name)}`,
    reason: "it is not a token",
  });
}

function noValue(name: string, value: string): OptionTypeError {
  return new OptionTypeError({
    action: `send ${name} of ${JSON.stringify(value)}`,
    reason: "it must be printable ISO 8859-1 without line ends",
  });
}

function checkVersion(version: string): string {
  if (version === "1.1" || version === "1.0") return version;
  throw new OptionTypeError({
    action: `send HTTP/${version}`,
    reason: "it must be 1.1 or 1.0",
  });
}
