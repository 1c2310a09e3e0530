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

  constructor(clock: Clock | undefined) {
    this.clock = clock;
    this.readMs = clock?.nowMs ?? 0;
  }
}
