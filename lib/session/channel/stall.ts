/**
 * A limit on waiting for a peer that begins anew with every byte.
 *
 * A fixed time would cut a slow peer that reads all the time, and would be long
 * for one that is gone.
 *
 * @module
 */

import type { Time, Timer } from "../../time/time.ts";
import type { Traffic } from "./traffic.ts";

// A byte that came is noticed at the next look, so a quiet time is never cut short
// and lasts a fifth longer at most.
const LOOKS = 5;

/** How long a peer is waited for. */
export interface StallLimits {
  /** Longest time in milliseconds without a byte in either direction. */
  readonly quietMs: number;
  /** Longest time in milliseconds in all. */
  readonly totalMs: number;
}

/** Watches whether bytes still come or go. */
export class Stall {
  readonly #traffic: Traffic;
  readonly #time: Time;
  readonly #onOver: (isQuiet: boolean) => void;
  readonly #begunMs: number;
  #limits: StallLimits = { quietMs: Infinity, totalMs: Infinity };
  #progress: number;
  #progressMs: number;
  #timer: Timer;

  /**
   * Begins to count; {@linkcode Stall.limit} sets the limits.
   *
   * @param onOver Called once when time is over, with whether it was quiet for too
   * long rather than too long in all.
   */
  constructor(
    traffic: Traffic,
    time: Time,
    onOver: (isQuiet: boolean) => void,
  ) {
    this.#traffic = traffic;
    this.#time = time;
    this.#onOver = onOver;
    this.#begunMs = this.#progressMs = time.now();
    this.#progress = traffic.bytesIn + traffic.bytesOut;
  }

  /** Goes on with these limits. */
  limit(limits: StallLimits): void {
    this.#limits = limits;
    this.#look();
  }

  /** Stops watching. */
  clear(): void {
    this.#time.clearTimer(this.#timer);
  }

  #look(): void {
    const now = this.#time.now();
    const progress = this.#traffic.bytesIn + this.#traffic.bytesOut;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressMs = now;
    }
    const { quietMs, totalMs } = this.#limits;
    const quietLeftMs = this.#progressMs + quietMs - now;
    const leftMs = Math.min(quietLeftMs, this.#begunMs + totalMs - now);
    this.clear();
    // A timer may fire a fraction of a millisecond early.
    if (leftMs <= 0) this.#onOver(quietLeftMs <= 0);
    else {
      const nextMs = Math.min(leftMs, quietMs / LOOKS);
      this.#timer = this.#time.setTimer(() => this.#look(), nextMs);
    }
  }
}
