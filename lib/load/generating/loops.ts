/**
 * What decides when messages are sent: a closed loop sends when answers come, an open
 * loop at the times of its schedule.
 *
 * @module
 */

import type { Lane } from "../lanes/lane.ts";
import { ClosedPace, OpenPace, type Pace } from "../lanes/pace.ts";
import type { Measurements } from "../measuring/measurements.ts";
import type { LoadPlan } from "../planning/plan.ts";
import { messagesWithin, Schedule } from "./schedule.ts";
import { type Releaser, Scheduler } from "./scheduler.ts";

/** Why nothing more is sent. */
export type LoopEnd = "duration" | "count";

/** Decides when messages are sent. */
export interface Loop {
  /** How many messages were due and not sent, without those of the warm-up. */
  readonly unsent: number;
  /** What decides for one of the connections. */
  paceOf(index: number): Pace;
  /** Begins. */
  start(lanes: readonly Lane[], measurements: Measurements): void;
  /** The time is over. */
  end(nowMs: number): void;
  /** Nothing more is sent. */
  stop(): void;
}

/** What a loop is given. */
export interface LoopParts {
  readonly plan: LoadPlan;
  readonly startMs: number;
  readonly now: () => number;
  /** Called once, when nothing more is to be sent. */
  readonly onEnd: (end: LoopEnd) => void;
}

/** Makes the loop that a plan asks for. */
export function loopOf(parts: LoopParts): Loop {
  const { ratePerS } = parts.plan;
  return ratePerS === undefined
    ? new ClosedLoop(parts)
    : new OpenLoop(parts, ratePerS);
}

class ClosedLoop implements Loop {
  readonly unsent = 0;
  readonly #pace: ClosedPace;
  readonly #onEnd: (end: LoopEnd) => void;

  constructor({ now, onEnd, plan, startMs }: LoopParts) {
    const fromMs = startMs + plan.warmUpMs;
    const endMs = fromMs + plan.durationMs;
    this.#onEnd = onEnd;
    this.#pace = new ClosedPace(fromMs, endMs, plan.count);
    this.#pace.onSpent = () => onEnd(now() >= endMs ? "duration" : "count");
  }

  paceOf(): Pace {
    return this.#pace;
  }

  start(): void {
    // The first messages are sent when the connections begin.
  }

  end(): void {
    this.#onEnd("duration");
  }

  stop(): void {
    // Nothing is under way.
  }
}

// A generator that is so late when the time is over sends no more.
const LATE_MS = 100;
// The lateness of what was never taken up is noted in so many steps.
const LATE_STEPS = 1_000;

class OpenLoop implements Loop, Releaser {
  readonly #schedule: Schedule;
  readonly #scheduler: Scheduler;
  readonly #paces: readonly OpenPace[];
  readonly #endMs: number;
  // The first message behind the warm-up.
  readonly #first: number;
  readonly #endsByTime: boolean;
  readonly #onEnd: () => void;
  #lanes: readonly Lane[] = [];
  #measurements: Measurements | undefined;
  #isStopped = false;

  constructor({ now, onEnd, plan, startMs }: LoopParts, ratePerS: number) {
    const { connections, count, durationMs, warmUpMs } = plan;
    const inTime = messagesWithin(warmUpMs + durationMs, ratePerS);
    this.#first = messagesWithin(warmUpMs, ratePerS);
    const total = Math.min(inTime, this.#first + count);
    const schedule = this.#schedule = new Schedule(startMs, ratePerS, total);
    this.#scheduler = new Scheduler(schedule, this, now);
    this.#endMs = startMs + warmUpMs + durationMs;
    this.#endsByTime = total === inTime;
    this.#onEnd = () => onEnd(this.#endsByTime ? "duration" : "count");
    this.#paces = Array.from(
      { length: connections },
      (_, index) => new OpenPace(schedule, index, connections),
    );
  }

  get unsent(): number {
    const first = this.#first;
    let count = this.#isStopped
      ? this.#schedule.total - Math.max(first, this.#scheduler.count)
      : 0;
    for (const pace of this.#paces) count += pace.backlogFrom(first);
    return count;
  }

  paceOf(index: number): Pace {
    return this.#paces[index]!;
  }

  start(lanes: readonly Lane[], measurements: Measurements): void {
    this.#lanes = lanes;
    this.#measurements = measurements;
    this.#scheduler.start();
  }

  release(first: number, count: number, nowMs: number): void {
    const lanes = this.#lanes;
    for (let n = first; n < first + count; n++) {
      this.#measurements!.late(this.#schedule.timeOf(n), nowMs);
      this.#paces[n % lanes.length]!.release(1);
    }
    const touched = Math.min(count, lanes.length);
    for (let i = 0; i < touched; i++) {
      lanes[(first + i) % lanes.length]!.pump(nowMs);
    }
  }

  released(): void {
    // The last message is sent before the time is over: at half a message a second,
    // up to two seconds. A run that ended with it would measure too high a rate.
    if (!this.#endsByTime) this.#onEnd();
  }

  end(nowMs: number): void {
    const { count } = this.#scheduler;
    const left = this.#schedule.total - count;
    if (left === 0) return this.#onEnd();
    if (this.#isStopped || nowMs < this.#endMs + LATE_MS) return;
    this.#isStopped = true;
    this.#scheduler.stop();
    const step = Math.ceil(left / LATE_STEPS);
    for (let n = 0; n < left; n += step) {
      const dueMs = this.#schedule.timeOf(count + n);
      this.#measurements!.late(dueMs, nowMs, Math.min(step, left - n));
    }
    this.#onEnd();
  }

  stop(): void {
    this.#scheduler.stop();
    for (const pace of this.#paces) pace.stop();
  }
}
