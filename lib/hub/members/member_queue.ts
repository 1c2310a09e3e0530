/**
 * What waits for one member: parcels that others may share, within a bound.
 *
 * ```text
 *          above half           patience is over
 *   open ─────────────► pressed ────────────────► slow
 *    ▲                     │ senders wait           │ senders go on, and what does
 *    └── below a quarter ──┴────────────────────────┘ not fit is refused
 * ```
 *
 * While a member is `pressed`, its room's senders are not read: so a burst, or a
 * sender that is faster than this machine, costs no member its messages. A member
 * that takes nothing gets no further patience until it has caught up.
 *
 * @module
 */

import {
  channelOf,
  type FramedConnection,
} from "../../session/messages/framed_connection.ts";
import type { Time, Timer } from "../../time/time.ts";
import { reasonFor } from "./notice.ts";
import type { Parcel, Skipped } from "../rooms/parcel.ts";
import type { Outgoing, Sender } from "./outgoing.ts";

// What the channel is given before the system has taken it. The rest waits as
// parcels, which members share.
const SENT_AHEAD_BYTES = 64 * 1024;
// Parcels that were taken are forgotten in steps: moving the rest costs time.
const FORGOTTEN_AT_ONCE = 64;

/** What the queues of a hub have in common. */
export interface QueueSettings {
  /** The most bytes that may wait for a member, and always one parcel. */
  readonly queueBytes: number;
  /** How long senders wait for a member that takes nothing, in milliseconds. */
  readonly patienceMs: number;
  readonly time: Time;
}

/** What a queue reports to. */
export interface QueueOwner {
  /** Senders should wait, or need not wait any more. */
  pressed(isPressed: boolean): void;
  /** What waited has mostly been taken. */
  caughtUp(): void;
  /** Messages cannot be expressed in the member's framing. */
  skipped(skipped: Skipped): void;
}

/** The queue of one member. */
export class MemberQueue implements Sender {
  #state: "open" | "pressed" | "slow" = "open";
  readonly #connection: FramedConnection<Uint8Array>;
  readonly #settings: QueueSettings;
  readonly #owner: QueueOwner;
  readonly #outgoing: Outgoing;
  // The only one of this turn, while nothing else waits: it can be written without a
  // copy.
  #only: Parcel | undefined;
  // Made when something has to wait: idle members have none.
  #parcels: Parcel[] | undefined;
  #first = 0;
  #waiting = 0;
  #pumping: Promise<void> | undefined;
  #patience: Timer;

  constructor(
    connection: FramedConnection<Uint8Array>,
    settings: QueueSettings,
    owner: QueueOwner,
    outgoing: Outgoing,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#owner = owner;
    this.#outgoing = outgoing;
  }

  /** Bytes that wait for this member, those on their way included. */
  get bytes(): number {
    return this.#waiting + this.#connection.bytesWaiting;
  }

  /** Whether senders should wait for this member. */
  get isPressed(): boolean {
    return this.#state === "pressed";
  }

  /**
   * Adds a parcel.
   *
   * @returns Whether there was room for it.
   */
  push(parcel: Parcel): boolean {
    const { patienceMs, queueBytes } = this.#settings;
    const bytes = this.bytes;
    const isOver = bytes > 0 && bytes + parcel.size > queueBytes;
    // With endless patience the senders wait before they say more. But members come
    // and go without waiting, and each time is a notice.
    if (isOver && (patienceMs !== Infinity || parcel.isNotice)) return false;
    const { sending } = channelOf(this.#connection);
    if (sending.state !== "open") return true;
    if (this.#pumping === undefined && bytes < SENT_AHEAD_BYTES) {
      if (bytes === 0 && parcel.frames !== undefined) this.#keep(parcel);
      else this.#send(parcel);
    } else {
      (this.#parcels ??= []).push(parcel);
      this.#waiting += parcel.size;
      this.#pumping ??= this.#pump();
    }
    if (this.#state === "open" && bytes + parcel.size > queueBytes / 2) {
      this.#press();
    }
    return true;
  }

  /** Waits until everything is written. It does not reject. */
  async flushed(): Promise<void> {
    this.#handOver();
    await this.#pumping;
    await channelOf(this.#connection).flushed().catch(() => {});
  }

  /** Drops what waits, and lets senders go on. */
  clear(): void {
    this.#handOver();
    this.#parcels = undefined;
    this.#waiting = this.#first = 0;
    if (this.#state !== "open") this.#relieve();
  }

  /** Writes the only parcel of this turn. */
  write(): void {
    const { count, frames } = this.#takeOnly() ?? {};
    if (frames !== undefined) this.#connection.writeFrames(frames, count!);
  }

  #keep(parcel: Parcel): void {
    this.#only = parcel;
    this.#waiting += parcel.size;
    this.#outgoing.add(this);
  }

  #takeOnly(): Parcel | undefined {
    const only = this.#only;
    if (only === undefined) return undefined;
    this.#only = undefined;
    this.#waiting -= only.size;
    const { sending } = channelOf(this.#connection);
    return sending.state === "open" ? only : undefined;
  }

  /** More comes in this turn, or the end: the channel collects it. */
  #handOver(): void {
    const { count, frames } = this.#takeOnly() ?? {};
    if (frames !== undefined) this.#connection.acceptFrames(frames, count!);
  }

  /** Writes what waits as the member takes it. */
  async #pump(): Promise<void> {
    this.#handOver();
    const { sending } = channelOf(this.#connection);
    try {
      for (;;) {
        if (this.#parcels !== undefined) await sending.room();
        else if (this.#state === "open") break;
        else await sending.flushed();
        const parcel = this.#take();
        if (parcel !== undefined) this.#send(parcel);
        this.#look();
      }
    } catch {
      // The connection is lost, which its reader finds out too.
      this.clear();
    } finally {
      this.#pumping = undefined;
    }
  }

  #take(): Parcel | undefined {
    const parcels = this.#parcels;
    const parcel = parcels?.[this.#first];
    if (parcels === undefined || parcel === undefined) return undefined;
    this.#first++;
    this.#waiting -= parcel.size;
    if (this.#first === parcels.length) {
      this.#parcels = undefined;
      this.#first = 0;
    } else if (this.#first === FORGOTTEN_AT_ONCE) {
      parcels.splice(0, this.#first);
      this.#first = 0;
    }
    return parcel;
  }

  #send({ count, frames, isNotice, messages }: Parcel): void {
    const connection = this.#connection;
    this.#handOver();
    if (frames !== undefined) return connection.acceptFrames(frames, count);
    for (const message of messages) {
      try {
        connection.accept(message);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (isNotice) continue;
        this.#owner.skipped({ count: 1, reason: reasonFor(error) });
      }
    }
  }

  #press(): void {
    const { patienceMs, time } = this.#settings;
    this.#state = "pressed";
    this.#owner.pressed(true);
    this.#patience = time.setTimer(() => {
      this.#state = "slow";
      this.#owner.pressed(false);
    }, patienceMs);
    this.#pumping ??= this.#pump();
  }

  /** Looks whether the member has caught up. */
  #look(): void {
    if (this.#state === "open") return;
    if (this.bytes < this.#settings.queueBytes / 4) this.#relieve();
  }

  #relieve(): void {
    const wasPressed = this.#state === "pressed";
    this.#state = "open";
    this.#settings.time.clearTimer(this.#patience);
    if (wasPressed) this.#owner.pressed(false);
    this.#owner.caughtUp();
  }
}
