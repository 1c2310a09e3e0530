/**
 * The generator of this thread.
 *
 * @module
 */

import { Generator, type GeneratorEnd } from "../generating/generator.ts";
import type { IntervalReport } from "../measuring/measurements.ts";
import type { LoadPlan } from "../planning/plan.ts";
import type { GeneratorHandle } from "./generator_handle.ts";

/** Generates here. */
export class LocalGenerator implements GeneratorHandle {
  readonly #generator: Generator;

  constructor(plan: LoadPlan) {
    this.#generator = new Generator(plan);
  }

  get finished(): Promise<GeneratorEnd> {
    return this.#generator.finished;
  }

  get total(): { readonly messages: number; readonly errors: number } {
    return this.#generator.total;
  }

  open(): Promise<void> {
    return this.#generator.open();
  }

  begin(startMs: number, report: (report: IntervalReport) => void): void {
    this.#generator.begin(startMs - performance.timeOrigin, report);
  }

  stop(): void {
    this.#generator.stop();
  }
}
