/**
 * The options of a request, and of connections that carry requests.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import type { TlsDialOptions } from "../../transport/tls/options.ts";
import type { RetryOptions } from "../../session/messages/retry.ts";
import type { WrapConnection } from "../../session/messages/wrap.ts";
import type { InformationalHead } from "../wire/events.ts";
import type { HttpResponseReadOptions } from "../wire/http_limits.ts";

/** The default of {@linkcode HttpExchangeOptions.responseTimeoutMs}: 30 s. */
export const DEFAULT_RESPONSE_TIMEOUT_MS: number = 30_000;

/** The default of {@linkcode HttpExchangeOptions.bodyTimeoutMs}: 30 s. */
export const DEFAULT_RESPONSE_BODY_TIMEOUT_MS: number = 30_000;

/**
 * The default of {@linkcode HttpExchangeOptions.maxRedirects}: 20, as `fetch`.
 */
export const DEFAULT_MAX_REDIRECTS: number = 20;

/** The default of {@linkcode HttpDialOptions.maxBodyBytes}: 64 MiB. */
export const DEFAULT_MAX_RESPONSE_BYTES: number = 64 * 1024 * 1024;

/** The default of {@linkcode HttpClientOptions.keepAliveTimeoutMs}: 4 s. */
export const DEFAULT_CLIENT_KEEP_ALIVE_MS: number = 4_000;

/** The default of {@linkcode HttpClientOptions.maxIdleConnections}. */
export const DEFAULT_MAX_IDLE_CONNECTIONS: number = 100;

/** The default of {@linkcode HttpClientOptions.maxIdlePerOrigin}. */
export const DEFAULT_MAX_IDLE_PER_ORIGIN: number = 8;

/** Options for one request and its response. */
export interface HttpExchangeOptions {
  /**
   * The request's body. Its length is announced if it is known. A stream or an
   * iterable is sent in chunks, unless `headers` has a `content-length`. Bytes
   * are not copied and must not change until the response has arrived. A
   * `FormData` is assembled in memory.
   *
   * @default {null}
   */
  readonly body?: BodyInit | null;
  /**
   * Longest time in milliseconds to wait for the next byte of the response's
   * body; `Infinity` for no bound.
   *
   * @default {30_000}
   */
  readonly bodyTimeoutMs?: number;
  /**
   * Whether to ask for a compressed body (`accept-encoding: gzip, deflate`) and
   * to decompress it. The response then has neither `content-encoding` nor
   * `content-length`. A body in Brotli (`br`) is decompressed too. It is not
   * asked for, as its data has no checksum.
   *
   * @default {true}
   */
  readonly decompress?: boolean;
  /**
   * Whether to send `expect: 100-continue` and wait for the server's consent
   * before sending the body, for at most a second. If the server refuses within
   * that time, the body is not sent.
   *
   * @default {false}
   */
  readonly expectContinue?: boolean;
  /**
   * Header fields. Names in an array or a record go on the wire as they are
   * written; `Headers` has lower case only. `host`, `user-agent`, `accept`,
   * `accept-encoding` and `content-type` replace what would be sent otherwise.
   *
   * @default {none}
   */
  readonly headers?: HeadersInit;
  /**
   * How many redirects are followed at most.
   *
   * @default {20}
   */
  readonly maxRedirects?: number;
  /**
   * The method. As with `fetch`, the common ones may be in lower case.
   *
   * @default {"GET"}
   */
  readonly method?: string;
  /**
   * Called with all bytes of the exchange as they are on the connection (over
   * TLS, before encryption): with sent bytes when the system takes them, with
   * received bytes when they arrive. The bytes stay valid and must not be
   * changed.
   *
   * @default {none}
   */
  readonly onBytes?: (
    direction: "sent" | "received",
    bytes: Uint8Array,
  ) => void;
  /**
   * Called with each informational response (1xx) before the final one.
   *
   * @default {none}
   */
  readonly onInformational?: (head: InformationalHead) => void;
  /**
   * Whether to return a redirect or to follow it. A target with another scheme,
   * host or port gets no credentials: neither `authorization` and `cookie` nor
   * the client's certificate.
   *
   * @default {"manual"}
   */
  readonly redirect?: "manual" | "follow";
  /**
   * Longest time in milliseconds to wait for the response's head: since the
   * request was sent, or since the server last took some of it. `Infinity` for
   * no bound.
   *
   * @default {30_000}
   */
  readonly responseTimeoutMs?: number;
  /** Aborts request and response with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for connections that carry requests. */
export interface HttpDialOptions
  extends HttpResponseReadOptions, Omit<TlsDialOptions, "alpn"> {
  /**
   * Longest time in milliseconds to connect, including the name lookup.
   * `Infinity` leaves only the system's bound.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * Largest body of a response in bytes, both as it arrives and decompressed;
   * `Infinity` for no bound.
   *
   * @default {67_108_864}
   */
  readonly maxBodyBytes?: number;
  /**
   * Tries again to connect while the server is not there yet, as of `connect`. A
   * request is sent once, when there is a connection.
   *
   * @default {one attempt}
   */
  readonly retry?: RetryOptions | undefined;
  /**
   * Longest time in milliseconds for the TLS handshake; `Infinity` for no
   * bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
  /**
   * Where to connect instead of the URL's host and port: the Unix socket of a
   * server on this machine, such as `"unix:/run/app.sock"`. The URL must be an
   * `http:` one. Its host is still sent in `Host`, and all requests go there,
   * also those of redirects. Deno needs the permissions to read and write the
   * path.
   *
   * @default {the URL's host and port}
   */
  readonly via?: string | Address | undefined;
  /**
   * Puts something between the connection and HTTP, once TLS is agreed on, such as a log
   * of the bytes.
   */
  readonly wrap?: WrapConnection | undefined;
}

/** Options for {@linkcode request}. */
export interface HttpRequestOptions
  extends HttpExchangeOptions, HttpDialOptions {}

/** Options for {@linkcode HttpClient}. */
export interface HttpClientOptions extends HttpDialOptions {
  /**
   * Longest time in milliseconds that a connection is kept for another request;
   * `Infinity` for no bound. The default is shorter than servers' (nginx 75 s,
   * Node 5 s), so that a request seldom meets a connection that is being
   * closed.
   *
   * @default {4_000}
   */
  readonly keepAliveTimeoutMs?: number;
  /**
   * How many connections are kept in all; with 0 each carries one request.
   *
   * @default {100}
   */
  readonly maxIdleConnections?: number;
  /**
   * How many connections are kept to one scheme, host and port. More
   * connections that were in use together are kept for a tenth of a second.
   *
   * @default {8}
   */
  readonly maxIdlePerOrigin?: number;
}
