/**
 * Whether a fault strikes, and the event of it.
 *
 * @module
 */

import { bounded } from "../../search/bounded_expression.ts";
import { TimeoutError } from "../../errors.ts";
import type { Fault, FaultDirection, FaultEvent } from "../fault.ts";
import { websocketPayload } from "./websocket_payload.ts";
import type { BytesStep, Emit } from "./step.ts";

// A regular expression looks at no more of a message.
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

/** The message that is struck, if there are messages, and the byte. */
type Struck = Pick<BytesStep, "number" | "offset">;

/** Decides for one fault in one direction, and counts. */
export class Strikes {
  readonly #fault: Fault;
  readonly #place: Place;
  #count = 0;
  #isLeftOut = false;
  // A message is searched once, though many of its bytes may be struck.
  #searched: Uint8Array | undefined;
  #isFound = false;

  constructor(fault: Fault, place: Place) {
    this.#fault = fault;
    this.#place = place;
  }

  /** Whether the fault is about some messages only. */
  get isChoosy(): boolean {
    return this.#fault.messages !== undefined || this.#fault.when !== undefined;
  }

  /**
   * Whether it may strike these bytes.
   *
   * @param emit Takes the event that the fault is left out from here on.
   */
  matches(step: BytesStep, emit: Emit): boolean {
    const { number, payload } = step;
    const { messages, times = Infinity, when } = this.#fault;
    if (this.#count >= times || this.#isLeftOut) return false;
    if (!this.isChoosy) return true;
    if (number === undefined) return false;
    if (messages && (number < messages.first || number > messages.last)) {
      return false;
    }
    if (when === undefined) return true;
    if (this.#searched !== payload) {
      this.#searched = payload;
      this.#isFound = this.#search(when, step, emit);
    }
    return this.#isFound;
  }

  #search(when: RegExp, step: BytesStep, emit: Emit): boolean {
    const payload = step.payload!;
    const text = this.#place.isWebSocket === true
      ? websocketPayload(payload, LOOKED_AT_BYTES)
      : payload.subarray(0, LOOKED_AT_BYTES);
    try {
      return bounded(when).test(UTF8.decode(text));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      this.#isLeftOut = true;
      emit({
        type: "strike",
        event: { ...this.#event(step), leftOut: error.reason },
        delayMs: 0,
      });
      return false;
    }
  }

  /** Strikes, once `matches` has said so. */
  strike(
    emit: Emit,
    at: Struck,
    delayMs = 0,
  ): FaultEvent {
    this.#count++;
    const isEnd = this.#fault.name === "reset-after" &&
      this.#place.canReset !== true;
    const event: FaultEvent = {
      ...this.#event(at),
      ...isEnd ? { insteadOfReset: "end" } : {},
    };
    emit({ type: "strike", event, delayMs });
    return event;
  }

  #event({ number, offset }: Struck): FaultEvent {
    const { name, text } = this.#fault;
    const { connection, direction } = this.#place;
    return {
      fault: text,
      name,
      connection,
      direction,
      ...number === undefined ? {} : { message: number },
      offset,
    };
  }
}
