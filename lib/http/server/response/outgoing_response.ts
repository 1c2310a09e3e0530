/**
 * A response on its way: its head, and where it and its body go.
 *
 * @module
 */

import type { HttpChannel, MaybeLater } from "../../channel/http_channel.ts";
import { isBodiless } from "../../wire/body_length.ts";
import {
  type BodyData,
  END,
  type HttpEvent,
  type ResponseHead,
} from "../../wire/events.ts";
import { reasonPhrase } from "./reason_phrases.ts";
import { giveLength, type ResponseFields } from "./response_head.ts";

/** What a response is written for. */
export interface Asked {
  /** The request's method. */
  readonly method: string;

  /** Called when the head is about to be written. */
  beforeHead(): void;
}

/** What a response has sent so far. */
export interface ResponseCount {
  /** How many bytes of its body were sent. */
  bodyBytes: number;
}

/** A response whose head is still to be sent. */
export class OutgoingResponse {
  readonly wire: HttpChannel;
  readonly status: number;
  readonly asked: Asked;
  /** Whether it has no body, whatever its head says. */
  readonly isBodiless: boolean;
  readonly #count: ResponseCount;
  readonly #given: ResponseFields;
  readonly #reason: string;

  /**
   * Begins a response.
   *
   * @param given Its fields, to which its length is added.
   * @param reason The phrase of its status; the usual one if it is empty.
   * @param count Counts the bytes of the body.
   */
  constructor(
    wire: HttpChannel,
    status: number,
    given: ResponseFields,
    asked: Asked,
    reason: string,
    count: ResponseCount,
  ) {
    this.wire = wire;
    this.status = status;
    this.asked = asked;
    this.isBodiless = isBodiless(asked.method, status);
    this.#count = count;
    this.#given = given;
    this.#reason = reason || reasonPhrase(status);
  }

  /** Whether the head says how long the body is. */
  get isLengthKnown(): boolean {
    return this.#given.length !== undefined;
  }

  /** Sends a response without a body, or whose body is empty. */
  sendEmpty(): MaybeLater {
    if (!this.isBodiless) giveLength(this.#given, 0, false);
    return this.sendHead(END);
  }

  /**
   * Sends a response whose body is here as a whole.
   *
   * @param bytes The body. It may be changed afterwards, if it is up to 32 KiB long.
   * @throws {RangeError} If the fields announce another length.
   */
  sendWhole(bytes: Uint8Array): MaybeLater {
    if (this.isBodiless) return this.sendHeadFor(bytes.length, END);
    return this.sendHeadFor(bytes.length, this.part(bytes), END);
  }

  /**
   * Sends the head of a response whose body has a known length, and events behind it.
   *
   * @throws {RangeError} If the fields announce another length.
   */
  sendHeadFor(length: number, ...events: HttpEvent[]): MaybeLater {
    giveLength(this.#given, length, this.isBodiless);
    return this.sendHead(...events);
  }

  /** Sends the head as it is, and events behind it in the same write. */
  sendHead(...events: HttpEvent[]): MaybeLater {
    this.asked.beforeHead();
    const head: ResponseHead = {
      type: "response",
      status: this.status,
      reason: this.#reason,
      version: "1.1",
      headers: this.#given.fields,
    };
    return this.wire.send(head, ...events);
  }

  /** A part of the body, which is counted. */
  part(bytes: Uint8Array): BodyData {
    this.sent(bytes.length);
    return { type: "data", bytes };
  }

  /** Counts bytes of the body. */
  sent(count: number): void {
    this.#count.bodyBytes += count;
  }
}
