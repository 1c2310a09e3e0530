/**
 * Reads the events of one response, in their order.
 *
 * @module
 */

import type {
  HttpEvent,
  InformationalHead,
  ResponseHead,
} from "../../wire/events.ts";
import { tooLarge } from "../../wire/http_error.ts";
import type { HttpClientConnection } from "../connection/client_connection.ts";

// During long work a server sends one from time to time. Without a bound, a
// server that sends nothing else would never end.
const MAX_INFORMATIONAL = 100;
const NOTHING = new Uint8Array(0);

/** Reads one response. */
export class ResponseReader {
  readonly #connection: HttpClientConnection;
  // Parts of the body that were taken before they were asked for.
  readonly #ahead: HttpEvent[] = [];
  #stopped: { readonly reason: unknown } | undefined;

  /** Begins; nothing is read before it is asked for. */
  constructor(connection: HttpClientConnection) {
    this.#connection = connection;
  }

  /** Reads no more: all that ask for events are thrown the reason. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason };
  }

  /**
   * Waits for the next event.
   *
   * @param onWait Called before each wait for bytes.
   * @throws {HttpError} If the response is malformed.
   * @throws {unknown} What the link was lost by, or the reason for a stop.
   */
  async next(onWait?: () => void): Promise<HttpEvent> {
    const connection = this.#connection;
    for (;;) {
      if (this.#stopped !== undefined) throw this.#stopped.reason;
      const event = this.#ahead.shift() ?? connection.next();
      if (event !== undefined) return event;
      onWait?.();
      await connection.fill();
    }
  }

  /**
   * Waits for the head of the response, or of the switch to another protocol.
   *
   * @param onInformational Called with each informational head before it.
   * @throws {HttpError} If the response is malformed, or too many heads came before
   * it.
   */
  async head(
    onInformational: (head: InformationalHead) => void,
  ): Promise<ResponseHead | InformationalHead> {
    for (let count = 0;; count++) {
      const event = await this.next();
      if (event.type === "response") return event;
      if (event.type !== "informational") continue;
      if (event.status === 101) return event;
      if (count === MAX_INFORMATIONAL) {
        throw tooLarge(
          431,
          "number of informational responses",
          MAX_INFORMATIONAL,
        );
      }
      onInformational(event);
    }
  }

  /**
   * Takes the body if all of it is here, in one part and without trailers.
   *
   * @returns The body; or `undefined`, and {@linkcode ResponseReader.next} gives all
   * of it.
   */
  wholeBody(): Uint8Array | undefined {
    if (this.#stopped !== undefined) return undefined;
    const { http } = this.#connection;
    const ahead = this.#ahead;
    try {
      for (let event; (event = http.next()) !== undefined;) {
        ahead.push(event);
        if (event.type === "end" || ahead.length === 2) break;
      }
    } catch {
      // next() throws it again, after the bytes before it.
    }
    const last = ahead.at(-1);
    // Trailers are available once the body was read.
    if (last?.type !== "end" || last.trailers.length > 0) return undefined;
    const first = ahead[0]!;
    return first.type === "data" ? first.bytes : NOTHING;
  }
}
