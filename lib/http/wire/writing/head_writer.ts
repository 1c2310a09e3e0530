/**
 * Writes the head of a message.
 *
 * The parts of a head often come from outside the program, so each one is
 * checked: with a line end in a value, an attacker could add a header or a
 * whole message.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import { endOf, isAll, TEXT, TOKEN } from "../characters.ts";
import type { HeaderField, RequestHead, StatusHead } from "../events.ts";
import { checkTarget, isReason } from "../reading/start_line.ts";

/**
 * The first line of a request.
 *
 * @returns The line with its end.
 * @throws {TypeError} If the method or the target is invalid.
 */
export function requestLine(head: RequestHead): string {
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
  return `${method} ${target} HTTP/${checkVersion(version)}\r\n`;
}

/**
 * The first line of a response. It always says HTTP/1.1, whatever the request
 * said (RFC 9110 section 2.5).
 *
 * @returns The line with its end.
 * @throws {TypeError} If the phrase is invalid.
 */
export function statusLine(head: StatusHead): string {
  const { reason, status } = head;
  if (!isReason(reason)) {
    throw new OptionTypeError({
      action: `send the reason phrase ${JSON.stringify(reason)}`,
      reason: "it must be printable ISO 8859-1",
    });
  }
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

/**
 * Checks fields before they are sent.
 *
 * @throws {TypeError} If a name or a value is invalid.
 */
export function checkHeaders(headers: readonly HeaderField[]): void {
  for (const [name, value] of headers) {
    if (!isAll(name, TOKEN)) {
      throw new OptionTypeError({
        action: `send a header named ${JSON.stringify(name)}`,
        reason: "it is not a token",
      });
    }
    if (endOf(value, TEXT, 0, value.length) === value.length) continue;
    throw new OptionTypeError({
      action: `send ${name} of ${JSON.stringify(value)}`,
      reason: "it must be printable ISO 8859-1 without line ends",
    });
  }
}

/**
 * Fields as they go on the wire.
 *
 * @param headers The fields, checked.
 * @returns A line for each.
 */
export function fieldLines(headers: readonly HeaderField[]): string {
  let lines = "";
  for (const [name, value] of headers) lines += `${name}: ${value}\r\n`;
  return lines;
}

function checkVersion(version: string): string {
  if (version === "1.1" || version === "1.0") return version;
  throw new OptionTypeError({
    action: `send HTTP/${version}`,
    reason: "it must be 1.1 or 1.0",
  });
}
