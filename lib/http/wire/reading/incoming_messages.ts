/**
 * The peer's direction: bytes in, events out.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { ConnectionState } from "../connection_state.ts";
import type { HttpEvent } from "../events.ts";
import { type HttpError, truncated } from "../http_error.ts";
import type { Forgiven, HttpReadSettings } from "../http_limits.ts";
import type { BodyReader } from "./body_parts.ts";
import { bodyReader } from "./body_reader.ts";
import { compact } from "./compact.ts";
import type { MessageHeads } from "./message_heads.ts";
import { RequestHeads } from "./request_heads.ts";
import { ResponseHeads } from "./response_heads.ts";

const NOTHING = new Uint8Array(0);

/** Reads the messages of one direction. */
export class IncomingMessages {
  /** Whether a part of a body was given that is a view of the queue's buffer. */
  lends = false;
  /** Bytes of the last message's body; `undefined` if only its end tells. */
  bodyBytes: number | undefined = 0;
  readonly #state: ConnectionState;
  readonly #settings: HttpReadSettings;
  readonly #queue: ByteQueue;
  readonly #heads: MessageHeads;
  // How the stream has ended, if it has.
  #end: "announced" | "cut off" | undefined;
  #failure: HttpError | undefined;
  #body: BodyReader | undefined;

  /**
   * Begins at the first byte of a stream.
   *
   * @param state What is shared with the other direction.
   */
  constructor(
    state: ConnectionState,
    settings: HttpReadSettings,
    queue: ByteQueue,
  ) {
    this.#state = state;
    this.#queue = queue;
    this.#settings = settings;
    this.#heads = state.role === "server"
      ? new RequestHeads(state, settings)
      : new ResponseHeads(state, settings);
  }

  /** The last head as it came, a character for each byte. */
  get headText(): string {
    return this.#heads.text;
  }

  /**
   * Faults that were accepted in the message whose head came last; grows until
   * its end.
   */
  get forgiven(): readonly Forgiven[] {
    return this.#heads.forgiven;
  }

  /** Whether bytes are here that were not given as events. */
  get hasBytes(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether a part of a head has arrived, and the rest has not. */
  get begun(): boolean {
    return this.#state.peer === "idle" && (this.hasBytes || this.#heads.begun);
  }

  /** Whether more bytes, or the end, are what it takes to go on. */
  get needsBytes(): boolean {
    if (this.#end !== undefined) return false;
    const { peer } = this.#state;
    return peer === "idle" || peer === "body";
  }

  /**
   * There will be no more.
   *
   * @param announced Whether the peer said so itself.
   */
  receiveEnd(announced: boolean): void {
    this.#end = announced ? "announced" : "cut off";
  }

  /**
   * Gives the next event.
   *
   * @returns The event, or `undefined` if none is here yet.
   * @throws {HttpError} If the peer broke HTTP, on this and every later call.
   */
  next(): HttpEvent | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const state = this.#state;
    try {
      if (state.peer === "body") return this.#nextOfBody();
      if (state.peer !== "idle") return undefined;
      return this.#nextHead();
    } catch (error) {
      this.#failure = error as HttpError;
      state.peer = "failed";
      state.keepAlive = false;
      state.settle();
      throw error;
    }
  }

  /**
   * Takes what was not given as events.
   *
   * @returns The bytes; a view or a copy.
   */
  takeRest(): Uint8Array {
    const count = this.#queue.gather();
    return count === 0 ? NOTHING : this.#queue.take(count);
  }

  /** Drops what is known of heads before. */
  forgetHeads(): void {
    this.#heads.forget();
  }

  #nextHead(): HttpEvent | undefined {
    const head = this.#heads.take(this.#queue);
    if (head === undefined) return this.#noHead();
    const { event, length } = head;
    if (length !== undefined) {
      this.bodyBytes = typeof length === "number" ? length : undefined;
      const { allowance } = this.#heads;
      this.#body = bodyReader(length, this.#settings, allowance);
      this.#state.peer = "body";
    }
    return event;
  }

  /** There is no whole head: a matter of waiting, or the end. */
  #noHead(): undefined {
    if (this.#end === undefined) return undefined;
    const state = this.#state;
    if (this.begun) throw this.#heads.cutOff();
    if (state.role === "client" && state.own !== "idle") {
      throw truncated("before a response to the request came");
    }
    state.peer = "closed";
    state.keepAlive = false;
    if (state.own === "idle") state.own = "closed";
    return undefined;
  }

  #nextOfBody(): HttpEvent | undefined {
    let event: HttpEvent | undefined = this.#body!.next(this.#queue);
    if (event === undefined) {
      if (this.#end === undefined) return undefined;
      event = this.#body!.end(this.#end === "announced");
    }
    this.#state.awaitsContinue = false;
    if (event.type === "data") {
      const bytes = compact(event.bytes);
      if (bytes !== event.bytes) return { type: "data", bytes };
      this.lends = true;
    } else if (event.type === "end") {
      this.#heads.over();
      this.#state.peer = "done";
      this.#state.settle();
    }
    return event;
  }
}
