/**
 * Flips bits.
 *
 * @module
 */

import type { Random } from "../../random.ts";
import { Gaps } from "./draws.ts";
import type { Emit, Stage, Step } from "./step.ts";
import type { Strikes } from "./strikes.ts";

/** `corrupt:P` */
export class Corrupt implements Stage {
  readonly #gaps: Gaps;
  readonly #bits: Random;
  readonly #strikes: Strikes;
  // Bytes that came, which are not those that came into the plan: some were dropped.
  #offset = 0;

  constructor(
    probability: number,
    places: Random,
    bits: Random,
    strikes: Strikes,
  ) {
    this.#gaps = new Gaps(probability, places);
    this.#bits = bits;
    this.#strikes = strikes;
  }

  take(step: Step, emit: Emit): void {
    if (step.type !== "bytes") return emit(step);
    const begin = this.#offset;
    this.#offset += step.bytes.length;
    let bytes: Uint8Array | undefined;
    for (const gaps = this.#gaps; gaps.next < this.#offset; gaps.advance()) {
      const at = gaps.next - begin;
      const bit = Math.floor(this.#bits() * 8);
      if (!this.#strikes.matches(step, emit)) continue;
      bytes ??= step.bytes.slice();
      bytes[at]! ^= 1 << bit;
      this.#strikes.strike(emit, { ...step, offset: step.offset + at });
    }
    emit(bytes === undefined ? step : { ...step, bytes });
  }
}
