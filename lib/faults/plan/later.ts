/**
 * Passes bytes and ends on later.
 *
 * @module
 */

import type { Random } from "../../random.ts";
import { drawAt } from "./draws.ts";
import type { Emit, Stage, Step } from "./step.ts";
import type { Strikes } from "./strikes.ts";

/** `delay:D,jitter=D` */
export class Delay implements Stage {
  readonly #ms: number;
  readonly #jitterMs: number;
  readonly #random: Random;
  readonly #key: number;
  readonly #strikes: Strikes;

  constructor(ms: number, jitterMs: number, random: Random, strikes: Strikes) {
    this.#ms = ms;
    this.#jitterMs = jitterMs;
    this.#key = random() * 2 ** 32;
    this.#random = random;
    this.#strikes = strikes;
  }

  take(step: Step, emit: Emit): void {
    if (step.type !== "bytes") return emit(step);
    // Without messages by the place, as the network decides how many chunks come.
    const drawn = this.#jitterMs === 0
      ? 0.5
      : step.number === undefined
      ? drawAt(this.#key, step.offset)
      : this.#random();
    if (!this.#strikes.matches(step, emit)) return emit(step);
    const ms = this.#ms + this.#jitterMs * (2 * drawn - 1);
    const delayMs = step.delayMs + ms;
    this.#strikes.strike(emit, step, delayMs);
    emit({ ...step, delayMs });
  }
}

/** `slow-end:D` */
export class SlowEnd implements Stage {
  readonly #ms: number;
  readonly #strikes: Strikes;
  #offset = 0;

  constructor(ms: number, strikes: Strikes) {
    this.#ms = ms;
    this.#strikes = strikes;
  }

  take(step: Step, emit: Emit): void {
    if (step.type === "bytes") this.#offset = step.offset + step.bytes.length;
    if (step.type !== "end") return emit(step);
    const delayMs = step.delayMs + this.#ms;
    this.#strikes.strike(emit, { offset: this.#offset }, step.delayMs);
    emit({ ...step, delayMs });
  }
}
