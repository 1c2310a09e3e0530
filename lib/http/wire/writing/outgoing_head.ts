/**
 * Decides for a head to be sent how its body is delimited, and what the head
 * says about the connection.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { ByteSink } from "../../../bytes/byte_sink.ts";
import { type BodyLength, declaredLength, isBodiless } from "../body_length.ts";
import { persists } from "../connection_state.ts";
import type { HeaderField, HttpVersion, RequestHead } from "../events.ts";
import type { ResponseHead } from "../events.ts";
import { Fields } from "../fields.ts";
import {
  checkHeaders,
  fieldLines,
  requestLine,
  statusLine,
} from "./head_writer.ts";
import { isHost } from "../reading/start_line.ts";

/** A head that was sent. */
export interface SentHead {
  /** How the body is delimited. */
  readonly length: BodyLength;
  /** Whether the connection may carry another exchange. */
  readonly keepAlive: boolean;
  /** Its fields. */
  readonly fields: Fields;
}

/** The request that a response answers. */
export interface Answered {
  /** The request's method; `undefined` if it could not be read. */
  readonly method: string | undefined;
  /** The request's version. */
  readonly version: HttpVersion;
  /** Whether the connection may stay open as far as the request goes. */
  readonly keepAlive: boolean;
}

/**
 * Writes the head of a request.
 *
 * @param mayKeepAlive Whether the connection may stay open.
 * @param sink Takes the bytes.
 * @returns The head as sent.
 * @throws {TypeError} If the head is invalid; then nothing is written.
 */
export function sendRequest(
  head: RequestHead,
  mayKeepAlive: boolean,
  sink: ByteSink,
): SentHead {
  const line = requestLine(head);
  const fields = fieldsOf(head.headers);
  checkHost(head, fields);
  const length = givenLength(fields) ?? 0;
  if (length === "chunked" && head.version === "1.0") {
    throw new OptionTypeError({
      action: "send a chunked request of HTTP/1.0",
      reason: "that version has no chunks",
    });
  }
  if (length !== 0 && head.method === "CONNECT") {
    throw new OptionTypeError({
      action: "send a CONNECT request with a body",
      reason: "what follows its head belongs to the tunnel",
    });
  }
  const keepAlive = mayKeepAlive && persists(fields, head.version);
  sink.ascii(
    `${line}${fieldLines(head.headers)}${
      connectionLine(fields, keepAlive, head.version)
    }\r\n`,
  );
  return { length, keepAlive, fields };
}

/**
 * Writes the head of a final response.
 *
 * @param answered The request that it answers.
 * @param sink Takes the bytes.
 * @returns The head as sent.
 * @throws {TypeError} If the head is invalid; then nothing is written.
 */
export function sendResponse(
  head: ResponseHead,
  answered: Answered,
  sink: ByteSink,
): SentHead {
  const line = statusLine(head);
  const fields = fieldsOf(head.headers);
  const isOld = answered.version === "1.0";
  const given = givenLength(fields);
  let headers = head.headers;
  let added = "";
  let length: BodyLength = given ?? (isOld ? "close" : "chunked");
  if (isBodiless(answered.method, head.status)) {
    // With HEAD and 304 they describe the answer to GET (RFC 9110 section 8.6).
    if (head.status === 204 || answered.method === "CONNECT") {
      checkNoLength(head.status, fields);
    }
    length = 0;
  } else if (given === undefined && !isOld) {
    added = "transfer-encoding: chunked\r\n";
  } else if (given === "chunked" && isOld) {
    // An HTTP/1.0 client would not understand it (RFC 9112 section 6.1).
    headers = headers.filter(([name]) => !/^transfer-encoding$/i.test(name));
    length = "close";
  }
  const keepAlive = answered.keepAlive && length !== "close" &&
    !fields.hasConnection("close");
  sink.ascii(
    `${line}${fieldLines(headers)}${added}${
      connectionLine(fields, keepAlive, answered.version)
    }\r\n`,
  );
  return { length, keepAlive, fields };
}

/**
 * Notes the fields of a head before it is sent.
 *
 * @returns The fields, indexed.
 * @throws {TypeError} If a name or a value is invalid.
 */
export function fieldsOf(headers: readonly HeaderField[]): Fields {
  checkHeaders(headers);
  const fields = new Fields();
  for (const [name, value] of headers) fields.add(name, value);
  return fields;
}

/**
 * Checks that a response that cannot have a body announces no length.
 *
 * @throws {TypeError} If it announces one.
 */
export function checkNoLength(status: number, fields: Fields): void {
  if (fields.lengths === 0 && fields.transferEncoding === undefined) return;
  throw new OptionTypeError({
    action: `send a length with status ${status}`,
    reason: "such a response has no body",
  });
}

/**
 * Checks a status.
 *
 * @param least The smallest legal one.
 * @param most The largest legal one.
 * @throws {TypeError} If it is not between them.
 */
export function checkStatus(status: number, least: number, most: number): void {
  if (Number.isInteger(status) && status >= least && status <= most) return;
  throw new OptionTypeError({
    action: `send a response of status ${status}`,
    reason: `it must be from ${least} to ${most}`,
  });
}

/** The length of a body by its own head, if the head has one. */
function givenLength(fields: Fields): BodyLength | undefined {
  if (fields.transferEncoding !== undefined) {
    if (fields.transferEncoding === "chunked" && fields.lengths === 0) {
      return "chunked";
    }
    throw new OptionTypeError({
      action: `send Transfer-Encoding of ${
        JSON.stringify(fields.transferEncoding)
      }`,
      reason: "it must be chunked, without a Content-Length beside it",
    });
  }
  if (fields.lengths === 0) return undefined;
  try {
    return declaredLength(fields);
  } catch (cause) {
    throw new OptionTypeError({
      action: `send Content-Length of ${JSON.stringify(fields.contentLength)}`,
      reason: "it must be there once, a number up to 2^53-1",
      cause,
    });
  }
}

function checkHost(head: RequestHead, fields: Fields): void {
  const { host, hosts } = fields;
  if (hosts === 1 && isHost(host!)) return;
  if (hosts === 0 && head.version === "1.0") return;
  throw new OptionTypeError(
    hosts === 1
      ? {
        action: "send",
        option: "Host",
        value: host,
        reason: "it is not a host",
      }
      : {
        action: `send a request with ${hosts} Host headers`,
        reason: "it must have one",
      },
  );
}

/** The `Connection` that is needed and missing. */
function connectionLine(
  fields: Fields,
  keepAlive: boolean,
  peerVersion: HttpVersion,
): string {
  if (!keepAlive) {
    return fields.hasConnection("close") ? "" : "connection: close\r\n";
  }
  return peerVersion === "1.1" || fields.hasConnection("keep-alive")
    ? ""
    : "connection: keep-alive\r\n";
}
