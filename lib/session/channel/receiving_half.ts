/**
 * The receiving half of a channel: reads from the connection into a byte queue.
 *
 * ```text
 *            drain()            all that had begun is taken
 *   open ──────────► draining ──────────────────────────────► discarding
 *    │ │                │  │                                     ▲  │
 *    │ └──── stop() ────┼──┼─────────────────────────────────────┘  │
 *    │                  │  └── read fails ──► lost ─── stop() ───┐  │ end of
 *    ├── read fails ────┼─────────────────────► ▲                ▼  ▼ stream
 *    └── end of stream ─┴──────► finished ────── stop() ──────► over
 *
 *   any but discarding, over ── abort(error) ──► aborted
 * ```
 *
 * - `open`: bytes are wanted.
 * - `draining`: only messages that have begun to arrive are wanted.
 * - `finished`: the peer has finished sending; what is in the queue is wanted.
 * - `lost`: the link is lost; what is in the queue is wanted, then the failure.
 * - `discarding`: nothing is wanted any more, but the peer may still send.
 * - `over`: nothing is wanted and nothing more comes.
 * - `aborted`: what is in the queue is dropped, and the failure is wanted.
 *
 * A read cannot be cancelled without closing the connection. So a caller that
 * stops waiting (a timeout, a signal) leaves the read pending, and the next
 * caller waits for the same one: nothing is lost. An async loop instead of
 * callbacks would cost as much as receiving a small message does.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { Time } from "../../time/time.ts";
import type { Connection } from "../../transport/connection.ts";
import { type RawCalls, rawCalls } from "../../transport/raw_calls.ts";
import { LastLook } from "./last_look.ts";
import type { HalfOwner, Traffic } from "./traffic.ts";

/** What is still wanted, and what still comes. */
export type ReceivingState =
  | "open"
  | "draining"
  | "finished"
  | "lost"
  | "discarding"
  | "over"
  | "aborted";

/** Reads the bytes of one channel. */
export class ReceivingHalf {
  /** The bytes received and not yet taken. */
  readonly queue: ByteQueue = new ByteQueue();
  /** What the link or {@linkcode ReceivingHalf.abort} failed with. */
  failure: unknown;
  /** Whether the peer has finished sending before this side wanted no more. */
  peerFinished = false;
  #state: ReceivingState = "open";
  #connection: Connection;
  #raw: RawCalls | undefined;
  readonly #traffic: Traffic;
  readonly #time: Time;
  readonly #onRead = (count: number | null) => this.#received(count);
  readonly #onFailure = (error: unknown) =>
    this.#raw ? this.#ended(this.#raw.readFailure(error)) : this.#failed(error);
  readonly #owner: HalfOwner;
  // Where the pending read puts its bytes; `undefined` if no read is pending.
  #into: Uint8Array | undefined;
  // Whether bytes came that no caller has waited for.
  #isAhead = false;
  #wait: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  // While it is draining, and more may have arrived than was read.
  #lastLook: LastLook | undefined;
  // Place in the stream after which no message begins any more.
  #lastBegin = Infinity;
  // Time spent waiting for the rest of a message, which one, and whether it has begun.
  #spentMs = 0;
  #mark = 0;
  #isInside = false;

  constructor(
    connection: Connection,
    traffic: Traffic,
    time: Time,
    owner: HalfOwner,
  ) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#time = time;
    this.#owner = owner;
  }

  get state(): ReceivingState {
    return this.#state;
  }

  /** Whether a read is waiting for the peer. */
  get isReading(): boolean {
    return this.#into !== undefined;
  }

  /** Whether that read is ahead of a program that will ask for nothing new. */
  get isLookingLast(): boolean {
    return this.#state === "draining" && this.#wait === undefined;
  }

  /** How long the message that has begun is waited for, in ms; 0 if none has. */
  partialMs(nowMs: number): number {
    if (this.#into === undefined || this.isLookingLast) return 0;
    if (this.queue.length === 0 && !this.#isInside) return 0;
    return this.#spentMs + nowMs - this.#traffic.readMs;
  }

  /**
   * Waits for bytes, the end, a failure, or until nothing more is wanted. It never
   * rejects: look at the queue, then at the state.
   *
   * @param missing How many bytes the message that has begun lacks; 0 if unknown.
   * @param mark Changes with every message that was taken.
   * @param isInside Whether one has begun although the queue may be empty.
   */
  fill(missing = 0, mark = this.queue.offset, isInside = false): Promise<void> {
    this.#isAhead = false;
    this.#isInside = isInside;
    const isLookingLast = this.isLookingLast;
    const wait = this.#wait ??= new Promise((resolve) => this.#wake = resolve);
    // It may find that there is nothing to wait for.
    if (this.#into === undefined) this.#read(missing, mark);
    else if (isLookingLast) this.#awaitLast();
    return wait;
  }

  /**
   * Reads ahead, once at most until the next {@linkcode ReceivingHalf.fill}, so
   * that the loss of the link is noticed while nothing waits for bytes.
   */
  watch(): void {
    if (this.#isAhead || this.#into !== undefined) return;
    if (this.#state === "open") this.#read(0, this.queue.offset);
  }

  /** Lets all callers that wait look again. */
  wake(): void {
    const wake = this.#wake;
    this.#wait = this.#wake = undefined;
    wake?.();
  }

  /** Goes on with another connection; no read may be pending. */
  moveTo(connection: Connection): void {
    this.#connection = connection;
  }

  /** Wants only what has begun to arrive. */
  drain(): void {
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.#lastLook = new LastLook(
      this.#traffic,
      this.#time,
      () => this.#lookedLast(),
    );
    if (this.#into === undefined) this.#read(0, this.#mark);
  }

  /** The peer has finished: the stream ended, or it said so. */
  finish(): void {
    this.#forgetLastLook();
    switch (this.#state) {
      case "open":
      case "draining":
        this.peerFinished = true;
        this.#state = "finished";
        break;
      case "discarding":
        this.#state = "over";
    }
    this.wake();
  }

  /** Wants nothing more; callers that wait look again. */
  stop(): void {
    switch (this.#state) {
      case "open":
      case "draining":
        this.#state = "discarding";
        break;
      case "finished":
      case "lost":
        this.#state = "over";
    }
    this.#forgetLastLook();
    this.wake();
  }

  /** Drops what is here; an end that was reached before stays the end. */
  abort(error: unknown): void {
    const isOver = this.#state === "discarding" || this.#state === "over";
    this.#state = isOver ? "over" : "aborted";
    this.failure = error;
    this.#forgetLastLook();
    this.wake();
  }

  /** Gives the buffer away, which nothing looks at any more; the last call of all. */
  retire(): void {
    if (this.#into === undefined) this.queue.retire();
  }

  #read(missing: number, mark: number): void {
    const { queue } = this;
    switch (this.#state) {
      case "draining":
        if (queue.offset >= this.#lastBegin) return this.stop();
        break;
      case "open":
      case "discarding":
        break;
      default:
        return this.wake();
    }
    if (mark !== this.#mark || (queue.length === 0 && !this.#isInside)) {
      this.#mark = mark;
      this.#spentMs = 0;
    }
    const { clock } = this.#traffic;
    if (clock !== undefined) this.#traffic.readMs = clock.nowMs;
    const into = queue.reserve(missing);
    this.#into = into;
    this.#raw = rawCalls(this.#connection);
    const read = this.#raw?.readRaw(into) ?? this.#connection.read(into);
    read.then(this.#onRead, this.#onFailure);
  }

  /** Waits for the read of the last look, which began before it was asked for. */
  #awaitLast(): void {
    const { clock } = this.#traffic;
    if (clock !== undefined) this.#traffic.readMs = clock.nowMs;
    if (this.queue.offset >= this.#lastBegin) this.stop();
  }

  /** What is here now was here in time; a message that it begins is wanted. */
  #lookedLast(): void {
    this.#lastLook = undefined;
    this.#lastBegin = this.queue.offset + this.queue.length;
    if (this.#wait !== undefined && this.queue.length === 0) this.stop();
  }

  #forgetLastLook(): void {
    this.#lastLook?.clear();
    this.#lastLook = undefined;
  }

  #received(count: number | null): void {
    if (count === null) return this.#ended(this.#raw?.readFailure());
    this.#arrived(count, this.#into!);
    this.wake();
    // The program may be stuck sending to a peer that reads late.
    if (this.#lastLook !== undefined) this.#read(0, this.#mark);
  }

  #arrived(count: number, into: Uint8Array): void {
    const { queue } = this;
    const traffic = this.#traffic;
    this.#into = undefined;
    if (traffic.clock !== undefined) {
      const { nowMs } = traffic.clock;
      const hasBegun = queue.length > 0 || this.#isInside;
      if (hasBegun) this.#spentMs += nowMs - traffic.readMs;
      traffic.readMs = nowMs;
    }
    queue.commit(count);
    traffic.bytesIn += count;
    this.#isAhead = this.#wait === undefined;
    traffic.observer?.received?.(into.subarray(0, count));
  }

  #ended(failure: Error | undefined): void {
    if (failure !== undefined) return this.#failed(failure);
    this.#into = undefined;
    this.finish();
  }

  /** What is here is still taken, then the failure. */
  #failed(error: unknown): void {
    this.#into = undefined;
    this.#forgetLastLook();
    switch (this.#state) {
      case "open":
      case "draining":
        this.failure = error;
        this.#state = "lost";
        break;
      case "discarding":
        this.#state = "over";
    }
    this.wake();
    this.#owner.lost(error);
  }
}
