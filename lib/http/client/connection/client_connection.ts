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

/** Who is shown the bytes. */
export type OnBytes = (
  direction: "sent" | "received",
  bytes: Uint8Array,
) => void;

/**
 * What a connection can be used for.
 *
 * @param target Where requests go.
 * @param options Options of the connection.
 * @returns Scheme, host and port, and as whom: a connection on which a client's
 * certificate was shown is none for a request that is not to show it.
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
  /** How long the server is waited for. */
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
   * @param target Where to.
   * @param use What it can be used for.
   * @param options Options of the connection and its limits.
   * @param signal Ends the attempt with its reason.
   * @returns The connection.
   * @throws {ConnectionError} If there is no connection to be had.
   * @throws {TimeoutError} If there is none in time.
   */
  static async open(
    target: Target,
    use: string,
    options: HttpDialOptions,
    signal: AbortSignal | undefined,
  ): Promise<HttpClientConnection> {
    const connection = await connect(target.address, {
      ...options,
      // Servers that speak HTTP/2 too choose it where they are left a choice.
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
    // Bytes behind the response belong to nothing that was asked for.
    return keepAlive && ownState === "idle" && peerState === "idle" && !begun;
  }

  /**
   * Sends a part of a request.
   *
   * @param event The part.
   * @param onBytes Is shown its bytes.
   * @returns When there is room for more.
   * @throws {TypeError} If it cannot be sent, or not now.
   * @throws {RangeError} If it breaks the announced length.
   * @throws {ConnectionError} If the link is lost; as a rejection.
   */
  send(event: HttpEvent, onBytes: OnBytes | undefined): Promise<void> {
    // Not kept for the next part: who is shown the bytes may keep them.
    const sink = new ByteSink();
    this.http.send(event, sink);
    const pieces = sink.pieces();
    if (onBytes !== undefined) {
      for (const piece of pieces) onBytes("sent", piece);
    }
    return this.connection.sendAll(pieces);
  }

  /**
   * Begins to wait for bytes although none were asked for; they are the next
   * {@linkcode HttpClientConnection.receive}'s.
   *
   * @param onAny Called, before that gets them, when bytes came, or the end, or
   * the link is lost.
   */
  watch(onAny: () => void): void {
    this.#watched = this.connection.receive();
    this.#watched.then(onAny, onAny);
  }

  /**
   * Waits for bytes of the server, or its end, and gives them to the machine.
   *
   * @param onBytes Is shown the bytes.
   * @returns How many bytes came; 0 for the end.
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
   * @returns When it is closed. All that was asked for is here by then, so how
   * that goes does not matter any more.
   */
  async close(): Promise<void> {
    this.idleTimer.close();
    await this.connection.close().catch(() => {});
  }

  /**
   * Closes it in the middle of a request.
   *
   * @param reason What is thrown to whoever still sends or receives.
   */
  abort(reason: unknown): void {
    this.idleTimer.close();
    this.connection.abort(reason);
  }
}
