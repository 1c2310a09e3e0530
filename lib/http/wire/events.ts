/**
 * What an HTTP/1.1 message consists of, in the order in which it comes.
 *
 * ```text
 * request   ─► request,                     data ... data, end
 * response  ─► informational, ... response, data ... data, end
 * ```
 *
 * Every message ends with `end`, also one without a body. Where the network cut
 * a body decides how many `data` there are and nothing else.
 *
 * @module
 */

/** A version of HTTP that this library speaks. */
export type HttpVersion = "1.0" | "1.1";

/**
 * A header or trailer field: its name as it was written, and its value without
 * the white space around it. Each character is one byte (ISO 8859-1).
 */
export type HeaderField = readonly [name: string, value: string];

/** The head of a request. */
export interface RequestHead {
  /** What it is. */
  readonly type: "request";
  /** The method, such as `GET`; case matters. */
  readonly method: string;
  /** What is asked for, as it was written, such as `/index.html?q=1`. */
  readonly target: string;
  /** The version of who sent it; `1.1` for any later minor version. */
  readonly version: HttpVersion;
  /** The header fields in their order. */
  readonly headers: readonly HeaderField[];
}

/** What the heads of final and informational responses have in common. */
export interface StatusHead {
  /**
   * The status: 100 to 199 in an informational head, else 200 to 599; from a
   * server that breaks the rules up to 999, which counts as 5xx.
   */
  readonly status: number;
  /** The phrase after it. It may be empty, and programs ignore it. */
  readonly reason: string;
  /** The version of who sent it; `1.1` for any later minor version. */
  readonly version: HttpVersion;
  /** The header fields in their order. */
  readonly headers: readonly HeaderField[];
}

/** The head of a final response. */
export interface ResponseHead extends StatusHead {
  /** What it is. */
  readonly type: "response";
}

/** The head of an informational response (1xx); a final one follows. */
export interface InformationalHead extends StatusHead {
  /** What it is. */
  readonly type: "informational";
}

/** A part of the body, never empty. */
export interface BodyData {
  /** What it is. */
  readonly type: "data";
  /** The bytes, without any chunked coding. */
  readonly bytes: Uint8Array;
}

/** The end of a message. */
export interface MessageEnd {
  /** What it is. */
  readonly type: "end";
  /** Fields after a chunked body. */
  readonly trailers: readonly HeaderField[];
}

/** The end of all messages without trailers. */
export const END: MessageEnd = Object.freeze({
  type: "end",
  trailers: Object.freeze([]),
});

/** A part of a message. */
export type HttpEvent =
  | RequestHead
  | InformationalHead
  | ResponseHead
  | BodyData
  | MessageEnd;
