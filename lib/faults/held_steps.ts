/**
 * The steps of one direction that wait for their time, in order.
 *
 * @module
 */

import type { Step } from "./plan/step.ts";

/**
 * How many bytes wait in one direction before its sender waits: as much as a second
 * of delay holds of 8 Mbit/s.
 */
const MOST_HELD_BYTES = 1024 * 1024;

// How many steps wait, as split:1 makes one of each byte.
const MOST_STEPS = 16 * 1024;

// A timer may be late by this much before a bounded rate does not catch up any more.
const CATCH_UP_MS = 50;

/** A step, or the failure of the sender. */
export type HeldStep =
  | Step
  | { readonly type: "failed"; readonly error: unknown };

/** A step with its time. */
interface Held {
  readonly step: HeldStep;
  readonly dueMs: number;
}

/** Steps, each with the time at which it is due. */
export class HeldSteps {
  // From #first on; what departed is taken off in batches, as an array's front is slow.
  #held: Held[] = [];
  #first = 0;
  #bytes = 0;
  #lastDueMs = 0;
  // When the rate lets the next byte leave.
  #freeMs = 0;

  /** Whether more may be held. */
  get hasRoom(): boolean {
    return this.#bytes < MOST_HELD_BYTES &&
      this.#held.length - this.#first < MOST_STEPS;
  }

  /** The step that was held last; `undefined` if none waits. */
  get last(): HeldStep | undefined {
    return this.#held.at(-1)?.step;
  }

  /** When the first one is due; `undefined` if none waits. */
  get dueMs(): number | undefined {
    const next = this.#held[this.#first];
    if (next === undefined) return undefined;
    return next.step.type === "bytes"
      ? Math.max(next.dueMs, this.#freeMs)
      : next.dueMs;
  }

  /** Holds a step. It waits for those before it, whatever its own delay. */
  hold(step: HeldStep, nowMs: number): void {
    const delayMs = "delayMs" in step ? step.delayMs : 0;
    const dueMs = Math.max(this.#lastDueMs, nowMs + delayMs);
    this.#lastDueMs = dueMs;
    this.#held.push({ step, dueMs });
    if (step.type === "bytes") this.#bytes += step.bytes.length;
  }

  /** Takes the first one, which there is; it is due. */
  shift(nowMs: number): HeldStep {
    const { step } = this.#held[this.#first]!;
    this.#first++;
    if (this.#first >= this.#held.length / 2) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    if (step.type === "bytes") {
      this.#bytes -= step.bytes.length;
      this.#occupy(step.bytes.length, step.bytesPerSecond, nowMs);
    }
    return step;
  }

  /** Drops all of them. */
  clear(): void {
    this.#held = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  /** Bounds the rate of what follows. */
  #occupy(bytes: number, bytesPerSecond: number, nowMs: number): void {
    if (bytesPerSecond === Infinity) return;
    const fromMs = nowMs - this.#freeMs < CATCH_UP_MS ? this.#freeMs : nowMs;
    this.#freeMs = fromMs + bytes * 1_000 / bytesPerSecond;
  }
}
