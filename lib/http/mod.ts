/**
 * HTTP/1.1 over raw sockets, to see, test and embed it at the wire.
 *
 * It is one more protocol on the same byte queue and connections as every
 * framing of this library. It replaces neither `Deno.serve` nor `fetch`: those
 * speak HTTP/2 too, and are what an application wants.
 *
 * ```text
 * bytes ─► HttpConnection ─► events      pure: no socket, no waiting
 * ```
 *
 * @module
 */

export {
  HttpConnection,
  type HttpRole,
  type HttpState,
} from "./wire/http_connection.ts";
export type {
  BodyData,
  HeaderField,
  HttpEvent,
  HttpVersion,
  InformationalHead,
  MessageEnd,
  RequestHead,
  ResponseHead,
  StatusHead,
} from "./wire/events.ts";
export { HttpError } from "./wire/http_error.ts";
export type { HttpLimits, HttpReadOptions } from "./wire/http_limits.ts";
