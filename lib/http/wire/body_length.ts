/**
 * How long a message's body is (RFC 9112 section 6).
 *
 * A message that gives its length in two ways, or in one way twice, is refused
 * even where the RFC leaves a recipient the choice: if the next machine chooses
 * otherwise, the end of the body is a request that was smuggled in. A lenient
 * client accepts what cannot be read in two ways.
 *
 * @module
 */

import type { HttpVersion } from "./events.ts";
import { type Fields, membersOf } from "./fields.ts";
import { malformed, tooLarge, unsupported } from "./http_error.ts";
import type { Forgiven } from "./http_limits.ts";

/** Bytes of the body if they are known, or what ends it. */
export type BodyLength = number | "chunked" | "close";

/** Accepts a fault, and tells whether it is accepted. */
export type Forgive = (fault: Forgiven) => boolean;

const FORGIVE_NOTHING: Forgive = () => false;

/**
 * Finds out how long the body of a received message is.
 *
 * @param otherwise What holds if no field says anything: 0 for a request,
 * `"close"` for a response.
 * @param maxBodyBytes Largest body in bytes.
 * @param forgive Accepts faults; without it nothing is accepted.
 * @throws {HttpError} If the fields contradict each other, or ask for too much.
 */
export function bodyLength(
  fields: Fields,
  version: HttpVersion,
  otherwise: 0 | "close",
  maxBodyBytes: number,
  forgive: Forgive = FORGIVE_NOTHING,
): BodyLength {
  const coding = transferCoding(fields, forgive);
  if (coding !== undefined) return codedLength(coding, fields, version);
  if (fields.lengths === 0) return otherwise;
  const length = declaredLength(fields, forgive);
  if (length > maxBodyBytes) {
    throw tooLarge(413, "body", maxBodyBytes, "maxBodyBytes", length);
  }
  return length;
}

/**
 * Tells whether a response has no body, whatever its fields say (RFC 9112
 * section 6.3).
 *
 * @param method The method of the request that it answers.
 * @returns Whether it has none.
 */
export function isBodiless(
  method: string | undefined,
  status: number,
): boolean {
  return method === "HEAD" || status === 204 || status === 304 ||
    (method === "CONNECT" && status < 300);
}

/** The transfer codings, without `identity` where that is accepted. */
function transferCoding(fields: Fields, forgive: Forgive): string | undefined {
  const coding = fields.transferEncoding;
  if (coding === undefined || coding === "chunked") return coding;
  const codings = membersOf(coding);
  const others = codings.filter((member) => member !== "identity");
  if (others.length === codings.length || !forgive("identity_coding")) {
    return coding;
  }
  return others.length === 0 ? undefined : others.join();
}

function codedLength(
  coding: string,
  fields: Fields,
  version: HttpVersion,
): "chunked" {
  if (version === "1.0") {
    throw malformed(
      "RFC 9112 6.1",
      "a message of HTTP/1.0 has a Transfer-Encoding",
    );
  }
  if (fields.lengths > 0) {
    throw malformed(
      "RFC 9112 6.3",
      "there are both a Content-Length and a Transfer-Encoding",
    );
  }
  if (coding === "chunked") return "chunked";
  const codings = membersOf(coding);
  if (codings.indexOf("chunked") !== codings.lastIndexOf("chunked")) {
    throw malformed("RFC 9112 6.1", "the body is chunked more than once");
  }
  if (codings.every((member) => /^(chunked)?$/.test(member))) {
    throw malformed("RFC 9112 6.1", "Transfer-Encoding has an empty member");
  }
  if (codings.includes("chunked") && codings.at(-1) !== "chunked") {
    throw malformed("RFC 9112 6.3", "chunked is not the last of the codings");
  }
  throw unsupported(
    501,
    "RFC 9112 6.1",
    `Transfer-Encoding ${
      JSON.stringify(coding.slice(0, 64))
    } is not supported, only chunked is`,
  );
}

/**
 * The value of `Content-Length`, which must be there once.
 *
 * @param forgive Accepts that one value is there several times.
 * @returns The length in bytes.
 * @throws {HttpError} If it is there more than once or is not a number.
 */
export function declaredLength(
  fields: Fields,
  forgive: Forgive = FORGIVE_NOTHING,
): number {
  const value = soleLength(fields, forgive);
  const short = shortNumber(value);
  if (short !== -1) return short;
  if (!/^[0-9]+$/.test(value)) {
    throw malformed(
      "RFC 9110 8.6",
      `Content-Length is ${JSON.stringify(value.slice(0, 32))}, not a number`,
    );
  }
  const length = Number(value);
  if (length <= Number.MAX_SAFE_INTEGER) return length;
  throw malformed(
    "RFC 9110 8.6",
    `Content-Length is ${value.slice(0, 32)}, above 2^53-1`,
  );
}

/** A number of up to nine digits, as nearly all are; -1 if it is another text. */
function shortNumber(text: string): number {
  if (text.length === 0 || text.length > 9) return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = 10 * number + digit;
  }
  return number;
}

/** One length, or the first of several that are the same text. */
function soleLength({ contentLength, lengths }: Fields, forgive: Forgive) {
  const value = contentLength!;
  const values = value.includes(",") ? membersOf(value) : [value];
  const isRepeated = values.length > 1 &&
    values.every((other) => other === values[0]);
  if (isRepeated && forgive("repeated_content_length")) return values[0]!;
  if (lengths === 1) return value;
  throw malformed("RFC 9112 6.3", "there is more than one Content-Length");
}
