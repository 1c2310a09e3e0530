/**
 * Serves HTTP/1.1.
 *
 * @module
 */

import { ChannelSettings } from "../../session/channel/channel_settings.ts";
import { reportFailedHandler } from "../../session/serving/server_event.ts";
import {
  type ServeAddress,
  startServer,
} from "../../session/serving/start_server.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import { type HttpServer, RunningHttpServer } from "./http_server.ts";
import {
  httpServerSettings,
  type ServeHttpOptions,
} from "./http_server_options.ts";
import type { HttpHandler, HttpServing } from "./http_serving.ts";
import { HttpSession } from "./http_session.ts";

/**
 * Listens and answers requests, over TCP, TLS, Unix sockets or any listener.
 *
 * Bodies are streams in both directions: a request's body is read only as far as
 * the handler asks for it, and a response's body only as fast as the client takes
 * it. The server answers `HEAD` as `GET` without the body, and adds `Date` and the
 * body's length. A client that breaks HTTP or is too slow gets a status from 400
 * to 505 with `Connection: close`. A handler that throws is answered with 500. If
 * a response's body fails in the middle, the connection is aborted, so that the
 * client does not take a part for the whole. Only a client of HTTP/1.0, for which
 * nothing but the end of the connection ends a body, sees a shorter one.
 *
 * A client that has only finished sending still listens, and gets its answer. So
 * the server notices a client that has closed when it writes the answer, and one
 * that resets at once; then `request.signal` is aborted.
 *
 * `info.upgrade` of the handler's second argument hands the connection over to
 * another protocol, and the option `onConnect` answers requests for a tunnel. HTTP/2 is not spoken: applications want `Deno.serve`, which
 * speaks it. This server is for seeing, testing and embedding HTTP at the wire.
 *
 * @param addresses Where to listen: one address or several, port 0 for one that
 * the system chooses; or a listener, which the server then owns.
 * @param options Limits, deadlines, TLS and socket options.
 * @param handler Answers one request.
 * @returns The server, listening already.
 * @throws {TypeError} If an address or the handler is invalid.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address; then none is
 * listened on.
 *
 * @example A page
 * ```ts
 * import { serveHttp } from "@parley/parley/http";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveHttp(
 *   "tcp://127.0.0.1:0",
 *   {},
 *   (request) => new Response(`You asked for ${new URL(request.url).pathname}\n`),
 * );
 * const response = await fetch(`http://127.0.0.1:${server.address.port}/lunch`);
 * assertEquals(await response.text(), "You asked for /lunch\n");
 * ```
 */
export function serveHttp(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeHttpOptions,
  handler: HttpHandler,
): Promise<HttpServer>;
/**
 * The same with all options at their defaults.
 *
 * @param addresses Where to listen.
 * @param handler Answers one request.
 * @returns The server, listening already.
 *
 * @example A page
 * ```ts
 * import { request, serveHttp } from "@parley/parley/http";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveHttp(
 *   "tcp://127.0.0.1:0",
 *   () => new Response("hello"),
 * );
 * const response = await request(`http://127.0.0.1:${server.address.port}/`);
 * assertEquals(await response.text(), "hello");
 * ```
 */
export function serveHttp(
  addresses: ServeAddress | readonly ServeAddress[],
  handler: HttpHandler,
): Promise<HttpServer>;
export function serveHttp(
  addresses: ServeAddress | readonly ServeAddress[],
  ...rest:
    | readonly [HttpHandler]
    | readonly [ServeHttpOptions, HttpHandler]
): Promise<HttpServer> {
  const [options, handler] = typeof rest[0] === "function"
    ? [{}, rest[0]]
    : [rest[0] ?? {}, rest[1]!];
  return startHttpServer(addresses, options, handler, SYSTEM_TIME);
}

/** As {@linkcode serveHttp}, with the source of time. */
export async function startHttpServer(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeHttpOptions,
  handler: HttpHandler,
  time: Time,
): Promise<HttpServer> {
  const settings = httpServerSettings(options);
  const { bodyTimeoutMs, headerTimeoutMs, keepAliveTimeoutMs, sendTimeoutMs } =
    settings;
  const channels = new ChannelSettings(
    { sendTimeoutMs },
    { furtherMs: [bodyTimeoutMs, headerTimeoutMs, keepAliveTimeoutMs], time },
  );
  const serving: HttpServing = {
    settings,
    clock: channels.clock,
    handler,
    onConnect: options.onConnect,
    onAnswered: options.onEvent,
    requests: 0,
  };
  const server = await startServer<Uint8Array, HttpSession>(
    addresses,
    options,
    channels,
    {
      begin: (channel) => new HttpSession(channel, serving),
      handler: typeof handler !== "function"
        ? handler
        : (session) => session.run(),
      drain: (session) => session.drain(),
      report: reportFailedHandler,
    },
  );
  return new RunningHttpServer(server, serving);
}
