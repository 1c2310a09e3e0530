/**
 * Questions to peers and the answers to them, over datagrams: each may be lost,
 * come twice, late, or from somebody else.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import { canonicalIp } from "../../transport/ip.ts";
import { Alarm } from "../../time/alarm.ts";
import type { Datagram } from "./datagram_options.ts";
import type { Claimant } from "./datagram_receiver.ts";
import { Question } from "./pending_request.ts";
import type { RequestSettings } from "./request_options.ts";

/** The questions to one peer. */
interface Peer<T> {
  readonly key: string;
  /** Those that were sent; one without `accepts` at most. Not changed in place. */
  open: readonly Question<T>[];
  /** The one without `accepts` whose turn it is. */
  current: Question<T> | undefined;
  /** Those without `accepts` that wait for their turn. */
  readonly line: Question<T>[];
}

const NONE: readonly never[] = [];

/** The requests of one socket that wait for their answers. */
export class Requests<T> implements Claimant<T> {
  readonly #alarm = new Alarm();
  // Those whose turn it is, sent or about to be.
  readonly #begun = new Set<Question<T>>();
  readonly #peers = new Map<string, Peer<T>>();
  readonly #readAhead: (afresh: boolean) => Promise<void> | undefined;
  readonly #onOver = (question: Question<T>, owed: number) =>
    this.#over(question, owed);
  // Whoever asks one peer mostly asks it again.
  #lastAddress: Address | undefined;
  #lastKey = "";
  // Whether an answer may come that no question waits for any more.
  #isOwed = false;
  #closed: unknown;

  /**
   * Creates it without requests.
   *
   * @param readAhead Has everything read as it comes; returns when what had come
   * before was read, `undefined` if it was already. With `afresh` what has come
   * until now is meant, even if it was called before.
   */
  constructor(readAhead: (afresh: boolean) => Promise<void> | undefined) {
    this.#readAhead = readAhead;
  }

  wants(from: Address): boolean {
    // Most sockets never ask: then a datagram costs no look at its address.
    return this.#peers.size > 0 && this.#openTo(from).length > 0;
  }

  offer({ message, from }: Datagram<T>): boolean {
    let plain: Question<T> | undefined;
    for (const question of this.#openTo(from)) {
      if (question.accepts === undefined) {
        plain = question;
        continue;
      }
      try {
        if (!question.accepts(message)) continue;
      } catch (error) {
        question.fail(error);
        continue;
      }
      question.answer(message);
      return true;
    }
    plain?.answer(message);
    return plain !== undefined;
  }

  refused(from: Address, error: unknown): void {
    for (const question of this.#openTo(from)) question.refuse(error);
  }

  /**
   * Asks, again and again, until there is an answer.
   *
   * @param to Whom.
   * @param settings How often, how long.
   * @param send Sends the question.
   * @returns The answer.
   * @throws {TimeoutError} If there is none after the last attempt.
   * @throws {unknown} What sending threw, or the signal's reason.
   */
  ask(
    to: Address,
    settings: RequestSettings<T>,
    send: () => Promise<void>,
  ): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const question = new Question<T>({
      alarm: this.#alarm,
      onOver: this.#onOver,
      send,
      settings,
      to,
    });
    const peer = this.#peerAt(to);
    if (question.accepts !== undefined) this.#begin(question);
    else if (peer.current !== undefined) peer.line.push(question);
    else {
      peer.current = question;
      this.#begin(question);
    }
    return question.answered;
  }

  /**
   * Ends all requests, now and later.
   *
   * @param error What they are thrown.
   */
  close(error: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    const left = [...this.#begun];
    for (const { line } of this.#peers.values()) left.push(...line);
    this.#peers.clear();
    for (const question of left) question.fail(error);
    this.#alarm.clear();
  }

  /** What came before a question was sent is no answer to it. */
  #begin(question: Question<T>): void {
    this.#begun.add(question);
    const isPlain = question.accepts === undefined;
    const caughtUp = this.#readAhead(isPlain && this.#isOwed);
    if (isPlain) this.#isOwed = false;
    if (caughtUp === undefined) this.#open(question);
    else caughtUp.then(() => this.#open(question));
  }

  #open(question: Question<T>): void {
    if (question.isOver) return;
    const peer = this.#peerAt(question.to);
    peer.open = [...peer.open, question];
    question.send();
  }

  #over(question: Question<T>, owed: number): void {
    this.#begun.delete(question);
    if (owed > 0) this.#isOwed = true;
    const peer = this.#peers.get(this.#keyOf(question.to));
    if (peer === undefined) return;
    peer.open = peer.open.filter((other) => other !== question);
    if (peer.current === question) {
      peer.current = peer.line.shift();
      if (peer.current !== undefined) return this.#begin(peer.current);
    } else if (peer.line.includes(question)) {
      peer.line.splice(peer.line.indexOf(question), 1);
    }
    if (peer.current === undefined && peer.open.length === 0) {
      this.#peers.delete(peer.key);
    }
  }

  #openTo(address: Address): readonly Question<T>[] {
    return this.#peers.get(this.#keyOf(address))?.open ?? NONE;
  }

  #peerAt(address: Address): Peer<T> {
    const key = this.#keyOf(address);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = { key, open: [], current: undefined, line: [] };
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
  // The runtime does not tell the zone of a peer.
  const address = hostname.includes(":")
    ? canonicalIp(hostname).replace(/%.*$/, "")
    : hostname;
  return `${address} ${port}`;
}
