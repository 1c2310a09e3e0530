/**
 * The options and events of an HTTP server.
 *
 * @module
 */

import type { HttpServerConnection } from "./http_server.ts";
import type { HttpConnectHandler } from "./request/connect_info.ts";
import type {
  ServeOptions,
  ServerEvent,
} from "../../session/serving/server_options.ts";
import { checkDuration } from "../../check.ts";
import type { Address } from "../../transport/address.ts";
import type {
  ListenOptions,
  UnixListenOptions,
} from "../../transport/connection.ts";
import type { TlsListenOptions } from "../../transport/tls/options.ts";
import type { HttpVersion } from "../wire/events.ts";
import { type HttpReadOptions, readSettings } from "../wire/http_limits.ts";

/** The default of a server's `maxBodyBytes`: 1 MiB, as nginx. */
export const DEFAULT_MAX_BODY_BYTES: number = 1024 * 1024;

/** The default of {@linkcode ServeHttpOptions.headerTimeoutMs}: 30 s. */
const DEFAULT_HEADER_TIMEOUT_MS: number = 30_000;

/**
 * The default of {@linkcode ServeHttpOptions.keepAliveTimeoutMs}: 75 s, as
 * nginx.
 */
const DEFAULT_KEEP_ALIVE_TIMEOUT_MS: number = 75_000;

/** The default of {@linkcode ServeHttpOptions.bodyTimeoutMs}: 30 s. */
const DEFAULT_BODY_TIMEOUT_MS: number = 30_000;

/**
 * The default of {@linkcode ServeHttpOptions.sendTimeoutMs}: 60 s, as nginx.
 */
const DEFAULT_SEND_TIMEOUT_MS: number = 60_000;

/** A request was answered: the data of an access log. */
export interface AnsweredEvent {
  /** The kind of event. */
  readonly type: "answered";
  /** The connection, as in the events of its beginning and end. */
  readonly connection: HttpServerConnection;
  /** The client's address. */
  readonly remoteAddress: Address;
  /** The method; `undefined` if the request could not be read. */
  readonly method: string | undefined;
  /** The target as it was written; `undefined` likewise. */
  readonly target: string | undefined;
  /** The client's version; `undefined` likewise. */
  readonly version: HttpVersion | undefined;
  /** The status of the response. */
  readonly status: number;
  /**
   * How many bytes of the response's body were sent, without chunked coding.
   */
  readonly bodyBytes: number;
  /** From the request's head to the end of the response, in milliseconds. */
  readonly durationMs: number;
  /**
   * The error, if there was one: the handler or the response's body threw, the
   * request was refused, or the client went away.
   */
  readonly error?: unknown;
}

/** Something that happened on an HTTP server; `type` tells what. */
export type HttpServerEvent =
  | ServerEvent<Uint8Array, HttpServerConnection>
  | AnsweredEvent;

/** Options for `serveHttp`. */
export interface ServeHttpOptions
  extends
    HttpReadOptions,
    ListenOptions,
    TlsListenOptions,
    UnixListenOptions,
    Pick<
      ServeOptions,
      | "maxConnections"
      | "maxConnectionsPerPeer"
      | "proxyProtocol"
      | "signal"
      | "tlsHandshakeTimeoutMs"
      | "whenFull"
    > {
  /**
   * Longest time in milliseconds for a request's body, plus one second for
   * every 500 bytes that arrive (the rule of Apache's mod_reqtimeout);
   * `Infinity` for no bound. Only the time in which the handler reads and no
   * byte arrives counts. A slower request is answered with 408.
   *
   * @default {30_000}
   */
  readonly bodyTimeoutMs?: number;
  /**
   * Longest time in milliseconds from a head's first byte to its last, and for
   * the first head from the connection's beginning; `Infinity` for no bound. A
   * slower request is answered with 408, or closed if no byte came.
   *
   * @default {30_000}
   */
  readonly headerTimeoutMs?: number;
  /**
   * Longest time in milliseconds that a connection is kept open for another
   * request; `Infinity` for no bound. Then it is closed.
   *
   * @default {75_000}
   */
  readonly keepAliveTimeoutMs?: number;
  /**
   * Largest body of a request in bytes, without any chunked coding; a larger
   * one is answered with 413.
   *
   * @default {1_048_576}
   */
  readonly maxBodyBytes?: number;
  /**
   * Answers requests for a tunnel (CONNECT), as a proxy does. Who may go where is
   * up to it: check `info.target`.
   *
   * @default {each is refused with 501}
   *
   * @example A proxy that leads to one place
   * ```ts
   * import { HttpClient, serveHttp } from "@parley/parley/http";
   * import { MessageConnection, serve } from "@parley/parley";
   * import { connectTcp } from "@parley/parley/tcp";
   * import { assertEquals } from "@std/assert";
   *
   * const text = { encoding: "text" } as const;
   * await using shop = await serve("tcp://127.0.0.1:0", text, async (peer) => {
   *   for await (const message of peer) await peer.send(message.toUpperCase());
   * });
   * const target = `127.0.0.1:${shop.address.port}`;
   *
   * await using proxy = await serveHttp("tcp://127.0.0.1:0", {
   *   async onConnect(info) {
   *     if (info.target !== target) return new Response("no", { status: 403 });
   *     const far = await connectTcp(info.target);
   *     return info.tunnel(async (near) => {
   *       const copy = async (from: typeof near, to: typeof near) => {
   *         const buffer = new Uint8Array(16_384);
   *         for (let count; (count = await from.read(buffer)) !== null;) {
   *           for (let at = 0; at < count;) {
   *             at += await to.write(buffer.subarray(at, count));
   *           }
   *         }
   *         await to.closeWrite();
   *       };
   *       await Promise.all([copy(near, far), copy(far, near)]);
   *       far.close();
   *     });
   *   },
   * }, () => new Response("This is a proxy\n"));
   *
   * await using client = new HttpClient();
   * const url = `http://127.0.0.1:${proxy.address.port}`;
   * const { connection } = await client.tunnel(url, target);
   * await using messages = new MessageConnection(connection!, text);
   * await messages.send("hello");
   * assertEquals(await messages.receive(), "HELLO");
   * ```
   */
  readonly onConnect?: HttpConnectHandler | undefined;
  /**
   * Called with every event. It must not throw.
   *
   * @default {errors of handlers are reported with `console.error`}
   */
  readonly onEvent?: (event: HttpServerEvent) => void;
  /**
   * Longest time in milliseconds in which a client reads none of its pending
   * bytes; `Infinity` for no bound. Then the connection is aborted.
   *
   * The time is measured by what the system takes. It buffers some MiB for the
   * client and takes more only when a good part of them is read. So a client
   * that reads slowly but steadily can be cut too: over loopback, one that read
   * 40 kB a second was, with 30 s and with 60 s. Allow more time for large
   * downloads by slow clients.
   *
   * @default {60_000}
   */
  readonly sendTimeoutMs?: number;
}

/** The options with all defaults filled in, shared by all connections. */
export interface HttpServerSettings {
  /** How requests are read. */
  readonly read: HttpReadOptions;
  /** See {@linkcode ServeHttpOptions.bodyTimeoutMs}. */
  readonly bodyTimeoutMs: number;
  /** See {@linkcode ServeHttpOptions.headerTimeoutMs}. */
  readonly headerTimeoutMs: number;
  /** See {@linkcode ServeHttpOptions.keepAliveTimeoutMs}. */
  readonly keepAliveTimeoutMs: number;
  /** See {@linkcode ServeHttpOptions.sendTimeoutMs}. */
  readonly sendTimeoutMs: number;
}

/**
 * Checks the options of HTTP.
 *
 * @param options The user's options.
 * @returns All settings.
 * @throws {RangeError} If a number is out of its range.
 */
export function httpServerSettings(
  options: ServeHttpOptions,
): HttpServerSettings {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const settings: HttpServerSettings = {
    read: readSettings({ ...options, maxBodyBytes }),
    bodyTimeoutMs: options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    headerTimeoutMs: options.headerTimeoutMs ?? DEFAULT_HEADER_TIMEOUT_MS,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs ??
      DEFAULT_KEEP_ALIVE_TIMEOUT_MS,
    sendTimeoutMs: options.sendTimeoutMs ?? DEFAULT_SEND_TIMEOUT_MS,
  };
  const { read: _, ...durations } = settings;
  for (const [name, value] of Object.entries(durations)) {
    checkDuration(name, value);
  }
  return settings;
}
