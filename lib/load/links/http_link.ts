/**
 * A connection of HTTP under load: one request after the other.
 *
 * ```text
 *   idle ── send() ──► asked ── the response is whole ──► idle
 *
 *   any ── close(), abort() ──► over
 * ```
 *
 * @module
 */

import { HttpChannel } from "../../http/channel/http_channel.ts";
import type {
  HeaderField,
  HttpEvent,
  RequestHead,
} from "../../http/wire/events.ts";
import { ChannelSettings } from "../../session/channel/channel_settings.ts";
import {
  openChannel,
  type OpenOptions,
} from "../../session/messages/connect.ts";
import type { Address } from "../../transport/address.ts";
import { type BodyCheck, BodyDigest } from "./body_check.ts";
import { endedBy, type Link, type LinkEnd, type LinkReceiver } from "./link.ts";

// From this status on, the server says that it did not do what was asked.
const FIRST_ERROR = 400;
const DONE = Promise.resolve();
const SETTINGS = new ChannelSettings();
const NOTHING: readonly HeaderField[] = [];

/** The request that is sent again and again. */
export interface LoadRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly HeaderField[];
}

/** Opens a connection. */
export async function openHttpLink(
  address: Address,
  request: LoadRequest,
  check: BodyCheck | undefined,
  maxBodyBytes: number,
  options: OpenOptions,
): Promise<Link> {
  const channel = await openChannel(address, options, SETTINGS);
  const http = new HttpChannel(channel, "client", { maxBodyBytes });
  return new HttpLink(http, request, check);
}

class HttpLink implements Link {
  readonly #http: HttpChannel;
  readonly #request: LoadRequest;
  readonly #check: BodyCheck | undefined;
  readonly #head: RequestHead;
  #status = 0;
  readonly #body: BodyDigest | undefined;
  #state: "idle" | "asked" | "over" = "idle";

  constructor(
    http: HttpChannel,
    request: LoadRequest,
    check: BodyCheck | undefined,
  ) {
    this.#http = http;
    this.#request = request;
    this.#check = check;
    this.#body = check === undefined ? undefined : new BodyDigest();
    const { headers, method, target } = request;
    this.#head = { type: "request", method, target, version: "1.1", headers };
  }

  /** Whether the connection takes no further request: the server closes it, or erred. */
  get isFull(): boolean {
    return !this.#http.http.keepAlive || this.#hasExtra;
  }

  get bytesIn(): number {
    return this.#http.channel.traffic.bytesIn;
  }

  get bytesOut(): number {
    return this.#http.channel.traffic.bytesOut;
  }

  send(messages: Uint8Array[]): Promise<void> {
    const [body] = messages;
    this.#state = "asked";
    const events: HttpEvent[] = [this.#head];
    if (body!.length > 0) {
      const length: HeaderField = ["content-length", `${body!.length}`];
      const { headers } = this.#request;
      events[0] = { ...this.#head, headers: [...headers, length] };
      events.push({ type: "data", bytes: body! });
    }
    events.push({ type: "end", trailers: NOTHING });
    return this.#http.send(...events) ?? DONE;
  }

  async run(to: LinkReceiver): Promise<LinkEnd> {
    const http = this.#http;
    try {
      while (!this.#isOver()) {
        while (!this.#hasExtra) {
          const event = http.next();
          if (event === undefined) break;
          this.#take(event, to);
        }
        if (this.#hasExtra) return { kind: "extra" };
        if (http.http.peerState === "closed" || this.#isEnded) break;
        await http.fill();
      }
      return { kind: undefined };
    } catch (error) {
      return endedBy(error);
    } finally {
      this.abort();
    }
  }

  async close(): Promise<void> {
    this.#state = "over";
    await this.#http.channel.close().catch(() => {});
    this.#http.wake();
  }

  abort(): void {
    this.#state = "over";
    this.#http.channel.abort();
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  get #isEnded(): boolean {
    const { state } = this.#http.channel.receiving;
    return state !== "open" && state !== "draining";
  }

  /** Whether bytes came that no request has asked for. */
  get #hasExtra(): boolean {
    return this.#state === "idle" && this.#http.http.begun;
  }

  get #isSame(): boolean {
    return this.#body === undefined || this.#check!.isSame(this.#body);
  }

  #take(event: HttpEvent, to: LinkReceiver): void {
    switch (event.type) {
      case "response":
        this.#status = event.status;
        this.#body?.reset();
        break;
      case "data":
        this.#body?.add(event.bytes);
        break;
      case "end":
        if (this.#state === "asked") this.#state = "idle";
        if (this.#status >= FIRST_ERROR) to.failed("status");
        else if (this.#isSame) to.answers(ONE);
        else to.failed("wrong");
    }
  }
}

const ONE: readonly Uint8Array[] = [new Uint8Array(0)];
