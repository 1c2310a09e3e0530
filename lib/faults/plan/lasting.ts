/**
 * Cuts writes and bounds their rate.
 *
 * @module
 */

import type { BytesStep, Emit, Stage, Step } from "./step.ts";
import type { Strikes } from "./strikes.ts";

/** `split:N` and `rate:SIZE/s`, which strike for as long as the connection lasts. */
abstract class Lasting implements Stage {
  readonly #strikes: Strikes;
  // The message that was struck last; 0 before the first strike without messages.
  #struck: number | undefined;

  constructor(strikes: Strikes) {
    this.#strikes = strikes;
  }

  take(step: Step, emit: Emit): void {
    if (step.type !== "bytes" || !this.#strikes.matches(step, emit)) {
      return emit(step);
    }
    // With message= or when= each message is a strike, otherwise the beginning.
    const struck = this.#strikes.isChoosy ? step.number : 0;
    if (this.#struck !== struck) this.#strikes.strike(emit, step);
    this.#struck = struck;
    this.strike(step, emit);
  }

  protected abstract strike(step: BytesStep, emit: Emit): void;
}

/** `split:N` */
export class Split extends Lasting {
  readonly #size: number;

  constructor(size: number, strikes: Strikes) {
    super(strikes);
    this.#size = size;
  }

  protected strike(step: BytesStep, emit: Emit): void {
    // The cuts of a message are the same wherever it stands, and those of a stream
    // without messages are at fixed places.
    const before = step.number === undefined ? step.offset % this.#size : 0;
    cut(step, this.#size, before, emit);
  }
}

// A write at a bounded rate is as much as may pass in this part of a second, so that
// the bytes come evenly and a timer's 2 ms do not count.
const WRITES_PER_SECOND = 20;

/** `rate:SIZE/s` */
export class Rate extends Lasting {
  readonly #bytesPerSecond: number;

  constructor(bytesPerSecond: number, strikes: Strikes) {
    super(strikes);
    this.#bytesPerSecond = bytesPerSecond;
  }

  protected strike(step: BytesStep, emit: Emit): void {
    const size = Math.ceil(this.#bytesPerSecond / WRITES_PER_SECOND);
    const bytesPerSecond = Math.min(step.bytesPerSecond, this.#bytesPerSecond);
    cut({ ...step, bytesPerSecond }, size, 0, emit);
  }
}

/** Emits bytes in pieces. An empty message, as a datagram may be, is one piece. */
function cut(step: BytesStep, size: number, before: number, emit: Emit): void {
  const { bytes, offset } = step;
  if (bytes.length <= size - before) return emit(step);
  for (let from = 0, to = size - before; from < bytes.length;) {
    emit({ ...step, bytes: bytes.subarray(from, to), offset: offset + from });
    from = to;
    to += size;
  }
}
