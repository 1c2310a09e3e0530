/**
 * The receiving half of a channel: reads from the connection into a byte queue.
 *
 * A read cannot be cancelled without closing the connection. So a caller that
 * stops waiting (a timeout, a signal) leaves the read pending, and the next
 * caller waits for the same one: nothing is lost. An async loop instead of
 * callbacks would cost as much as receiving a small message does.
 *
 * @module
 */

import { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { Time } from "../../../time/time.ts";
import type { Connection } from "../../../transport/connection.ts";
import { type RawCalls, rawCalls } from "../../../transport/raw_calls.ts";
import { Draining } from "./draining.ts";
import {
  isReadable,
  isWanting,
  ON_ABORT,
  ON_END,
  ON_LOSS,
  ON_STOP,
  type ReceivingState,
  type Transitions,
} from "./receiving_state.ts";
import type { HalfOwner, Traffic } from "../traffic.ts";
import { DONE } from "../waiters.ts";

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
  // Of the connection that the pending read is from.
  #raw: RawCalls | undefined;
  readonly #traffic: Traffic;
  readonly #onRead = (count: number | null) => this.#received(count);
  readonly #onFailure = (error: unknown) =>
    this.#raw ? this.#ended(this.#raw.readFailure(error)) : this.#failed(error);
  readonly #owner: HalfOwner;
  // Where the pending read puts its bytes; `undefined` if no read is pending.
  #into: Uint8Array | undefined;
  // Whether bytes came that no caller has waited for.
  #isAhead = false;
  // Whether a message has begun although the queue may be empty.
  #isInside = false;
  // Those that wait for bytes: one by a call, any number by a promise.
  #onWoken: (() => void) | undefined;
  #wait: Promise<void> | undefined;
  #endWait: (() => void) | undefined;
  #draining: Draining | undefined;

  constructor(connection: Connection, traffic: Traffic, owner: HalfOwner) {
    this.#connection = connection;
    this.#traffic = traffic;
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
    return this.#state === "draining" && !this.#isAwaited;
  }

  /** How long the message that has begun is waited for, in ms; 0 if none has. */
  partialMs(nowMs: number): number {
    return this.isReading && !this.isLookingLast && this.#hasBegun
      ? this.#traffic.partialMs(nowMs)
      : 0;
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
    const isLookingLast = this.isLookingLast;
    const wait = this.#wait ??= new Promise((end) => this.#endWait = end);
    this.#want(missing, mark, isInside, isLookingLast);
    return wait;
  }

  /**
   * As {@linkcode ReceivingHalf.fill}, with a call instead of a promise. It is made
   * once, later and never in the middle of anything else.
   */
  fillThen(
    onWoken: () => void,
    missing: number,
    mark: number,
    isInside: boolean,
  ): void {
    // Mostly one loop reads from a connection. A second one can wait longer.
    if (this.#onWoken !== undefined) {
      return void this.fill(missing, mark, isInside).then(onWoken);
    }
    const isLookingLast = this.isLookingLast;
    this.#onWoken = onWoken;
    this.#want(missing, mark, isInside, isLookingLast);
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
    const onWoken = this.#wakePromise();
    // What ends a channel must not call a decoder in the middle of a message.
    if (onWoken !== undefined) void DONE.then(onWoken);
  }

  /** Goes on with another connection; no read may be pending. */
  moveTo(connection: Connection): void {
    this.#connection = connection;
  }

  /** Wants only what has begun to arrive. */
  drain(time: Time): void {
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.#draining = new Draining(this.queue, this.#traffic, time, () => {
      if (this.#isAwaited && this.queue.length === 0) this.stop();
    });
    if (this.#into === undefined) this.#read(0);
  }

  /** The peer has finished: the stream ended, or it said so. */
  finish(): void {
    this.#finish();
    this.wake();
  }

  /** Wants nothing more; callers that wait look again. */
  stop(): void {
    this.#become(ON_STOP);
    this.wake();
  }

  /** Drops what is here; an end that was reached before stays the end. */
  abort(error: unknown): void {
    this.#become(ON_ABORT);
    this.failure = error;
    this.wake();
  }

  /** Gives the buffer away, which nothing looks at any more; the last call of all. */
  retire(): void {
    if (this.#into === undefined) this.queue.retire();
  }

  get #isAwaited(): boolean {
    return this.#onWoken !== undefined || this.#wait !== undefined;
  }

  get #hasBegun(): boolean {
    return this.#isInside || this.queue.length > 0;
  }

  /** Reads for a caller that waits, unless a read is pending already. */
  #want(
    missing: number,
    mark: number,
    isInside: boolean,
    isLookingLast: boolean,
  ): void {
    this.#isAhead = false;
    this.#isInside = isInside;
    // It may find that there is nothing to wait for.
    if (this.#into === undefined) return this.#read(missing, mark);
    if (!isLookingLast) return;
    // The read of the last look began before it was asked for.
    this.#traffic.awaited();
    if (this.#draining!.isOver) this.stop();
  }

  #read(missing: number, mark?: number): void {
    if (!isReadable(this.#state)) return this.wake();
    if (this.#draining?.isOver === true) return this.stop();
    this.#traffic.reads(this.#hasBegun, mark);
    const into = this.#into = this.queue.reserve(missing);
    const raw = this.#raw = rawCalls(this.#connection);
    const read = raw === undefined
      ? this.#connection.read(into)
      : raw.readRaw(into);
    read.then(this.#onRead, this.#onFailure);
  }

  #received(count: number | null): void {
    if (count === null) return this.#ended(this.#raw?.readFailure());
    const into = this.#into!;
    this.#into = undefined;
    const traffic = this.#traffic;
    traffic.received(count, this.#hasBegun);
    this.queue.commit(count);
    this.#isAhead = !this.#isAwaited;
    traffic.observer?.received?.(into.subarray(0, count));
    const onWoken = this.#wakePromise();
    // The program may be stuck sending to a peer that reads late.
    if (this.#draining?.isLooking === true) this.#read(0);
    // Last, as it takes what is here and mostly begins the next read.
    onWoken?.();
  }

  #ended(failure: Error | undefined): void {
    if (failure !== undefined) return this.#failed(failure);
    this.#into = undefined;
    this.#finish();
    this.#wakePromise()?.();
  }

  /** What is here is still taken, then the failure. */
  #failed(error: unknown): void {
    this.#into = undefined;
    if (isWanting(this.#state)) this.failure = error;
    this.#become(ON_LOSS);
    this.wake();
    this.#owner.lost(error);
  }

  #finish(): void {
    if (isWanting(this.#state)) this.peerFinished = true;
    this.#become(ON_END);
  }

  #become(transitions: Transitions): void {
    this.#draining?.clear();
    this.#draining = undefined;
    this.#state = transitions[this.#state] ?? this.#state;
  }

  /** Wakes those that wait by a promise; gives the call that waits. */
  #wakePromise(): (() => void) | undefined {
    const onWoken = this.#onWoken;
    const endWait = this.#endWait;
    this.#onWoken = this.#wait = this.#endWait = undefined;
    endWait?.();
    return onWoken;
  }
}
