/**
 * The header fields that users give with a request, and the forbidden ones.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { HeaderField } from "../../wire/events.ts";
import { checkHeaders } from "../../wire/writing/head_writer.ts";
import type { OutgoingBody } from "./outgoing_body.ts";

/**
 * Reads header fields in any of their forms. Names keep their case.
 *
 * @returns The fields in their order.
 * @throws {TypeError} If a name or a value is invalid.
 */
export function givenFields(init: HeadersInit = []): HeaderField[] {
  const pairs = Symbol.iterator in init ? [...init] : Object.entries(init);
  const fields = pairs.map((pair): HeaderField => {
    const [name, value] = pair;
    if (pair.length === 2) return [`${name}`, trimmed(`${value}`)];
    throw new OptionTypeError({
      action: `send a header of ${pair.length} parts`,
      reason: "it must be a name and a value",
    });
  });
  checkHeaders(fields);
  return fields;
}

/**
 * The value of a field.
 *
 * @param name Its name in lower case.
 * @returns Its value, joined by commas if it is repeated, or `undefined`.
 */
export function valueOf(
  fields: readonly HeaderField[],
  name: string,
): string | undefined {
  let all: string | undefined;
  for (const [given, value] of fields) {
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    all = all === undefined ? value : `${all}, ${value}`;
  }
  return all;
}

/**
 * Checks that fields do not contradict the request.
 *
 * @param body The body they go with.
 * @throws {TypeError} If they contradict it.
 */
export function checkFields(
  fields: readonly HeaderField[],
  body: OutgoingBody | undefined,
): void {
  if (fields.length === 0) return;
  for (const [name, why] of Object.entries(NEVER)) {
    if (valueOf(fields, name) === undefined) continue;
    throw new OptionTypeError({
      action: `send the header ${name}`,
      reason: why,
    });
  }
  checkValue(fields, "connection", /^(?:close|keep-alive)$/i, CONNECTION);
  checkValue(fields, "expect", body ? /^100-continue$/i : /^$/, EXPECT);
  const size = body === undefined ? 0 : body.size;
  if (size === undefined) return;
  checkValue(
    fields,
    "content-length",
    new RegExp(`^${size}$`),
    `the body has ${size} bytes`,
  );
}

const NEVER = {
  "transfer-encoding": "how the body is delimited follows from what it is",
  "upgrade": "what follows would not be HTTP; use HttpConnection",
};
const CONNECTION = 'it must be "close" or "keep-alive"';
const EXPECT = 'it must be "100-continue", with a body';

function checkValue(
  fields: readonly HeaderField[],
  name: string,
  wanted: RegExp,
  why: string,
): void {
  const value = valueOf(fields, name);
  if (value === undefined || wanted.test(value)) return;
  throw new OptionTypeError({
    action: `send the header ${name} of ${JSON.stringify(value)}`,
    reason: why,
  });
}

/** Without the white space around it, as `Headers` does it. */
function trimmed(value: string): string {
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}
