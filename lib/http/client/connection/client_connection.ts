/**
 * A connection that carries requests: the machine of HTTP on a channel.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { Member } from "../../../roster.ts";
import type { Channel } from "../../../session/channel/channel.ts";
import { ChannelSettings } from "../../../session/channel/channel_settings.ts";
import type { ByteObserver } from "../../../session/channel/traffic.ts";
import { openChannel } from "../../../session/messages/connect.ts";
import type { Time } from "../../../time/time.ts";
import { type Address, parseAddress } from "../../../transport/address.ts";
import { HttpChannel } from "../../channel/http_channel.ts";
import type { HttpConnection } from "../../wire/http_connection.ts";
import type { HttpDialOptions } from "../options.ts";
import { readOptions } from "../request_settings.ts";
import { IdleTimer } from "./idle_timer.ts";
import type { Target } from "./target.ts";

/** Observes the bytes of a connection. */
export type OnBytes = (
  direction: "sent" | "received",
  bytes: Uint8Array,
) => void;

/**
 * The requests that a connection can be used for.
 *
 * @param target The target of the requests.
 * @param options Options of the connection.
 * @returns Scheme, host and port, and whether a client's certificate was shown:
 * such a connection must not carry requests that do not show it.
 */
export function connectionUse(
  { origin }: Target,
  options: HttpDialOptions,
): string {
  return options.cert === undefined ? origin : `${origin} with a certificate`;
}

// The deadlines of a request are those of its idle timer.
const SETTINGS = new ChannelSettings();

/** The option for a source of time, which only the tests of this library set. */
export const TIME: unique symbol = Symbol("time");

function settingsOf(
  { [TIME]: time }: HttpDialOptions & { readonly [TIME]?: Time },
): ChannelSettings {
  return time === undefined ? SETTINGS : new ChannelSettings({}, { time });
}

/** A connection to a server of HTTP. */
export class HttpClientConnection extends HttpChannel implements Member {
  // Among those that wait for another request.
  place = -1;
  /** What it can be used for, by {@linkcode connectionUse}. */
  readonly use: string;
  /** The limit on waiting for the server. */
  readonly idleTimer: IdleTimer;
  /** How many requests were sent on it. */
  requests = 0;

  /**
   * Begins on a fresh channel.
   *
   * @param use What it can be used for.
   * @param channel The channel, owned from now on.
   * @param options Limits of what is read.
   */
  constructor(use: string, channel: Channel, options: HttpDialOptions) {
    super(channel, "client", readOptions(options));
    this.use = use;
    this.idleTimer = new IdleTimer(channel.settings.time);
  }

  /**
   * Connects.
   *
   * @param target The target of the requests.
   * @param use The requests that it can be used for.
   * @param options Options of the connection and its limits.
   * @param signal Aborts the attempt with its reason.
   * @throws {ConnectionError} If no connection can be made.
   * @throws {TimeoutError} If that takes too long.
   */
  static async open(
    target: Target,
    use: string,
    options: HttpDialOptions,
    signal: AbortSignal | undefined,
  ): Promise<HttpClientConnection> {
    const channel = await openChannel(addressOf(target, options), {
      ...options,
      // Otherwise servers that also speak HTTP/2 would choose it.
      alpn: ["http/1.1"],
      signal,
    }, settingsOf(options));
    return new HttpClientConnection(use, channel, options);
  }

  /** Whether another request may be sent now. */
  get isFree(): boolean {
    const { begun, keepAlive, ownState, peerState }: HttpConnection = this.http;
    // Bytes after the response belong to no request.
    return keepAlive && ownState === "idle" && peerState === "idle" && !begun;
  }

  /**
   * Shows the bytes to an observer, from now on.
   *
   * @param onBytes The observer, or `undefined` for none. It may keep the bytes.
   * @param onError Called with what the observer throws.
   */
  observe(
    onBytes: OnBytes | undefined,
    onError: (error: unknown) => void,
  ): void {
    const show = (direction: "sent" | "received", bytes: Uint8Array) => {
      try {
        onBytes?.(direction, bytes.slice());
      } catch (error) {
        onError(error);
      }
    };
    const observer: ByteObserver = onBytes === undefined ? {} : {
      received: (bytes) => show("received", bytes),
      sent: (bytes) => show("sent", bytes),
    };
    this.channel.observe(observer);
  }

  /**
   * Closes it between two requests, or after the last.
   *
   * @returns Resolves when it is closed. By then the whole response has arrived,
   * so errors of closing do not matter.
   */
  async close(): Promise<void> {
    this.idleTimer.close();
    await this.channel.close().catch(() => {});
  }

  /**
   * Closes it in the middle of a request.
   *
   * @param reason What pending reads and writes throw.
   */
  abort(reason: unknown): void {
    this.idleTimer.close();
    this.channel.abort(reason);
  }
}

/** Where to connect for a target. */
function addressOf(target: Target, { via }: HttpDialOptions): Address {
  if (via === undefined) return target.address;
  const address = typeof via === "string" ? parseAddress(via) : via;
  const refuse = (reason: string, advice: string) =>
    new OptionTypeError({
      action: "use",
      option: "via",
      value: String(address),
      reason,
      advice,
    });
  if (address.transport !== "unix") {
    throw refuse(
      "it must be the address of a Unix socket",
      'write for example "unix:/run/app.sock"',
    );
  }
  if (target.address.transport !== "tcp") {
    throw refuse(
      "TLS does not go over a Unix socket here",
      "write the URL with http:",
    );
  }
  return address;
}
