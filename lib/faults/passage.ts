/**
 * One direction of a connection with faults: what the plan has decided, held until it
 * is due.
 *
 * ```text
 *   push ─► plan ─► steps, each with its time ─► take
 *                   (above the bound, room() waits)
 *
 *   open ── take() gives an end, a reset or a failure ──► over
 *     │ └── a stall ─► stalled ── 5 min after the end ──► over
 *     └──── close() ────────────────────────────────────► closed
 * ```
 *
 * @module
 */

import { SYSTEM_TIME, type Time, type Timer } from "../time/time.ts";
import type { FaultEvent } from "./fault.ts";
import type { Plan } from "./plan/plan.ts";
import type { Step } from "./plan/step.ts";

/**
 * How many bytes wait in one direction before its sender waits: as much as a second
 * of delay holds of 8 Mbit/s.
 */
const MOST_HELD_BYTES: number = 1024 * 1024;

// How many steps wait, as split:1 makes one of each byte.
const MOST_STEPS = 16 * 1024;

// A message that is to be sent after the next one waits so long for it.
const REORDER_MS = 100;

// A stalled direction ends at last, as every wait is bounded: after the default of the
// server's idle timeout.
const LONGEST_STALL_MS = 5 * 60_000;

// A timer may be late by this much before a bounded rate does not catch up any more.
const CATCH_UP_MS = 50;

/** What is to be done now. */
export type Departure =
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "reset"; readonly event: FaultEvent }
  | { readonly type: "failed"; readonly error: unknown };

/** A step, or the failure of the sender, with its time. */
interface Held {
  readonly step: Step | { readonly type: "failed"; readonly error: unknown };
  readonly dueMs: number;
}

/** What a passage needs besides its plan. */
export interface PassageOptions {
  /** Called with each strike, before what it strikes departs. */
  readonly onStrike: (event: FaultEvent) => void;
  readonly time?: Time | undefined;
}

/** Holds bytes until they are due. One caller pushes, one takes. */
export class Passage {
  readonly #plan: Plan;
  readonly #onStrike: (event: FaultEvent) => void;
  readonly #time: Time;
  // From #first on; what departed is taken off in batches, as an array's front is slow.
  #held: Held[] = [];
  #first = 0;
  #heldBytes = 0;
  #lastDueMs = 0;
  // When the rate lets the next byte leave.
  #freeMs = 0;
  #hasEnded = false;
  #state: "open" | "stalled" | "over" | "closed" = "open";
  #room: PromiseWithResolvers<void> | undefined;
  #taker: PromiseWithResolvers<Departure | undefined> | undefined;
  #timer: Timer;
  #reorderTimer: Timer;
  #stallTimer: Timer;

  constructor(plan: Plan, { onStrike, time = SYSTEM_TIME }: PassageOptions) {
    this.#plan = plan;
    this.#onStrike = onStrike;
    this.#time = time;
    this.#add(plan.begin());
  }

  /** Whether nothing departs any more. */
  get isOver(): boolean {
    return this.#state === "over" || this.#state === "closed";
  }

  get #steps(): number {
    return this.#held.length - this.#first;
  }

  get #hasRoom(): boolean {
    return this.#state !== "open" ||
      (this.#heldBytes < MOST_HELD_BYTES && this.#steps < MOST_STEPS);
  }

  /** Waits until there is room for more. */
  room(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Takes bytes, which the caller does not change any more. */
  push(bytes: Uint8Array): void {
    if (this.#state === "open") this.#add(this.#plan.push(bytes));
  }

  /** Takes the end. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#state === "stalled") this.#endLater();
    else if (this.#state === "open") this.#add(this.#plan.end());
  }

  /** Takes the failure of the sender, which is passed on behind what came before. */
  fail(error: unknown): void {
    if (this.#state === "closed" || this.#state === "over") return;
    // A link that is lost is noticed in a direction that stalls too.
    this.#state = "open";
    this.#add(this.#plan.flush());
    this.#hold({ type: "failed", error });
    this.#advance();
  }

  /**
   * Waits for what is due next.
   *
   * @returns It, or `undefined` once this is closed.
   */
  take(): Promise<Departure | undefined> {
    if (this.#state === "closed") return Promise.resolve(undefined);
    this.#taker ??= Promise.withResolvers();
    const { promise } = this.#taker;
    this.#advance();
    return promise;
  }

  /** Drops what is held. It can be called again. */
  close(): void {
    this.#state = "closed";
    this.#drop();
    for (const timer of [this.#timer, this.#reorderTimer, this.#stallTimer]) {
      this.#time.clearTimer(timer);
    }
    this.#taker?.resolve(undefined);
    this.#taker = undefined;
  }

  #add(steps: readonly Step[]): void {
    for (const step of steps) this.#hold(step);
    this.#time.clearTimer(this.#reorderTimer);
    this.#reorderTimer = this.#plan.isHolding
      ? this.#time.setTimer(() => this.#add(this.#plan.flush()), REORDER_MS)
      : undefined;
    this.#advance();
  }

  #hold(step: Held["step"]): void {
    const delayMs = "delayMs" in step ? step.delayMs : 0;
    // In order, so a step that has no delay waits for those before it.
    const dueMs = Math.max(this.#lastDueMs, this.#time.now() + delayMs);
    this.#lastDueMs = dueMs;
    this.#held.push({ step, dueMs });
    if (step.type === "bytes") this.#heldBytes += step.bytes.length;
  }

  /** Gives the taker what is due, or waits for it. */
  #advance(): void {
    while (this.#taker !== undefined && this.#timer === undefined) {
      const next = this.#held[this.#first];
      if (next === undefined) return;
      const now = this.#time.now();
      const dueMs = next.step.type === "bytes"
        ? Math.max(next.dueMs, this.#freeMs)
        : next.dueMs;
      if (dueMs > now) return this.#advanceAt(dueMs, now);
      this.#shift();
      const departure = this.#depart(next.step, now);
      if (departure === undefined) continue;
      const taker = this.#taker;
      this.#taker = undefined;
      taker.resolve(departure);
    }
  }

  #shift(): void {
    this.#first++;
    if (this.#first < this.#held.length / 2) return;
    this.#held = this.#held.slice(this.#first);
    this.#first = 0;
  }

  #advanceAt(dueMs: number, now: number): void {
    this.#timer = this.#time.setTimer(() => {
      this.#timer = undefined;
      this.#advance();
    }, dueMs - now);
  }

  #depart(step: Held["step"], now: number): Departure | undefined {
    switch (step.type) {
      case "strike":
        this.#onStrike(step.event);
        return undefined;
      case "stall":
        this.#stall();
        return undefined;
      case "bytes":
        this.#leave(step.bytes.length, step.bytesPerSecond, now);
        return { type: "bytes", bytes: step.bytes };
      case "end":
        this.#over();
        return { type: "end" };
      default:
        this.#over();
        return step;
    }
  }

  /** Drops what is held, but not the news of a lost link behind it. */
  #stall(): void {
    const last = this.#held.at(-1)?.step;
    this.#state = "stalled";
    this.#drop();
    if (last?.type === "failed") this.fail(last.error);
    else if (this.#hasEnded) this.#endLater();
  }

  /** Ends a direction that has stalled. */
  #endLater(): void {
    this.#stallTimer = this.#time.setTimer(() => {
      this.#state = "open";
      this.#hold({ type: "end", delayMs: 0 });
      this.#advance();
    }, LONGEST_STALL_MS);
  }

  /** Takes bytes off what is held, and bounds the rate of what follows. */
  #leave(count: number, bytesPerSecond: number, now: number): void {
    this.#heldBytes -= count;
    if (bytesPerSecond < Infinity) {
      const from = now - this.#freeMs < CATCH_UP_MS ? this.#freeMs : now;
      this.#freeMs = from + count * 1_000 / bytesPerSecond;
    }
    if (this.#hasRoom) this.#makeRoom();
  }

  #over(): void {
    this.#state = "over";
    this.#drop();
  }

  #drop(): void {
    this.#held = [];
    this.#first = 0;
    this.#heldBytes = 0;
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
