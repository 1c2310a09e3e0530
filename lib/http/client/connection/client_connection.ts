/**
 * A connection that carries requests: the machine of HTTP on a connection.
 *
 * @module
 */

import { ByteSink } from "../../../bytes/byte_sink.ts";
import { raw } from "../../../framing/formats/raw.ts";
import { connect } from "../../../session/messages/connect.ts";
import { channelOf } from "../../../session/messages/framed_connection.ts";
import type { MessageConnection } from "../../../session/messages/message_connection.ts";
import type { HttpEvent } from "../../wire/events.ts";
import { HttpConnection } from "../../wire/http_connection.ts";
import { type HttpDialOptions, readOptions } from "../options.ts";
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

/** A connection to a server of HTTP. */
export class HttpClientConnection {
  /** What it can be used for, by {@linkcode connectionUse}. */
  readonly use: string;
  /** The bytes. */
  readonly connection: MessageConnection<Uint8Array>;
  /** The events. */
  readonly http: HttpConnection;
  /** The limit on waiting for the server. */
  readonly idleTimer: IdleTimer = new IdleTimer();
  /** How many requests were sent on it. */
  requests = 0;
  #watched: Promise<Uint8Array | undefined> | undefined;

  /**
   * Begins on a fresh connection.
   *
   * @param use What it can be used for.
   * @param connection The connection, owned from now on.
   * @param options Limits of what is read.
   */
  constructor(
    use: string,
    connection: MessageConnection<Uint8Array>,
    options: HttpDialOptions,
  ) {
    this.use = use;
    this.connection = connection;
    this.http = new HttpConnection("client", readOptions(options));
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
    const connection = await connect(target.address, {
      ...options,
      // Otherwise servers that also speak HTTP/2 would choose it.
      alpn: ["http/1.1"],
      encoding: "bytes",
      framing: raw(),
      maxMessageBytes: Infinity,
      signal,
    });
    return new HttpClientConnection(use, connection, options);
  }

  /** Whether another request may be sent now. */
  get isFree(): boolean {
    const { begun, keepAlive, ownState, peerState } = this.http;
    // Bytes after the response belong to no request.
    return keepAlive && ownState === "idle" && peerState === "idle" && !begun;
  }

  /**
   * Sends a part of a request.
   *
   * @param onBytes Observes its bytes.
   * @returns Resolves when there is room for more.
   * @throws {TypeError} If it cannot be sent, or not now.
   * @throws {RangeError} If it breaks the announced length.
   * @throws {ConnectionError} If the link is lost; as a rejection.
   */
  send(event: HttpEvent, onBytes: OnBytes | undefined): Promise<void> {
    // A new sink for each part, as the observer may keep the bytes.
    const sink = new ByteSink();
    this.http.send(event, sink);
    const pieces = sink.pieces();
    if (onBytes !== undefined) {
      for (const piece of pieces) onBytes("sent", piece);
    }
    return this.connection.sendAll(pieces);
  }

  /**
   * Begins to read although no response is expected. The next
   * {@linkcode HttpClientConnection.receive} gets the bytes.
   *
   * @param onAny Called before that, when bytes or the end have arrived or the
   * link is lost.
   */
  watch(onAny: () => void): void {
    this.#watched = this.connection.receive();
    this.#watched.then(onAny, onAny);
  }

  /**
   * Waits for bytes of the server, or its end, and gives them to the machine.
   *
   * @param onBytes Observes the bytes.
   * @returns How many bytes arrived; 0 for the end.
   * @throws {ConnectionError} If the link is lost.
   */
  async receive(onBytes: OnBytes | undefined): Promise<number> {
    const { connection, http } = this;
    const received = this.#watched ?? connection.receive();
    this.#watched = undefined;
    const bytes = await received;
    if (bytes === undefined) {
      http.receiveEnd(
        channelOf(connection).connection.endedUnannounced !== true,
      );
      return 0;
    }
    onBytes?.("received", bytes);
    http.receive(bytes);
    return bytes.length;
  }

  /**
   * Closes it between two requests, or after the last.
   *
   * @returns Resolves when it is closed. Every response is complete by then, so
   * a failure does not matter.
   */
  async close(): Promise<void> {
    this.idleTimer.close();
    await this.connection.close().catch(() => {});
  }

  /**
   * Closes it in the middle of a request.
   *
   * @param reason The error for pending sends and receives.
   */
  abort(reason: unknown): void {
    this.idleTimer.close();
    this.connection.abort(reason);
  }
}
