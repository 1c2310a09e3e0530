/**
 * Heads of HTTP over a connection that speaks something else behind them.
 *
 * @module
 */

import { ByteSink } from "../../bytes/byte_sink.ts";
import type { HttpEvent } from "../../http/wire/events.ts";
import {
  HttpConnection,
  type HttpRole,
} from "../../http/wire/http_connection.ts";
import type { Connection } from "../connection.ts";

const READ_BYTES = 4 * 1024;
// The largest body of an answer that is not an agreement, shown in the error.
const MOST_BODY_BYTES = 1_000;

/** HTTP on a connection, for as long as the handshake takes. */
export class HeadExchange {
  readonly http: HttpConnection;
  readonly #line: Connection;
  #hasEnded = false;

  constructor(line: Connection, role: HttpRole) {
    this.#line = line;
    this.http = new HttpConnection(role);
  }

  /** Sends events. */
  async send(...events: readonly HttpEvent[]): Promise<void> {
    const sink = new ByteSink();
    for (const event of events) this.http.send(event, sink);
    for (const piece of sink.pieces()) {
      for (let rest = piece; rest.length > 0;) {
        rest = rest.subarray(await this.#line.write(rest));
      }
    }
  }

  /**
   * Gives the next event, waiting for it.
   *
   * @returns The event, or `undefined` if no more come.
   * @throws {HttpError} If the peer broke HTTP, or ended inside a head.
   */
  async next(): Promise<HttpEvent | undefined> {
    for (;;) {
      const event = this.http.next();
      if (event !== undefined || !this.http.needsBytes) return event;
      if (this.#hasEnded) return undefined;
      const into = new Uint8Array(READ_BYTES);
      const count = await this.#line.read(into);
      if (count === null) {
        this.#hasEnded = true;
        this.http.receiveEnd(this.#line.endedUnannounced !== true);
      } else {
        this.http.receive(into.subarray(0, count));
      }
    }
  }

  /** The beginning of the body, as text. */
  async body(): Promise<string> {
    let text = "";
    const decoder = new TextDecoder();
    while (text.length < MOST_BODY_BYTES) {
      const event = await this.next();
      if (event?.type !== "data") break;
      text += decoder.decode(event.bytes, { stream: true });
    }
    return text.slice(0, MOST_BODY_BYTES);
  }
}
