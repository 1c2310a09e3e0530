/**
 * One direction of a connection with faults: what the plan has decided, held until it
 * is due.
 *
 * ```text
 *   push ─► plan ─► steps, each with its time ─► take
 *                   (above the bound, room() waits)
 *
 *   open ── end(), fail() ──► ending ── take() gives the end, a reset, a failure ──► over
 *     │ a stall         a stall │  ▲
 *     ▼                         ▼  │ 5 min, or fail()
 *   stalled ── end() ─► ended in a stall
 *
 *   any ── close() ──► closed
 * ```
 *
 * A truncation or a reset leads from open to over, too: its step is an end that the
 * plan gives by itself.
 *
 * @module
 */

import { SYSTEM_TIME, type Time, type Timer } from "../time/time.ts";
import type { FaultEvent } from "./fault.ts";
import { type HeldStep, HeldSteps } from "./held_steps.ts";
import type { Plan } from "./plan/plan.ts";
import type { Step } from "./plan/step.ts";

// A message that is to be sent after the next one waits so long for it.
const REORDER_MS = 100;

// A stalled direction ends at last, as every wait is bounded: after the default of the
// server's idle timeout.
const LONGEST_STALL_MS = 5 * 60_000;

/** What is to be done now. */
export type Departure =
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "reset"; readonly event: FaultEvent }
  | { readonly type: "failed"; readonly error: unknown };

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
  readonly #held = new HeldSteps();
  #state:
    | "open"
    | "ending"
    | "stalled"
    | "ended in a stall"
    | "over"
    | "closed" = "open";
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

  get #hasRoom(): boolean {
    return this.#state !== "open" || this.#held.hasRoom;
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
    switch (this.#state) {
      case "open":
        this.#state = "ending";
        return this.#add(this.#plan.end());
      case "stalled":
        return this.#endLater();
    }
  }

  /** Takes the failure of the sender, which is passed on behind what came before. */
  fail(error: unknown): void {
    if (this.isOver) return;
    // A link that is lost is noticed in a direction that stalls too.
    this.#state = "ending";
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

  #hold(step: HeldStep): void {
    this.#held.hold(step, this.#time.now());
  }

  /** Gives the taker what is due, or waits for it. */
  #advance(): void {
    while (this.#taker !== undefined && this.#timer === undefined) {
      const { dueMs } = this.#held;
      if (dueMs === undefined) return;
      const now = this.#time.now();
      if (dueMs > now) return this.#advanceAt(dueMs, now);
      const departure = this.#depart(this.#held.shift(now));
      if (departure === undefined) continue;
      const taker = this.#taker;
      this.#taker = undefined;
      taker.resolve(departure);
    }
  }

  #advanceAt(dueMs: number, now: number): void {
    this.#timer = this.#time.setTimer(() => {
      this.#timer = undefined;
      this.#advance();
    }, dueMs - now);
  }

  #depart(step: HeldStep): Departure | undefined {
    switch (step.type) {
      case "strike":
        this.#onStrike(step.event);
        return undefined;
      case "stall":
        this.#stall();
        return undefined;
      case "bytes":
        if (this.#hasRoom) this.#makeRoom();
        return { type: "bytes", bytes: step.bytes };
      case "end":
        this.#over();
        return { type: "end" };
      case "reset":
      case "failed":
        this.#over();
        return step;
    }
  }

  /** Drops what is held, but not the news of a lost link behind it. */
  #stall(): void {
    const { last } = this.#held;
    const wasEnding = this.#state === "ending";
    this.#state = "stalled";
    this.#drop();
    if (last?.type === "failed") this.fail(last.error);
    else if (wasEnding) this.#endLater();
  }

  /** Ends a direction that has stalled. */
  #endLater(): void {
    this.#state = "ended in a stall";
    this.#stallTimer = this.#time.setTimer(() => {
      this.#state = "ending";
      this.#hold({ type: "end", delayMs: 0 });
      this.#advance();
    }, LONGEST_STALL_MS);
  }

  #over(): void {
    this.#state = "over";
    this.#drop();
  }

  #drop(): void {
    this.#held.clear();
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
