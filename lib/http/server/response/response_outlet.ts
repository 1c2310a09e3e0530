/**
 * The way from the machine that writes HTTP onto the connection.
 *
 * @module
 */

import { ByteSink, COPY_LIMIT_BYTES } from "../../../bytes/byte_sink.ts";
import type { MessageConnection } from "../../../session/messages/message_connection.ts";
import type { HttpEvent } from "../../wire/events.ts";
import type { HttpConnection } from "../../wire/http_connection.ts";

const DONE: Promise<void> = Promise.resolve();

// One for all connections: it is filled and emptied without waiting in between.
const sink = new ByteSink();

/** Sends the responses of one connection. */
export class ResponseOutlet {
  readonly #connection: MessageConnection<Uint8Array>;
  readonly #http: HttpConnection;

  /**
   * Begins to send.
   *
   * @param connection Where to.
   * @param http The machine.
   */
  constructor(connection: MessageConnection<Uint8Array>, http: HttpConnection) {
    this.#connection = connection;
    this.#http = http;
  }

  /**
   * Sends events, in one write if they are small.
   *
   * @param events The events.
   * @returns When there is room for more; a part of a body above 128 KiB is then
   * the caller's again.
   * @throws {TypeError} If one of them cannot be written; then none is.
   * @throws {RangeError} If the body has not the length that its head announces;
   * likewise.
   * @throws {ConnectionError} If the link is lost.
   */
  send(...events: HttpEvent[]): Promise<void> {
    try {
      for (let i = 0; i < events.length; i++) this.#http.send(events[i]!, sink);
      return sink.length <= COPY_LIMIT_BYTES
        ? this.#sendSmall()
        : this.#sendLarge(events);
    } catch (error) {
      return Promise.reject(error);
    } finally {
      sink.clear();
    }
  }

  #sendSmall(): Promise<void> {
    return sink.length === 0 ? DONE : this.#connection.send(sink.pieces()[0]!);
  }

  #sendLarge(events: readonly HttpEvent[]): Promise<void> {
    const sent = sink.pieces().map((piece) => {
      // What the connection does not copy must not lie in the sink.
      const isOurs = piece.length > COPY_LIMIT_BYTES &&
        !events.some((event) => event.type === "data" && event.bytes === piece);
      return this.#connection.send(isOurs ? piece.slice() : piece);
    });
    return Promise.all(sent).then(() => {});
  }
}
