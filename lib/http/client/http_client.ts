/**
 * A client of HTTP that uses its connections again.
 *
 * @module
 */

import { TakenConnection } from "../channel/taken_connection.ts";
import type { Connection } from "../../transport/connection.ts";
import { readSettings } from "../wire/http_limits.ts";
import { parseAuthority } from "./connection/target.ts";
import { followUp } from "./follow_up.ts";
import type { HttpClientOptions, HttpExchangeOptions } from "./options.ts";
import { OutgoingRequest } from "./request/outgoing_request.ts";
import { Redirects } from "./request/redirect.ts";
import { RequestSender } from "./request_sender.ts";
import {
  readOptions,
  type RequestSettings,
  requestSettings,
} from "./request_settings.ts";
import type { IncomingResponse } from "./response/incoming_response.ts";
import { responseOf } from "./response_of.ts";

/** The answer to a request for another protocol, or for a tunnel. */
export interface UpgradeResult {
  /** The response; its body is still to be read if there is no connection. */
  readonly response: IncomingResponse;
  /** The connection, if the server agreed. */
  readonly connection: Connection | undefined;
}

/**
 * Sends requests and uses connections again, one request at a time on each.
 *
 * It does not replace `fetch`: it has no cookies, no cache and no HTTP/2. It
 * shows what goes over the wire, and bounds what comes. Close it when it is not
 * needed any more: a connection that waits keeps the program running until
 * `keepAliveTimeoutMs` is over.
 *
 * @example Two requests on one connection
 * ```ts
 * import { HttpClient } from "@parley/parley/http";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   (_request, { remoteAddr }) => Response.json(remoteAddr),
 * );
 * const url = `http://127.0.0.1:${server.addr.port}/`;
 *
 * await using client = new HttpClient();
 * const first = await (await client.request(url)).json();
 * const second = await (await client.request(url)).json();
 * assertEquals(first, second); // also the client's port
 * ```
 */
export class HttpClient implements AsyncDisposable {
  readonly #sender: RequestSender;
  readonly #maxBodyBytes: number;

  /**
   * Makes a client; nothing is connected yet.
   *
   * @param options How to connect, limits of what is read, and how many
   * connections to keep.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: HttpClientOptions = {}) {
    this.#sender = new RequestSender(options);
    this.#maxBodyBytes = readSettings(readOptions(options)).maxBodyBytes;
  }

  /**
   * Sends a request.
   *
   * @param url Where to: `http:` or `https:`.
   * @param options Method, headers, body, deadlines, redirects.
   * @returns The response, once its head is here; also while the request's body
   * is still being sent. Read its body to the end or cancel it: until then the
   * connection may be in use.
   * @throws {TypeError} If the URL, the method or a header cannot be sent, or a
   * redirect asks for a stream that is gone.
   * @throws {RangeError} If a number is out of its range, or a stream does not
   * have the length that its `content-length` says.
   * @throws {HttpError} If the answer is not HTTP, is above a limit or cut off, or
   * there are too many redirects or one leads to an invalid URL. Reading the body throws it too.
   * @throws {ConnectionError} If connecting fails, or the connection is lost.
   * @throws {TimeoutError} If a deadline runs out; it names which.
   * @throws {ClosedError} If the client is closed.
   * @throws {unknown} The signal's reason; what the stream sent failed with.
   */
  async request(
    url: string | URL,
    options: HttpExchangeOptions = {},
  ): Promise<IncomingResponse> {
    const settings = requestSettings(options);
    const redirects = new Redirects(settings.maxRedirects);
    let request = await OutgoingRequest.from(url, options);
    const { origin } = request.target;
    for (;;) {
      const isFirstOrigin = request.target.origin === origin;
      const answer = await this.#sender.send(request, settings, isFirstOrigin);
      const next = followUp(request, answer, settings, redirects);
      if (next === undefined) {
        const { hasFollowed } = redirects;
        return await responseOf(answer, hasFollowed, this.#maxBodyBytes);
      }
      await answer.running.discard();
      request = next;
    }
  }

  /**
   * Asks to speak another protocol (RFC 9110 section 7.8), such as `websocket`.
   *
   * @param url Where to: `http:` or `https:`.
   * @param protocol The protocol, for the field `Upgrade`.
   * @param options As of {@linkcode HttpClient.request}; redirects are not followed.
   * @returns The response and, if its status is 101, the connection. It belongs to
   * the caller, and what the server sent behind its response is read first. With
   * any other status the server did not agree.
   * @throws As {@linkcode HttpClient.request}.
   */
  async upgrade(
    url: string | URL,
    protocol: string,
    options: HttpExchangeOptions = {},
  ): Promise<UpgradeResult> {
    const settings = requestSettings({ ...options, redirect: "manual" });
    const request = await OutgoingRequest.from(url, options);
    return await this.#switch(request.asUpgrade(protocol), settings);
  }

  /**
   * Asks a proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6).
   *
   * @param proxy The proxy, such as `"http://127.0.0.1:3128"`.
   * @param target Host and port that the tunnel shall lead to, such as
   * `"example.org:443"`.
   * @param options As of {@linkcode HttpClient.request}, such as the header
   * `proxy-authorization`; redirects are not followed.
   * @returns The response and, if its status is 200 to 299, the connection through
   * the tunnel. It belongs to the caller; `startTls` puts TLS on it. With any other
   * status the proxy refused.
   * @throws As {@linkcode HttpClient.request}.
   */
  async tunnel(
    proxy: string | URL,
    target: string,
    options: Omit<HttpExchangeOptions, "body" | "method"> = {},
  ): Promise<UpgradeResult> {
    const authority = parseAuthority(target);
    const settings = requestSettings({ ...options, redirect: "manual" });
    const request = await OutgoingRequest.from(proxy, options);
    return await this.#switch(request.asConnect(authority), settings);
  }

  async #switch(
    request: OutgoingRequest,
    settings: RequestSettings,
  ): Promise<UpgradeResult> {
    const answer = await this.#sender.send(request, settings, true);
    const response = await responseOf(answer, false, this.#maxBodyBytes);
    const connection = answer.running.isSwitched
      ? new TakenConnection(answer.running.takeOver())
      : undefined;
    return { response, connection };
  }

  /**
   * Closes the connections that wait. Those in use are closed once their
   * responses were read; no further request is sent.
   *
   * @returns When they are closed.
   */
  close(): Promise<void> {
    return this.#sender.close();
  }

  /** As {@linkcode HttpClient.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
