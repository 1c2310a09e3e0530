/**
 * The faults of whole messages: lost, sent twice, sent in another order.
 *
 * Each message takes one number from the fault's own sequence, struck or not. So what
 * happens to message 100 is decided by its number.
 *
 * @module
 */

import type { Random } from "../../random.ts";
import type { BytesStep, Emit, Stage, Step } from "./step.ts";
import type { Strikes } from "./strikes.ts";

/** Decides about each message by its number. */
abstract class MessageStage implements Stage {
  protected readonly strikes: Strikes;
  readonly #probability: number;
  readonly #random: Random;

  constructor(probability: number, random: Random, strikes: Strikes) {
    this.#probability = probability;
    this.#random = random;
    this.strikes = strikes;
  }

  take(step: Step, emit: Emit): void {
    // What follows a broken framing has no messages.
    if (step.type !== "bytes" || step.number === undefined) {
      return this.pass(step, emit);
    }
    const isDrawn = this.#random() < this.#probability;
    this.message(step, isDrawn && this.strikes.matches(step, emit), emit);
  }

  protected abstract message(
    step: BytesStep,
    isStruck: boolean,
    emit: Emit,
  ): void;

  /** Passes on what is not a message. */
  protected pass(step: Step, emit: Emit): void {
    emit(step);
  }
}

/** `drop:P` */
export class Drop extends MessageStage {
  protected message(step: BytesStep, isStruck: boolean, emit: Emit): void {
    if (isStruck) this.strikes.strike(emit, step);
    else emit(step);
  }
}

/** `duplicate:P` */
export class Duplicate extends MessageStage {
  protected message(step: BytesStep, isStruck: boolean, emit: Emit): void {
    emit(step);
    if (!isStruck) return;
    this.strikes.strike(emit, step);
    emit(step);
  }
}

/**
 * `reorder:P`: a chosen message waits for the one that follows it, and is sent behind
 * it. Two that follow each other are not both chosen: they would be in order again.
 */
export class Reorder extends MessageStage {
  #held: BytesStep | undefined;

  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  flush(emit: Emit): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    emit(held);
  }

  protected message(step: BytesStep, isStruck: boolean, emit: Emit): void {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      emit(step);
      this.strikes.strike(emit, held);
      emit(held);
    } else if (isStruck) this.#held = step;
    else emit(step);
  }

  protected override pass(step: Step, emit: Emit): void {
    if (step.type === "bytes" || step.type === "end") this.flush(emit);
    emit(step);
  }
}
