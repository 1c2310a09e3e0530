/**
 * A server that tells each client what it has understood of it.
 *
 * @module
 */

import {
  type HttpHandler,
  type HttpRequestInfo,
  type HttpServer,
  serveHttp,
  type ServeHttpOptions,
} from "@parley/parley/http";
import { sha256 } from "./foreign_http.ts";

/** What a server has understood of a request. */
export interface Seen {
  /** The method. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** What stood in the request line. */
  readonly target: string;
  /** The version of the client. */
  readonly version: string;
  /** The client's address. */
  readonly remoteAddress: string;
  /** The header fields, names in lower case. */
  readonly headers: Record<string, string>;
  /** How long the body is. */
  readonly bytes: number;
  /** The body's SHA-256. */
  readonly sha256: string;
}

/**
 * Answers with a {@linkcode Seen} as JSON.
 *
 * @param request The request.
 * @param info What the wire said beyond it.
 * @returns The response.
 */
export async function tellSeen(
  request: Request,
  info: HttpRequestInfo,
): Promise<Response> {
  const body = await request.bytes();
  const seen: Seen = {
    method: request.method,
    url: request.url,
    target: info.target,
    version: info.version,
    remoteAddress: `${info.remoteAddress}`,
    headers: Object.fromEntries(request.headers),
    bytes: body.length,
    sha256: await sha256(body),
  };
  return Response.json(seen);
}

/** A server, and where it is. */
export interface ServerOfSeen extends AsyncDisposable {
  /** The server. */
  readonly server: HttpServer;
  /** Its URL, without a slash at the end. */
  readonly url: string;
}

/**
 * Serves on a free port of the loopback.
 *
 * @param handler What answers; by default {@linkcode tellSeen}.
 * @param options The server's options.
 * @returns The server.
 */
export async function serveSeen(
  handler: HttpHandler = tellSeen,
  options: ServeHttpOptions = {},
): Promise<ServerOfSeen> {
  const server = await serveHttp("tcp://127.0.0.1:0", options, handler);
  return {
    server,
    url: `http://127.0.0.1:${server.address.port}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
