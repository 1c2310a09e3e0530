/**
 * Opens a connection that carries messages.
 *
 * @module
 */

import {
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
} from "../defaults.ts";
import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import { TimeoutError } from "../../errors.ts";
import { Address, parseAddress } from "../../transport/address.ts";
import type { Connection, DialOptions } from "../../transport/connection.ts";
import { dial } from "../../transport/open.ts";
import type { TlsDialOptions } from "../../transport/tls/options.ts";
import type { WebSocketDialOptions } from "../../transport/ws/options.ts";
import { shakeHands } from "../channel/handshake.ts";
import { Channel } from "../channel/channel.ts";
import type { ChannelSettings } from "../channel/channel_settings.ts";
import {
  type ConnectionEvent,
  reportConnectionEvent,
} from "./connection_event.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { MessageConnection } from "./message_connection.ts";
import { checkDuration, OptionTypeError } from "../../check.ts";
import { type MessageOptions, Settings } from "./settings.ts";
import { checkRetry, retrying, type RetryOptions } from "./retry.ts";
import { type WrapConnection, wrapped } from "./wrap.ts";
import type { Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";

/**
 * Options for {@linkcode connect}.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface ConnectOptions<E extends EncodingLike = "bytes">
  extends MessageOptions<E>, DialOptions, TlsDialOptions, WebSocketDialOptions {
  /**
   * Longest time in milliseconds until the connection is open, including the name
   * lookup. `Infinity` leaves the limit of the system, which is some minutes.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * Longest time in milliseconds to agree on TLS, once there is a connection;
   * `Infinity` for no bound.
   *
   * @default {10_000}
   */
  readonly tlsHandshakeTimeoutMs?: number;
  /**
   * Called with what you should know and no call can throw.
   *
   * @default {unsent messages and bad frames are reported with `console.error`}
   */
  readonly onEvent?:
    | ((
      event: ConnectionEvent<
        MessageOf<E>,
        MessageConnection<MessageOf<E>, SentOf<E>>
      >,
    ) => void)
    | undefined;
  /**
   * Tries again while the server is not there yet: the name is unknown, nothing
   * listens, the connection is reset, ended or unanswered before it is open. A wrong
   * certificate or a wrong option fails at once. The last failure is thrown, with
   * `attempts`.
   *
   * @default {one attempt}
   */
  readonly retry?: RetryOptions | undefined;
  /** Puts something between the connection and its messages. */
  readonly wrap?: WrapConnection | undefined;
}

/**
 * Opens connections by itself, such as a `memoryListener()` of
 * `@parley/parley/testing`.
 */
export interface Connector {
  /** Opens a connection, which the caller then owns. */
  connect(): Promise<Connection>;
}

/**
 * Opens a connection that carries messages.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param to The peer's address, such as `"tcp://127.0.0.1:7342"`, or something
 * that opens connections by itself.
 * @param options Framing, encoding, limits, deadlines, socket options. The
 * `signal` ends the attempt only; later use `abort`.
 * @returns The connection, owned by the caller.
 * @throws {TypeError} If the address, framing or encoding is invalid.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the connection cannot be opened, with code
 * `"tls"` if the two ends cannot agree on TLS.
 * @throws {TimeoutError} If it is not open in time.
 *
 * @example Asking a server
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { framing: "length:4", encoding: "text" } as const;
 * await using server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
 *   for await (const message of peer) await peer.send(message.toUpperCase());
 * });
 *
 * await using connection = await connect(server.address, options);
 * await connection.send("hello");
 * assertEquals(await connection.receive(), "HELLO");
 * ```
 *
 * @example A server that starts a moment later
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/app.sock`;
 * const connecting = connect(`unix:${path}`, { retry: { forMs: 30_000 } });
 * await using server = await serve(`unix:${path}`, {}, async (peer) => {
 *   for await (const message of peer) await peer.send(message);
 * });
 * await using connection = await connecting;
 * await connection.send(new TextEncoder().encode("hello"));
 * assertEquals((await connection.receive())?.length, 5);
 * ```
 */
export async function connect<E extends EncodingLike = "bytes">(
  to: string | Address | Connector,
  options: ConnectOptions<E> = {},
): Promise<MessageConnection<MessageOf<E>, SentOf<E>>> {
  const settings = new Settings<MessageOf<E>, SentOf<E>>(options);
  const channel = await openChannel(to, options, settings);
  const connection = new FramedConnection(channel, settings);
  connection.tell = options.onEvent ?? reportConnectionEvent;
  return connection;
}

/** What opening a connection needs, whatever is spoken over it. */
export type OpenOptions = Omit<
  ConnectOptions<EncodingLike>,
  "onEvent" | keyof MessageOptions
>;

/**
 * Opens a connection and makes a channel of it; see {@linkcode connect}.
 *
 * @param settings What the channel gets.
 */
export async function openChannel(
  to: string | Address | Connector,
  options: OpenOptions,
  settings: ChannelSettings,
): Promise<Channel> {
  const place = typeof to === "string" ? parseAddress(to) : to;
  if (!(place instanceof Address) && typeof place?.connect !== "function") {
    throw new OptionTypeError({
      action: "connect to",
      address: String(place),
      reason: 'it must be an Address, or a string such as "127.0.0.1:7342"',
    });
  }
  const {
    connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
    tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  } = options;
  checkDuration("connectTimeoutMs", connectTimeoutMs);
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  const { retry, signal } = options;
  if (retry !== undefined) checkRetry(retry);
  signal?.throwIfAborted();
  const { time } = settings;
  const open = async () => {
    const connection = await dialWithin(place, connectTimeoutMs, options, time);
    await shakeHands(connection, tlsHandshakeTimeoutMs, signal, time);
    return await wrapped(connection, options.wrap);
  };
  const connection = retry === undefined
    ? await open()
    : await retrying(open, retry, { signal, time });
  return new Channel(connection, settings);
}

async function dialWithin(
  to: Address | Connector,
  timeoutMs: number,
  options: DialOptions & TlsDialOptions & WebSocketDialOptions,
  time: Time,
): Promise<Connection> {
  const limit = within(
    timeoutMs,
    options.signal,
    () =>
      new TimeoutError("connect", timeoutMs, {
        action: "connect to",
        address: to instanceof Address ? String(to) : undefined,
        reason: `no answer within ${timeoutMs} ms`,
        option: "connectTimeoutMs",
      }),
    time,
  );
  const attempt = new AbortController();
  const dialled = to instanceof Address
    ? dial(to, { ...options, signal: attempt.signal })
    : to.connect();
  try {
    return await limit.race(dialled);
  } catch (error) {
    attempt.abort(error);
    // A connection that comes too late is not wanted any more.
    dialled.then((late) => late.abort(), () => {});
    throw error;
  } finally {
    limit.clear();
  }
}
