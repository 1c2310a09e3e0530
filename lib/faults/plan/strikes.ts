/**
 * Whether a fault strikes, and the event of it.
 *
 * @module
 */

import type { Fault, FaultDirection, FaultEvent } from "../fault.ts";
import { websocketPayload } from "./websocket_payload.ts";
import type { BytesStep, Emit } from "./step.ts";

// A regular expression looks at no more of a message. A library cannot choose the
// engine that is fast on all of them, so what it reads is bounded.
const LOOKED_AT_BYTES = 64 * 1024;

const UTF8 = new TextDecoder();

/** Where a fault is at work. */
export interface Place {
  /** The connection's number. */
  readonly connection: number;
  readonly direction: FaultDirection;
  /** Whether the connection can really be reset. */
  readonly canReset?: boolean | undefined;
  /** Whether messages are frames of WebSocket, whose text may be masked. */
  readonly isWebSocket?: boolean | undefined;
}

/** Decides for one fault in one direction, and counts. */
export class Strikes {
  readonly #fault: Fault;
  readonly #place: Place;
  #count = 0;

  constructor(fault: Fault, place: Place) {
    this.#fault = fault;
    this.#place = place;
  }

  /** Whether the fault is about some messages only. */
  get isChoosy(): boolean {
    return this.#fault.messages !== undefined || this.#fault.when !== undefined;
  }

  /** Whether it may strike these bytes. */
  matches({ number, payload }: BytesStep): boolean {
    const { messages, times = Infinity, when } = this.#fault;
    if (this.#count >= times) return false;
    if (!this.isChoosy) return true;
    if (number === undefined) return false;
    if (messages && (number < messages.first || number > messages.last)) {
      return false;
    }
    if (when === undefined) return true;
    // An expression of a program may be global: then each search begins at the front.
    when.lastIndex = 0;
    const text = this.#place.isWebSocket === true
      ? websocketPayload(payload!, LOOKED_AT_BYTES)
      : payload!.subarray(0, LOOKED_AT_BYTES);
    return when.test(UTF8.decode(text));
  }

  /** Strikes, once `matches` has said so. */
  strike(
    emit: Emit,
    at: { readonly number?: number | undefined; readonly offset: number },
    delayMs = 0,
  ): FaultEvent {
    this.#count++;
    const { name, text } = this.#fault;
    const { canReset, connection, direction } = this.#place;
    const event: FaultEvent = {
      fault: text,
      name,
      connection,
      direction,
      ...at.number === undefined ? {} : { message: at.number },
      offset: at.offset,
      ...name === "reset-after" && canReset !== true
        ? { insteadOfReset: "end" }
        : {},
    };
    emit({ type: "strike", event, delayMs });
    return event;
  }
}
