/**
 * Ends a direction early.
 *
 * @module
 */

import type { BytesStep, Emit, Stage, Step } from "./step.ts";
import type { Strikes } from "./strikes.ts";

/** How a direction ends early. */
type Ending = "truncate" | "reset-after" | "stall-after";

/**
 * `truncate:N`, `reset-after:N`, `stall-after:N`
 *
 * ```text
 *   waiting ── a message that matches ──► counting ── N have passed ──► over
 *   (message=, when=)                                 (drops all)
 * ```
 */
export class Limit implements Stage {
  readonly #ending: Ending;
  readonly #unit: "bytes" | "messages";
  readonly #strikes: Strikes;
  #left: number;
  #state: "waiting" | "counting" | "over";
  #offset = 0;
  #number: number | undefined;

  constructor(
    ending: Ending,
    after: number,
    unit: "bytes" | "messages",
    strikes: Strikes,
  ) {
    this.#ending = ending;
    this.#left = after;
    this.#unit = unit;
    this.#strikes = strikes;
    this.#state = strikes.isChoosy ? "waiting" : "counting";
  }

  begin(emit: Emit): void {
    if (this.#state === "counting") this.#look(emit);
  }

  take(step: Step, emit: Emit): void {
    if (this.#state === "over") return;
    if (step.type !== "bytes") return emit(step);
    if (this.#state === "waiting" && this.#strikes.matches(step, emit)) {
      this.#state = "counting";
      this.#offset = step.offset;
      this.#number = step.number;
      this.#look(emit);
    }
    if (this.#state === "waiting") return emit(step);
    if (this.#state === "counting") this.#count(step, emit);
  }

  #count(step: BytesStep, emit: Emit): void {
    const { bytes, number } = step;
    const isBytes = this.#unit === "bytes";
    const passed = isBytes ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= isBytes ? passed.length : number === undefined ? 0 : 1;
    this.#offset = step.offset + passed.length;
    this.#number = number;
    emit(passed.length === bytes.length ? step : { ...step, bytes: passed });
    this.#look(emit);
  }

  #look(emit: Emit): void {
    if (this.#left > 0) return;
    this.#state = "over";
    const at = { number: this.#number, offset: this.#offset };
    const event = this.#strikes.strike(emit, at);
    switch (this.#ending) {
      case "truncate":
        return emit({ type: "end", delayMs: 0 });
      case "reset-after":
        return emit({ type: "reset", event });
      case "stall-after":
        return emit({ type: "stall" });
    }
  }
}
