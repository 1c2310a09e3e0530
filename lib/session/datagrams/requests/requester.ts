/**
 * Sends the requests of one socket.
 *
 * @module
 */

import type { Address } from "../../../transport/address.ts";
import type { DatagramSettings } from "../datagram_options.ts";
import type { DatagramSender } from "../datagram_sender.ts";
import type { SocketLifecycle } from "../socket_lifecycle.ts";
import { checkFits, checkSingle, foundWithin } from "../udp_address.ts";
import { PendingRequests, type RequestSocket } from "./pending_requests.ts";
import {
  type DatagramRequestOptions,
  RequestSettings,
} from "./request_options.ts";

/** The parts of the socket that the requests go over. */
export interface RequesterParts<S> {
  readonly lifecycle: SocketLifecycle;
  readonly readAhead: RequestSocket["readAhead"];
  readonly sender: DatagramSender<S>;
  readonly settings: DatagramSettings<unknown, S>;
}

/** Sends requests, and knows those that wait for their replies. */
export class Requester<T, S> {
  /** Where replies go. */
  readonly pending: PendingRequests<T>;
  /** How often a request was sent again. */
  resent = 0;
  readonly #lifecycle: SocketLifecycle;
  readonly #sender: DatagramSender<S>;

  constructor({ lifecycle, readAhead, sender, settings }: RequesterParts<S>) {
    this.#lifecycle = lifecycle;
    this.#sender = sender;
    this.pending = new PendingRequests({
      readAhead,
      onlyTarget: () => sender.onlyTarget,
      resent: (to, attempt, attempts) => {
        this.resent++;
        settings.onEvent?.({ type: "resent", to, attempt, attempts });
      },
    }, settings.time);
  }

  /** Sends a request, as of `DatagramSocket.request`. */
  async request(
    message: S,
    to: string | Address,
    options: DatagramRequestOptions<T>,
  ): Promise<T> {
    const settings = new RequestSettings<T>(options);
    this.#lifecycle.checkOpen();
    settings.signal?.throwIfAborted();
    // A copy: it may be sent again when the caller's own bytes have changed.
    const bytes = this.#sender.encode(message).slice();
    const found = this.#sender.target(to);
    const target = found instanceof Promise
      ? await foundWithin(found, settings.signal)
      : found;
    checkSingle(target);
    checkFits(bytes, target);
    return await this.pending.request(target, settings, () => {
      this.#lifecycle.checkOpen();
      return this.#sender.send(bytes, target);
    });
  }
}
