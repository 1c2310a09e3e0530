/**
 * Writes what handlers return.
 *
 * ```text
 * no body                        content-length: 0
 * a text or bytes; one chunk     content-length, head and body in one write
 * more, or later                 chunked; until close to a peer of HTTP/1.0
 * ```
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { HttpChannel, MaybeLater } from "../../channel/http_channel.ts";
import { errorResponse } from "./error_response.ts";
import { takeFilePart } from "./file_body.ts";
import { sendFile } from "./file_pump.ts";
import { END } from "../../wire/events.ts";
import {
  type Asked,
  OutgoingResponse,
  type ResponseCount,
} from "./outgoing_response.ts";
import {
  checkResponse,
  fieldsOf,
  informational,
  statusHead,
  textFields,
} from "./response_head.ts";
import { takeStaticBody } from "./static_body.ts";
import { sendStream } from "./stream_response.ts";
import type { SwitchingResponse } from "./switching_response.ts";
import { textBytes } from "./text_bytes.ts";
import { takeUntouchedText } from "./untouched_text.ts";

/** Writes the responses of one connection. */
export class ResponseWriter implements ResponseCount {
  /** The status of the last response. */
  status = 0;
  bodyBytes = 0;
  /** How many responses were begun. */
  responses = 0;
  readonly #wire: HttpChannel;

  /** Begins to write. */
  constructor(wire: HttpChannel) {
    this.#wire = wire;
  }

  /**
   * Writes a response.
   *
   * @param response The response, its body unused; it is cancelled if the client
   * does not want it or goes away.
   * @param asked What it answers.
   * @returns `undefined` if it was written at once, else when there is room for
   * another.
   * @throws {TypeError} If it cannot be sent. Here as with every other failure
   * the machine's `ownState` tells whether the head is out already.
   * @throws {RangeError} If the body has not the length that it announces.
   * @throws {ConnectionError} If the link is lost.
   * @throws {unknown} What the body failed with.
   */
  write(response: Response, asked: Asked): MaybeLater {
    const untouched = asked.method === "CONNECT"
      ? undefined
      : takeUntouchedText(response);
    if (untouched === undefined) return this.#writeAny(response, asked);
    const { contentType, text } = untouched;
    this.#begin(200);
    const given = textFields(contentType);
    const out = new OutgoingResponse(this.#wire, 200, given, asked, "", this);
    return text === "" ? out.sendEmpty() : out.sendWhole(textBytes(text));
  }

  #writeAny(response: Response, asked: Asked): MaybeLater {
    checkResponse(response, asked.method);
    const { status, statusText } = response;
    const given = fieldsOf(response);
    this.#begin(status);
    const out = new OutgoingResponse(
      this.#wire,
      status,
      given,
      asked,
      statusText,
      this,
    );
    const whole = takeStaticBody(response);
    if (whole !== undefined && whole.length > 0) {
      return out.sendWhole(
        typeof whole === "string" ? textBytes(whole) : whole,
      );
    }
    const body = whole === undefined ? response.body : null;
    if (body === null) return out.sendEmpty();
    const part = takeFilePart(body);
    return part === undefined
      ? sendStream(out, body.getReader())
      : sendFile(out, part);
  }

  /**
   * Writes the response for a failure, which is the last one.
   *
   * @param status The status; 500 tells nothing of the failure.
   * @returns When there is room.
   */
  async refuse(error: unknown, status: number): Promise<void> {
    const { head, body } = errorResponse(error, status);
    this.#begin(status);
    this.#wire.http.closeAfterThis();
    await this.#wire.send(head);
    try {
      await this.#wire.send({ type: "data", bytes: body });
      this.bodyBytes = body.length;
    } catch (error) {
      // The machine knows better than we whether it was a HEAD that failed.
      if (!(error instanceof RangeError)) throw error;
    }
    await this.#wire.send(END);
  }

  /**
   * Tells a client that waits for it to send the body.
   */
  sendContinue(): void {
    // The loss of the link is noticed by what reads the body.
    if (this.#wire.channel.sending.state !== "open") return;
    this.#wire.send(informational(100, []))?.catch(() => {});
  }

  /**
   * Agrees to another protocol, or opens a tunnel; what follows is not HTTP.
   *
   * @param response What the handler gave.
   * @param asked What it answers.
   * @throws {TypeError} If the client did not ask for it, or has not finished its
   * request.
   */
  async switch(response: SwitchingResponse, asked: Asked): Promise<void> {
    const { isTunnel, status } = response;
    if (isTunnel !== (asked.method === "CONNECT")) {
      throw new OptionTypeError({
        action: `answer a ${asked.method} request with status ${status}`,
        reason: "the response was made for another request",
      });
    }
    this.#begin(status);
    const { fields } = fieldsOf(response);
    await this.#wire.send(
      isTunnel
        ? { ...statusHead(status, fields), type: "response" }
        : informational(status, fields),
    );
  }

  #begin(status: number): void {
    this.status = status;
    this.bodyBytes = 0;
    this.responses++;
  }
}
