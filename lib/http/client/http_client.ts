/**
 * A client of HTTP that uses its connections again.
 *
 * @module
 */

import { ClosedError, ConnectionError } from "../../errors.ts";
import { checkDuration, checkSize } from "../../check.ts";
import type { ResponseHead } from "../wire/events.ts";
import { HttpError } from "../wire/http_error.ts";
import { readSettings } from "../wire/http_limits.ts";
import { codingsOf } from "./response/decompression.ts";
import { RunningRequest } from "./running_request.ts";
import { IdleConnections } from "./connection/idle_connections.ts";
import { incomingBody } from "./response/incoming_body.ts";
import { IncomingResponse } from "./response/incoming_response.ts";
import {
  connectionUse,
  HttpClientConnection,
} from "./connection/client_connection.ts";
import {
  DEFAULT_CLIENT_KEEP_ALIVE_MS,
  DEFAULT_MAX_IDLE_CONNECTIONS,
  DEFAULT_MAX_IDLE_PER_ORIGIN,
  type HttpClientOptions,
  type HttpDialOptions,
  type HttpExchangeOptions,
  readOptions,
  type RequestSettings,
  requestSettings,
} from "./options.ts";
import { OutgoingRequest } from "./request/outgoing_request.ts";
import { Redirects } from "./request/redirect.ts";
import { valueOf } from "./request/request_fields.ts";
import { named } from "./response/response_error.ts";

// Of 205 the platform's Response wants none, and RFC 9110 section 15.3.6 as well.
const BODILESS: readonly number[] = [204, 205, 304];
const OF_CODING = /^content-(?:encoding|length)$/i;

/** A request that was answered. */
interface Answer {
  readonly running: RunningRequest;
  readonly head: ResponseHead;
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
  readonly #options: HttpClientOptions;
  readonly #maxBodyBytes: number;
  readonly #idle: IdleConnections;
  readonly #keepsAlive: boolean;
  #isClosed = false;

  /**
   * Makes a client; nothing is connected yet.
   *
   * @param options How to connect, limits of what is read, and how many
   * connections to keep.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: HttpClientOptions = {}) {
    const {
      keepAliveTimeoutMs = DEFAULT_CLIENT_KEEP_ALIVE_MS,
      maxIdleConnections = DEFAULT_MAX_IDLE_CONNECTIONS,
      maxIdlePerOrigin = DEFAULT_MAX_IDLE_PER_ORIGIN,
    } = options;
    checkDuration("keepAliveTimeoutMs", keepAliveTimeoutMs);
    checkSize("maxIdleConnections", maxIdleConnections);
    checkSize("maxIdlePerOrigin", maxIdlePerOrigin);
    this.#options = options;
    this.#maxBodyBytes = readSettings(readOptions(options)).maxBodyBytes;
    this.#keepsAlive = maxIdleConnections > 0 && maxIdlePerOrigin > 0;
    this.#idle = new IdleConnections({
      keepAliveTimeoutMs,
      maxIdleConnections,
      maxIdlePerOrigin,
    });
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
   * @throws {HttpError} If the answer is no HTTP, is above a limit or cut off,
   * or the redirects lead nowhere. Reading the body throws it too.
   * @throws {ConnectionError} If there is no connection to be had, or it is lost.
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
      const asFriend = request.target.origin === origin;
      const answer = await this.#ask(request, settings, asFriend);
      const next = followUp(request, answer, settings, redirects);
      if (next === undefined) {
        return await this.#response(answer, redirects.hasFollowed);
      }
      await answer.running.discard();
      request = next;
    }
  }

  /**
   * Closes the connections that wait. Those in use are closed once their
   * responses were read; no further request is sent.
   *
   * @returns When they are closed.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#idle.close();
  }

  /** As {@linkcode HttpClient.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Sends one request, if need be twice. A stranger, whom only a redirect has
   * named, is not shown the client's certificate.
   */
  async #ask(
    request: OutgoingRequest,
    settings: RequestSettings,
    asFriend: boolean,
  ): Promise<Answer> {
    const { target } = request;
    try {
      if (this.#isClosed) {
        throw new ClosedError(
          `Cannot request ${target.name}: the client was closed`,
        );
      }
      const dialOptions = asFriend ? this.#options : anonymous(this.#options);
      const use = connectionUse(target, dialOptions);
      const idle = this.#idle.take(use);
      if (idle !== undefined) {
        const running = this.#run(idle, request, settings);
        try {
          return { running, head: await running.begin() };
        } catch (error) {
          if (!mayAskAgain(running, error)) throw error;
        }
      }
      const connection = await HttpClientConnection.open(
        target,
        use,
        dialOptions,
        settings.signal,
      );
      const running = this.#run(connection, request, settings);
      return { running, head: await running.begin() };
    } catch (error) {
      request.body?.discard(error);
      throw error;
    }
  }

  #run(
    connection: HttpClientConnection,
    request: OutgoingRequest,
    settings: RequestSettings,
  ): RunningRequest {
    const asked = this.#keepsAlive ? request : request.asLast();
    return new RunningRequest(
      connection,
      asked,
      settings,
      (connection) => this.#release(connection),
    );
  }

  async #release(connection: HttpClientConnection): Promise<void> {
    if (!this.#keepsAlive || this.#isClosed || !connection.isFree) {
      return await connection.close();
    }
    this.#idle.put(connection);
  }

  async #response(
    { running, head }: Answer,
    redirected: boolean,
  ): Promise<IncomingResponse> {
    const { request } = running;
    const origin = {
      head,
      url: request.target.href,
      redirected,
      trailers: () => running.trailers,
    };
    if (!hasBody(request, head)) {
      await running.discard();
      return new IncomingResponse(null, head.headers, origin);
    }
    const codings = request.decompresses ? codingsOf(head.headers) : [];
    const whole = codings.length === 0 ? await running.readWhole() : undefined;
    const body = whole ??
      incomingBody(running, codings, this.#maxBodyBytes);
    const headers = codings.length === 0
      ? head.headers
      : head.headers.filter(([name]) => !OF_CODING.test(name));
    return new IncomingResponse(body, headers, origin);
  }
}

/** The options without what they say about one server, and about oneself. */
function anonymous(options: HttpDialOptions): HttpDialOptions {
  const { cert: _cert, key: _key, serverName: _name, ...rest } = options;
  return rest;
}

/** What is asked next, if the answer is not the last one. */
function followUp(
  request: OutgoingRequest,
  { running, head }: Answer,
  settings: RequestSettings,
  redirects: Redirects,
): OutgoingRequest | undefined {
  // The expectation failed, not the request (RFC 9110 section 10.1.1).
  if (head.status === 417 && request.expectsContinue && request.isReplayable) {
    return request.with({ expectsContinue: false });
  }
  if (settings.redirect === "manual") return undefined;
  try {
    return redirects.follow(request, head);
  } catch (error) {
    const failure = named(error, request.target.name);
    running.cancel(failure);
    throw failure;
  }
}

/**
 * Whether a connection that was kept was closed before the server saw the
 * request, as far as anybody can tell, and it does no harm if it did see it
 * (RFC 9112 section 9.3.1).
 */
function mayAskAgain(
  { isUnanswered, request }: RunningRequest,
  error: unknown,
): boolean {
  const isLoss = error instanceof ConnectionError ||
    (error instanceof HttpError && error.code === "truncated");
  return isLoss && isUnanswered && request.isIdempotent && request.isReplayable;
}

/** Known by the head alone, so that it does not depend on what has arrived. */
function hasBody(request: OutgoingRequest, head: ResponseHead): boolean {
  if (request.method === "HEAD") return false;
  if (BODILESS.includes(head.status)) return false;
  return valueOf(head.headers, "content-length") !== "0";
}
