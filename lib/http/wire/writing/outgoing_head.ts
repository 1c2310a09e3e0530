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
import type {
  HttpVersion,
  InformationalHead,
  RequestHead,
  ResponseHead,
} from "../events.ts";
import type { Fields } from "../fields.ts";
import { HeadBuffer } from "./head_buffer.ts";
import {
  writeFields,
  writeRequestLine,
  writeStatusLine,
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

// One for all connections: a head is put together without a pause.
const BUFFER = new HeadBuffer();

/**
 * Puts a head together, then gives all of it to the sink; or nothing, if there is a
 * fault in it.
 */
function compose<S>(
  sink: ByteSink | undefined,
  write: (to: HeadBuffer) => S,
): S {
  const begin = BUFFER.size;
  try {
    const sent = write(BUFFER);
    BUFFER.add("\r\n");
    if (sink !== undefined) BUFFER.copyTo(sink, begin);
    return sent;
  } finally {
    BUFFER.cut(begin);
  }
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
  return compose(sink, (to) => {
    writeRequestLine(head, to);
    const fields = writeFields(head.headers, to);
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
    to.add(connectionLine(fields, keepAlive, head.version));
    return { length, keepAlive, fields };
  });
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
  return compose(sink, (to) => {
    writeStatusLine(head, to);
    const line = to.size;
    const fields = writeFields(head.headers, to);
    const isOld = answered.version === "1.0";
    const given = givenLength(fields);
    let length: BodyLength = given ?? (isOld ? "close" : "chunked");
    if (isBodiless(answered.method, head.status)) {
      // With HEAD and 304 they describe the answer to GET (RFC 9110 section 8.6).
      if (head.status === 204 || answered.method === "CONNECT") {
        checkNoLength(head.status, fields);
      }
      length = 0;
    } else if (given === undefined && !isOld) {
      to.add("transfer-encoding: chunked\r\n");
    } else if (given === "chunked" && isOld) {
      // An HTTP/1.0 client would not understand it (RFC 9112 section 6.1).
      to.cut(line);
      writeFields(head.headers, to, "transfer-encoding");
      length = "close";
    }
    const keepAlive = answered.keepAlive && length !== "close" &&
      !fields.hasConnection("close");
    to.add(connectionLine(fields, keepAlive, answered.version));
    return { length, keepAlive, fields };
  });
}

/**
 * Writes the head of an informational response.
 *
 * @param head The head, whose status was checked.
 * @param sink Takes the bytes; without it the head is only checked.
 * @throws {TypeError} If the head is invalid; then nothing is written.
 */
export function sendInformational(
  head: InformationalHead,
  sink: ByteSink | undefined,
): void {
  compose(sink, (to) => {
    writeStatusLine(head, to);
    checkNoLength(head.status, writeFields(head.headers, to));
  });
}

/**
 * Checks that a response that cannot have a body announces no length.
 *
 * @throws {TypeError} If it announces one.
 */
function checkNoLength(status: number, fields: Fields): void {
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
