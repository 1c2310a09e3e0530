/**
 * HTTP/1.1 over raw sockets, to see, test and embed it at the wire.
 *
 * ```text
 * serveHttp   ─► connection ─► HttpConnection ─► Request ─► handler ─► Response
 * request     ─► connection ─► HttpConnection ─► Response
 *                  bytes           events
 * ```
 *
 * It is one more protocol on the same byte queue and connections as every
 * framing of this library. {@linkcode HttpConnection} is the protocol without a
 * socket: bytes in, events out; events in, bytes out. Applications use
 * `Deno.serve` and `fetch` instead, which also speak HTTP/2.
 *
 * Reading is as strict as RFC 9112 where leniency lets requests be smuggled.
 * Limits: 8 KiB for a request line, 32 KiB and 100 fields for headers, 1 MiB for
 * a request's body (`maxBodyBytes`), 64 MiB for a response's.
 *
 * The commands on top of it:
 *
 * ```sh
 * parley-server http :8080                          # shows each browser what it sent
 * parley-server http :8081 --root public --index    # files, and a line per request
 * parley-client http://127.0.0.1:8080/ --raw        # both sides, line ends visible
 * ```
 *
 * The server's log begins with the address under which a phone in the same
 * network reaches it.
 *
 * @example A server, and a client that shows what goes over the wire
 * ```ts
 * import { request, serveHttp } from "@parley/parley/http";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * await using server = await serveHttp("tcp://127.0.0.1:0", {}, (request) =>
 *   new Response(`${request.method} ${new URL(request.url).pathname}\n`));
 *
 * const received: Uint8Array[] = [];
 * const response = await request(`http://127.0.0.1:${server.address.port}/taco`, {
 *   onBytes: (direction, bytes) => {
 *     if (direction === "received") received.push(bytes);
 *   },
 * });
 * assertEquals(await response.text(), "GET /taco\n");
 * assertMatch(new TextDecoder().decode(received[0]), /^HTTP\/1.1 200 OK\r\n/);
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
export type {
  Forgiven,
  HttpLimits,
  HttpReadOptions,
  HttpResponseReadOptions,
} from "./wire/http_limits.ts";
export { serveHttp } from "./server/serve_http.ts";
export type {
  HttpServer,
  HttpServerConnection,
  HttpServerStats,
} from "./server/http_server.ts";
export type { TakeConnection } from "./server/response/switching_response.ts";
export { fileBody, type FileRange } from "./server/response/file_body.ts";
export type { HttpHandler } from "./server/http_serving.ts";
export type { HttpRequestInfo } from "./server/request/request_info.ts";
export type {
  HttpConnectHandler,
  HttpConnectInfo,
} from "./server/request/connect_info.ts";
export {
  type AnsweredEvent,
  type HttpServerEvent,
  type ServeHttpOptions,
} from "./server/http_server_options.ts";
export { request } from "./client/request.ts";
export { HttpClient, type UpgradeResult } from "./client/http_client.ts";
export {
  IncomingResponse,
  type ResponseOrigin,
} from "./client/response/incoming_response.ts";
export {
  type HttpClientOptions,
  type HttpDialOptions,
  type HttpExchangeOptions,
  type HttpRequestOptions,
} from "./client/options.ts";
