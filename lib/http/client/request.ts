/**
 * One request on a connection of its own.
 *
 * @module
 */

import { HttpClient } from "./http_client.ts";
import type { IncomingResponse } from "./response/incoming_response.ts";
import type { HttpRequestOptions } from "./options.ts";

/**
 * Sends a request on a connection of its own, which is closed when the
 * response's body was read, cancelled or failed.
 *
 * @param url Where to: `http:` or `https:`.
 * @param options Method, headers, body, deadlines, redirects, authorities to
 * trust.
 * @returns The response; errors as of {@linkcode HttpClient.request}.
 *
 * @example What goes over the wire
 * ```ts
 * import { request } from "@parley/parley/http";
 * import { assert, assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   () => new Response("hello"),
 * );
 *
 * let sent = "";
 * const response = await request(`http://127.0.0.1:${server.addr.port}/a`, {
 *   onBytes(direction, bytes) {
 *     if (direction === "sent") sent += new TextDecoder().decode(bytes);
 *   },
 * });
 * assertEquals(await response.text(), "hello");
 * assert(sent.startsWith("GET /a HTTP/1.1\r\nhost: 127.0.0.1:"));
 * ```
 */
export async function request(
  url: string | URL,
  options: HttpRequestOptions = {},
): Promise<IncomingResponse> {
  const client = new HttpClient({ ...options, maxIdleConnections: 0 });
  return await client.request(url, options);
}
