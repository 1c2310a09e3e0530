/**
 * The heads of requests, as a server reads them.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { type ConnectionState, persists } from "../connection_state.ts";
import type { HttpError } from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";
import { type Head, HeadReader } from "./head_reader.ts";
import type { MessageHeads, TakenHead } from "./message_heads.ts";
import { type CheckedRequest, checkedRequest } from "./request_rules.ts";
import { parseRequestLine, type RequestLine } from "./start_line.ts";

/** Reads the heads of requests. */
export class RequestHeads implements MessageHeads {
  text = "";
  readonly allowance: undefined;
  // Requests are always read strictly.
  readonly forgiven = [];
  readonly #state: ConnectionState;
  readonly #settings: HttpReadSettings;
  readonly #reader: HeadReader<RequestLine>;
  // The request of the head that comes again and again.
  #known: CheckedRequest | undefined;

  constructor(state: ConnectionState, settings: HttpReadSettings) {
    this.#state = state;
    this.#settings = settings;
    this.#reader = new HeadReader(settings, "request", parseRequestLine);
  }

  get begun(): boolean {
    return this.#reader.begun;
  }

  take(queue: ByteQueue): TakenHead | undefined {
    const head = this.#reader.read(queue);
    if (head === undefined) return undefined;
    const { fields, line: { method, version } } = head;
    const state = this.#state;
    // First of all, so that a refusal is answered in the right way.
    state.method = method;
    state.version = version;
    state.request = fields;
    this.text = head.text;
    state.keepAlive &&= persists(fields, version);
    const checked = this.#known?.head === head
      ? this.#known
      : this.#checked(head);
    state.awaitsContinue = fields.expect !== undefined &&
      checked.length !== 0 && version === "1.1";
    return checked;
  }

  cutOff(): HttpError {
    return this.#reader.cutOff();
  }

  over(): void {}

  forget(): void {
    this.#reader.forget();
    this.#known = undefined;
  }

  /** Checks a head, and notes what that told if the head will come again. */
  #checked(head: Head<RequestLine>): CheckedRequest {
    const checked = checkedRequest(head, this.#settings.maxBodyBytes);
    if (this.#reader.repeated === head) {
      // As its fields are: a program that changes it would change the next one.
      Object.freeze(checked.event);
      this.#known = checked;
    }
    return checked;
  }
}
