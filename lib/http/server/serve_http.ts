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
 * Bodies are streams both ways: of a request nothing is read that the handler
 * does not ask for, and a response is asked for only what the client takes.
 * `HEAD` is answered as `GET` without the body, `Date` and the body's length are
 * added. A client that breaks HTTP, or is too slow, is told so with a status from
 * 400 to 505 and `Connection: close`; a handler that throws is a 500. If a
 * response's body fails in its midst, the connection is aborted, so that nobody
 * takes what has arrived for all of it; a client of HTTP/1.0 alone, to which
 * nothing but the end can say where a body ends, sees one that is too short.
 *
 * A client that only finishes sending is still listening, and is answered; so
 * one that has closed is noticed when its answer is written, and one that resets
 * at once, by `request.signal`.
 *
 * It is no replacement of `Deno.serve`, which also speaks HTTP/2 and WebSockets;
 * it is for seeing, testing and embedding HTTP at the wire.
 *
 * @param addresses Where to listen: one address or several, port 0 for one that
 * the system chooses; or a listener, which the server then owns.
 * @param options Limits, deadlines, TLS and socket options.
 * @param handler Answers one request.
 * @returns The server, listening already.
 * @throws {TypeError} If an address or the handler is none.
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
export async function serveHttp(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeHttpOptions,
  handler: HttpHandler,
): Promise<HttpServer> {
  const settings = httpServerSettings(options);
  const { bodyTimeoutMs, headerTimeoutMs, keepAliveTimeoutMs, sendTimeoutMs } =
    settings;
  const channels = new ChannelSettings(
    { sendTimeoutMs },
    { furtherMs: [bodyTimeoutMs, headerTimeoutMs, keepAliveTimeoutMs] },
  );
  const serving: HttpServing = {
    settings,
    clock: channels.clock,
    handler,
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
