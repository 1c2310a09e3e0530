/**
 * What went over a channel, and when: the numbers that both halves share.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";

/**
 * Is shown the bytes of both directions.
 *
 * The bytes are valid during the call only: copy what you keep.
 */
export interface ByteObserver {
  /** Called with the bytes of every read, before anything takes them. */
  received?(bytes: Uint8Array): void;

  /** Called with bytes that the system has taken for sending. */
  sent?(bytes: Uint8Array): void;
}

/** What the halves of a channel report to. */
export interface HalfOwner {
  /** A read or a write failed. */
  lost(error: unknown): void;

  /** Too much waits to be written. */
  abort(error: unknown): void;
}

/** The counts and times of one channel. */
export class Traffic {
  /** Bytes received. */
  bytesIn = 0;
  /** Bytes that the system has taken for sending. */
  bytesOut = 0;
  /** How many bytes had been received when bytes were last taken for sending. */
  bytesInAtLastWrite = 0;
  /** When the peer last sent something, or a read began; by the clock. */
  readMs: number;
  /** When bytes were last taken for sending, or a write began; by the clock. */
  writeMs = 0;
  /** Whether the loss of the link was thrown to a caller. */
  told = false;
  /** Is shown all bytes. */
  observer: ByteObserver | undefined;
  readonly clock: Clock | undefined;
  // Which message has begun, and how long its rest was waited for in reads that are
  // over. The time in which the program was busy does not count.
  #mark = 0;
  #spentMs = 0;

  constructor(clock: Clock | undefined) {
    this.clock = clock;
    this.readMs = clock?.nowMs ?? 0;
  }

  /**
   * Notes that a read begins.
   *
   * @param hasBegun Whether it is for the rest of a message.
   * @param mark Which message that is; the same as before by default.
   */
  reads(hasBegun: boolean, mark: number = this.#mark): void {
    if (!hasBegun || mark !== this.#mark) {
      this.#mark = mark;
      this.#spentMs = 0;
    }
    if (this.clock !== undefined) this.readMs = this.clock.nowMs;
  }

  /** Notes that a read has brought bytes; `hasBegun` as for {@linkcode Traffic.reads}. */
  received(count: number, hasBegun: boolean): void {
    this.bytesIn += count;
    if (this.clock === undefined) return;
    const { nowMs } = this.clock;
    if (hasBegun) this.#spentMs += nowMs - this.readMs;
    this.readMs = nowMs;
  }

  /** Notes that a caller waits for a read which began before. */
  awaited(): void {
    if (this.clock !== undefined) this.readMs = this.clock.nowMs;
  }

  /** How long the message that has begun is waited for, during a read. */
  partialMs(nowMs: number): number {
    return this.#spentMs + nowMs - this.readMs;
  }

  /** Notes that a write begins. */
  writes(): void {
    if (this.clock !== undefined) this.writeMs = this.clock.nowMs;
  }

  /** Notes that the system has taken so many of the bytes. */
  sent(count: number, bytes: Uint8Array): void {
    this.bytesOut += count;
    this.bytesInAtLastWrite = this.bytesIn;
    if (this.clock !== undefined) this.writeMs = this.clock.nowMs;
    this.observer?.sent?.(bytes.subarray(0, count));
  }
}
