/**
 * The requests of one socket that wait for their replies. A datagram may be lost,
 * come twice, late, or from another peer.
 *
 * @module
 */

import type { ConnectionError } from "../../../errors.ts";
import { Alarm } from "../../../time/alarm.ts";
import type { Time } from "../../../time/time.ts";
import type { Address } from "../../../transport/address.ts";
import { canonicalIp } from "../../../transport/ip.ts";
import type { Datagram } from "../datagram_options.ts";
import type { ReplyMatcher } from "../receiving/datagram_receiver.ts";
import { PendingRequest } from "./pending_request.ts";
import type { RequestSettings } from "./request_options.ts";

/** The socket that the requests go over. */
export interface RequestSocket {
  /** As of `DatagramReader.readAhead`. */
  readAhead(afresh: boolean): Promise<void> | undefined;

  /** The one address that the socket has sent to; `undefined` if there are more. */
  onlyTarget(): Address | undefined;

  /** Takes note that a request is sent again. */
  resent(to: Address, attempt: number, attempts: number): void;
}

/** The requests to one peer. */
interface Peer<T> {
  readonly key: string;
  /** Those that were sent; at most one without `accepts`. Not changed in place. */
  sent: readonly PendingRequest<T>[];
  /** The one without `accepts` whose turn it is. */
  current: PendingRequest<T> | undefined;
  /** Those without `accepts` that wait for their turn. */
  readonly waiting: PendingRequest<T>[];
}

const NONE: readonly never[] = [];

/** Finds the request that a datagram is the reply to. */
export class PendingRequests<T> implements ReplyMatcher<T> {
  readonly #alarm: Alarm;
  readonly #pending = new Set<PendingRequest<T>>();
  readonly #peers = new Map<string, Peer<T>>();
  readonly #socket: RequestSocket;
  readonly #onOver = (request: PendingRequest<T>, owed: number) =>
    this.#over(request, owed);
  readonly #onResend = (request: PendingRequest<T>, attempt: number) =>
    this.#socket.resent(request.to, attempt, request.maxAttempts);
  // Most requests go to the peer that the one before went to.
  #lastAddress: Address | undefined;
  #lastKey = "";
  // Whether a reply may come that no request waits for any more.
  #isOwed = false;
  #closed: unknown;

  constructor(socket: RequestSocket, time: Time) {
    this.#alarm = new Alarm(time);
    this.#socket = socket;
  }

  expects(from: Address): boolean {
    // Most sockets send no requests: a datagram costs no look at its address then.
    return this.#peers.size > 0 && this.#sentTo(from).length > 0;
  }

  match({ message, from }: Datagram<T>): boolean {
    let plain: PendingRequest<T> | undefined;
    for (const request of this.#sentTo(from)) {
      const { accepts } = request;
      if (accepts === undefined) {
        plain = request;
        continue;
      }
      try {
        if (!accepts(message)) continue;
      } catch (error) {
        request.fail(error);
        continue;
      }
      request.reply(message);
      return true;
    }
    plain?.reply(message);
    return plain !== undefined;
  }

  refused(from: Address, error: unknown): void {
    for (const request of this.#sentTo(from)) request.refuse(error);
  }

  unreachable(error: ConnectionError): void {
    // The system does not say which datagram it was: only where the socket has
    // sent to a single address there is no doubt.
    const to = this.#socket.onlyTarget();
    if (to === undefined) return;
    for (const request of this.#sentTo(to)) request.unreachable(error);
  }

  /**
   * Sends a request, again and again, until there is a reply.
   *
   * @throws {TimeoutError} If there is none after the last attempt.
   * @throws {unknown} What sending threw, or the signal's reason.
   */
  request(
    to: Address,
    settings: RequestSettings<T>,
    send: () => Promise<void>,
  ): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const request = new PendingRequest<T>({
      alarm: this.#alarm,
      onOver: this.#onOver,
      onResend: this.#onResend,
      send,
      settings,
      to,
    });
    this.#pending.add(request);
    const peer = this.#peerAt(to);
    if (request.accepts !== undefined) this.#start(request);
    else if (peer.current !== undefined) peer.waiting.push(request);
    else {
      peer.current = request;
      this.#start(request);
    }
    return request.replied;
  }

  /** Ends all requests, now and later, with an error. */
  close(error: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#peers.clear();
    for (const request of [...this.#pending]) request.fail(error);
    this.#alarm.clear();
  }

  /** Datagrams that came before a request was sent are not replies to it. */
  #start(request: PendingRequest<T>): void {
    request.start();
    const isPlain = request.accepts === undefined;
    const caughtUp = this.#socket.readAhead(isPlain && this.#isOwed);
    if (isPlain) this.#isOwed = false;
    if (caughtUp === undefined) this.#send(request);
    else caughtUp.then(() => this.#send(request));
  }

  #send(request: PendingRequest<T>): void {
    if (request.state === "over") return;
    const peer = this.#peerAt(request.to);
    peer.sent = [...peer.sent, request];
    request.send();
  }

  #over(request: PendingRequest<T>, owed: number): void {
    this.#pending.delete(request);
    if (owed > 0) this.#isOwed = true;
    const peer = this.#peers.get(this.#keyOf(request.to));
    if (peer === undefined) return;
    peer.sent = peer.sent.filter((other) => other !== request);
    if (peer.current === request) {
      peer.current = peer.waiting.shift();
      if (peer.current !== undefined) return this.#start(peer.current);
    } else if (peer.waiting.includes(request)) {
      peer.waiting.splice(peer.waiting.indexOf(request), 1);
    }
    if (peer.current === undefined && peer.sent.length === 0) {
      this.#peers.delete(peer.key);
    }
  }

  #sentTo(address: Address): readonly PendingRequest<T>[] {
    return this.#peers.get(this.#keyOf(address))?.sent ?? NONE;
  }

  #peerAt(address: Address): Peer<T> {
    const key = this.#keyOf(address);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = { key, sent: [], current: undefined, waiting: [] };
      this.#peers.set(key, peer);
    }
    return peer;
  }

  #keyOf(address: Address): string {
    const last = this.#lastAddress;
    if (last?.port !== address.port || last.hostname !== address.hostname) {
      this.#lastAddress = address;
      this.#lastKey = keyOf(address);
    }
    return this.#lastKey;
  }
}

function keyOf({ hostname, port }: Address): string {
  // The runtime does not give the zone of a peer.
  const address = hostname.includes(":")
    ? canonicalIp(hostname).replace(/%.*$/, "")
    : hostname;
  return `${address} ${port}`;
}
