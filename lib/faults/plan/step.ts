/**
 * What a plan decides, step by step.
 *
 * @module
 */

import type { FaultEvent } from "../fault.ts";

/** Bytes that are sent, with when. */
export interface BytesStep {
  readonly type: "bytes";
  /** The bytes. They may be shared: copy them to change them. */
  readonly bytes: Uint8Array;
  /** Where they were: bytes since the direction began. */
  readonly offset: number;
  /** How much later than they came, in milliseconds. */
  readonly delayMs: number;
  /** The rate that they are sent at; `Infinity` for no bound. */
  readonly bytesPerSecond: number;
  /** The number of the message that they are, or a part of. */
  readonly number?: number | undefined;
  /** What the message was before anything struck it. */
  readonly payload?: Uint8Array | undefined;
}

/** One step. */
export type Step =
  | BytesStep
  /** A fault strikes what follows. */
  | {
    readonly type: "strike";
    readonly event: FaultEvent;
    readonly delayMs: number;
  }
  /** The connection is reset; nothing follows. */
  | { readonly type: "reset"; readonly event: FaultEvent }
  /** Nothing follows, not even the end. */
  | { readonly type: "stall" }
  /** The end is passed on; nothing follows. */
  | { readonly type: "end"; readonly delayMs: number };

/** Takes the next step. */
export type Emit = (step: Step) => void;

/** One fault in one direction of one connection. */
export interface Stage {
  /** Whether it holds bytes back until others come. */
  readonly isHolding?: boolean;

  /** Begins, before the first byte. */
  begin?(emit: Emit): void;

  /** Takes a step of the stage before, and gives its own. */
  take(step: Step, emit: Emit): void;

  /** Gives what it holds. */
  flush?(emit: Emit): void;
}
