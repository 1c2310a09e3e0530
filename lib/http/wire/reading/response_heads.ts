/**
 * The heads of responses, as a client reads them.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { type BodyLength, bodyLength, isBodiless } from "../body_length.ts";
import { type ConnectionState, persists } from "../connection_state.ts";
import { type HttpError, malformed } from "../http_error.ts";
import type { Forgiven, HttpReadSettings } from "../http_limits.ts";
import { Allowance } from "./allowance.ts";
import { type Head, HeadReader } from "./head_reader.ts";
import type { MessageHeads, TakenHead } from "./message_heads.ts";
import { checkSwitch } from "./request_rules.ts";
import { parseStatusLine, type StatusLine } from "./start_line.ts";

/** Reads the heads of responses, informational ones too. */
export class ResponseHeads implements MessageHeads {
  text = "";
  // Of the response that comes, or is here.
  allowance: Allowance | undefined;
  forgiven: readonly Forgiven[] = [];
  readonly #state: ConnectionState;
  readonly #settings: HttpReadSettings;
  readonly #reader: HeadReader<StatusLine>;

  constructor(state: ConnectionState, settings: HttpReadSettings) {
    this.#state = state;
    this.#settings = settings;
    this.#reader = new HeadReader(settings, "response", parseStatusLine);
  }

  get begun(): boolean {
    return this.#reader.begun;
  }

  take(queue: ByteQueue): TakenHead | undefined {
    const state = this.#state;
    if (state.own === "idle") {
      if (queue.length === 0) return undefined;
      throw malformed("RFC 9112 9.2", "a response came without a request");
    }
    if (this.allowance === undefined) {
      this.allowance = new Allowance(this.#settings);
      this.forgiven = this.allowance.forgiven;
    }
    const head = this.#reader.read(queue, this.allowance);
    if (head === undefined) return undefined;
    this.text = head.text;
    const { fields: { all: headers }, line } = head;
    if (line.status < 200) {
      this.#gotInformational(head, this.allowance);
      const event = { type: "informational", ...line, headers } as const;
      return { event, length: undefined };
    }
    state.keepAlive &&= persists(head.fields, line.version);
    const isTunnel = state.method === "CONNECT" && line.status < 300;
    if (isTunnel) state.switch();
    return {
      event: { type: "response", ...line, headers },
      length: isTunnel ? undefined : this.#lengthOf(head, this.allowance),
    };
  }

  cutOff(): HttpError {
    return this.#reader.cutOff();
  }

  over(): void {
    this.allowance = undefined;
  }

  forget(): void {
    this.#reader.forget();
  }

  #lengthOf(
    { fields, line }: Head<StatusLine>,
    allowance: Allowance,
  ): BodyLength {
    if (isBodiless(this.#state.method, line.status)) return 0;
    const length = bodyLength(
      fields,
      line.version,
      "close",
      this.#settings.maxBodyBytes,
      (fault) => allowance.forgive(fault),
    );
    if (length === "close") this.#state.keepAlive = false;
    return length;
  }

  #gotInformational(
    { line, text }: Head<StatusLine>,
    allowance: Allowance,
  ): void {
    const { own, request, version } = this.#state;
    allowance.spend(text.length);
    if (line.status !== 101) return;
    checkSwitch(request!, version, own === "done");
    this.#state.switch();
  }
}
