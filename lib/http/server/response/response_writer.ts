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
import type { HttpEvent, MessageEnd, ResponseHead } from "../../wire/events.ts";
import { isBodiless } from "../../wire/body_length.ts";
import { type BodyReader, BodyStart } from "./body_start.ts";
import { errorResponse } from "./error_response.ts";
import { type FilePart, takeFilePart } from "./file_body.ts";
import { pumpFile } from "./file_pump.ts";
import { reasonPhrase } from "./reason_phrases.ts";
import { takeStaticBody } from "./static_body.ts";
import { checkChunk, pumpStream } from "./stream_pump.ts";
import type { SwitchingResponse } from "./switching_response.ts";
import {
  checkLength,
  fieldsOf,
  giveLength,
  informational,
  type ResponseFields,
  statusHead,
} from "./response_head.ts";

// Up to here, head and body leave in one write.
const SMALL_FILE_BYTES = 64 * 1024;
const END: MessageEnd = { type: "end", trailers: [] };

/** What a response is written for. */
export interface Asked {
  /** The request's method. */
  readonly method: string;

  /** Called when the head is about to be written. */
  beforeHead(): void;
}

/** Writes the responses of one connection. */
export class ResponseWriter {
  /** The status of the last response. */
  status = 0;
  /** How many bytes of its body were sent. */
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
    const { status } = response;
    const given = fieldsOf(response);
    this.#begin(status);
    const head: ResponseHead = {
      type: "response",
      status,
      reason: response.statusText || reasonPhrase(status),
      version: "1.1",
      headers: given.fields,
    };
    const isBodyless = isBodiless(asked.method, status);
    const whole = takeStaticBody(response);
    if (whole !== undefined && whole.length > 0) {
      return this.#writeWhole(head, given, whole, isBodyless, asked);
    }
    const body = whole === undefined ? response.body : null;
    if (body === null) return this.#writeEmpty(head, given, isBodyless, asked);
    const part = takeFilePart(body);
    if (part !== undefined) {
      return this.#writeFile(head, given, part, isBodyless, asked);
    }
    return this.#writeStream(head, given, body.getReader(), isBodyless, asked);
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

  /** Writes a response without a body, or whose body is empty. */
  #writeEmpty(
    head: ResponseHead,
    { fields, length }: ResponseFields,
    isBodyless: boolean,
    asked: Asked,
  ): MaybeLater {
    if (!isBodyless) {
      if (length === undefined) fields.push(["content-length", "0"]);
      else checkLength(length, 0);
    }
    return this.#send(asked, head, END);
  }

  /** Writes a response whose body is here as a whole. */
  #writeWhole(
    head: ResponseHead,
    given: ResponseFields,
    bytes: Uint8Array,
    isBodyless: boolean,
    asked: Asked,
  ): MaybeLater {
    giveLength(given, bytes.length, isBodyless);
    if (isBodyless) return this.#send(asked, head, END);
    this.bodyBytes = bytes.length;
    return this.#send(asked, head, { type: "data", bytes }, END);
  }

  /** Writes a response whose body is in a file. */
  async #writeFile(
    head: ResponseHead,
    given: ResponseFields,
    part: FilePart,
    isBodyless: boolean,
    asked: Asked,
  ): Promise<void> {
    try {
      if (part.length <= SMALL_FILE_BYTES && !isBodyless) {
        const bytes = await part.readAll();
        return void await this.#writeWhole(head, given, bytes, false, asked);
      }
      giveLength(given, part.length, isBodyless);
      if (isBodyless) return void await this.#send(asked, head, END);
      await this.#send(asked, head);
      const onSent = (count: number) => this.bodyBytes += count;
      await pumpFile(part, this.#wire, onSent);
      await this.#wire.send(END);
    } finally {
      await part.close();
    }
  }

  async #writeStream(
    head: ResponseHead,
    given: ResponseFields,
    reader: BodyReader,
    isBodyless: boolean,
    asked: Asked,
  ): Promise<void> {
    try {
      const rest = await this.#writeStart(
        head,
        given,
        reader,
        isBodyless,
        asked,
      );
      if (rest === undefined) return;
      const onSent = (count: number) => this.bodyBytes += count;
      await pumpStream(rest, reader, this.#wire, onSent);
    } catch (error) {
      reader.cancel(error).catch(() => {});
      throw error;
    }
  }

  /**
   * Writes the head, and what is at hand of the body.
   *
   * @returns The reads whose chunks are still to be written, if that was not all.
   */
  async #writeStart(
    head: ResponseHead,
    given: ResponseFields,
    reader: BodyReader,
    isBodyless: boolean,
    asked: Asked,
  ): Promise<BodyStart | undefined> {
    const start = new BodyStart(reader, given.length !== undefined);
    await start.atHand();
    const { first, second } = start;
    if (first?.done) {
      await this.#writeEmpty(head, given, isBodyless, asked);
      return undefined;
    }
    const bytes = first === undefined ? undefined : checkChunk(first.value);
    if (bytes !== undefined && second?.done) {
      await this.#writeWhole(head, given, bytes, isBodyless, asked);
      return undefined;
    }
    if (isBodyless) {
      await this.#writeHeadOnly(head, reader, asked);
      return undefined;
    }
    // A handler that answers bit by bit may want the head to be seen before.
    if (bytes === undefined) await this.#send(asked, head);
    else {
      start.taken();
      this.bodyBytes = bytes.length;
      await this.#send(asked, head, { type: "data", bytes });
    }
    return start;
  }

  async #writeHeadOnly(
    head: ResponseHead,
    reader: BodyReader,
    asked: Asked,
  ): Promise<void> {
    reader.cancel(
      `a response to ${asked.method} of status ${head.status} has no body`,
    )
      .catch(() => {});
    await this.#send(asked, head, END);
  }

  #send(asked: Asked, ...events: HttpEvent[]): MaybeLater {
    asked.beforeHead();
    return this.#wire.send(...events);
  }
}
