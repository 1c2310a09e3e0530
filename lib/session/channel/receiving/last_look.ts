/**
 * The end of receiving when a conversation is to end: what has arrived is still
 * read, and what arrives later is not.
 *
 * ```text
 *   looking ── 5 looks in a row found no byte ───────────► over
 *      └────── 50 looks, or 16 MiB, since it began ──────► over
 * ```
 *
 * What has arrived lies in the system's buffer and is read within one turn of the
 * event loop or two. The system does not say when its buffer is empty, so a time
 * without a byte has to do. The second transition is for a peer that sends all the
 * time. It would never let us end.
 *
 * Looks are counted, not milliseconds: a busy program looks seldom, and reads
 * between two looks in any case. So a stall of the event loop loses nothing.
 *
 * @module
 */

import type { Time, Timer } from "../../../time/time.ts";
import type { Traffic } from "../traffic.ts";

// Looks are so far apart, in milliseconds.
const LOOK_MS = 2;
// 10 ms without a byte.
const QUIET_LOOKS = 5;
// 100 ms in all: a peer that answers each message at once makes us that late.
const MOST_LOOKS = 50;
// More than the system keeps for a connection: Linux keeps 6 MiB (`tcp_rmem`), and
// as much may wait at the sender.
const MOST_BYTES = 16 * 1024 * 1024;

/** Tells when all that had arrived was read. */
export class LastLook {
  readonly #traffic: Traffic;
  readonly #time: Time;
  readonly #onOver: () => void;
  readonly #bytesBefore: number;
  #bytesSeen: number;
  #looks = 0;
  #quietLooks = 0;
  #timer: Timer;

  /**
   * Begins to look.
   *
   * @param onOver Called once, when it is over.
   */
  constructor(traffic: Traffic, time: Time, onOver: () => void) {
    this.#traffic = traffic;
    this.#time = time;
    this.#onOver = onOver;
    this.#bytesBefore = this.#bytesSeen = traffic.bytesIn;
    this.#lookLater();
  }

  /** Looks no more. */
  clear(): void {
    this.#time.clearTimer(this.#timer);
  }

  #lookLater(): void {
    this.#timer = this.#time.setTimer(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    const { bytesIn } = this.#traffic;
    this.#quietLooks = bytesIn === this.#bytesSeen ? this.#quietLooks + 1 : 0;
    this.#bytesSeen = bytesIn;
    this.#looks++;
    if (
      this.#quietLooks >= QUIET_LOOKS || this.#looks >= MOST_LOOKS ||
      bytesIn - this.#bytesBefore >= MOST_BYTES
    ) this.#onOver();
    else this.#lookLater();
  }
}
