/**
 * How long a message's body is (RFC 9112 section 6).
 *
 * Two ways to say it in one message, or one way twice, are refused even where
 * the RFC would let a recipient choose: if the next machine chooses otherwise,
 * the body's end is a request that somebody smuggled in.
 *
 * @module
 */

import type { HttpVersion } from "./events.ts";
import { type Fields, membersOf } from "./fields.ts";
import { malformed, tooLarge, unsupported } from "./http_error.ts";

/** Bytes of the body if they are known, or what ends it. */
export type BodyLength = number | "chunked" | "close";

/**
 * Finds out how long the body of a received message is.
 *
 * @param fields The message's fields.
 * @param version Its version.
 * @param otherwise What holds if no field says anything: 0 for a request,
 * `"close"` for a response.
 * @param maxBodyBytes Largest body in bytes.
 * @returns The length.
 * @throws {HttpError} If the fields contradict each other, or ask for too much.
 */
export function bodyLength(
  fields: Fields,
  version: HttpVersion,
  otherwise: 0 | "close",
  maxBodyBytes: number,
): BodyLength {
  const coding = fields.transferEncoding;
  if (coding !== undefined) return codedLength(coding, fields, version);
  if (fields.lengths === 0) return otherwise;
  const length = declaredLength(fields);
  if (length > maxBodyBytes) {
    throw tooLarge(413, "body", maxBodyBytes, "maxBodyBytes", length);
  }
  return length;
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
    } is not known here, but chunked alone`,
  );
}

/**
 * The value of `Content-Length`, which must be there once.
 *
 * @param fields The message's fields.
 * @returns The length in bytes.
 * @throws {HttpError} If it is there more than once or is no number.
 */
export function declaredLength(fields: Fields): number {
  if (fields.lengths > 1) {
    throw malformed("RFC 9112 6.3", "there is more than one Content-Length");
  }
  const value = fields.contentLength!;
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
