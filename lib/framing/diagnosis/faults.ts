/**
 * What is wrong with a stream: bad frames that were skipped, and the failure that
 * ended it.
 *
 * ```text
 * "fail"   the first error ends the stream
 * "skip"   an error is reported and the stream goes on, unless it was cut off
 * ```
 *
 * @module
 */

import { checkOneOf } from "../../check.ts";
import { ProtocolError } from "../../errors.ts";
import { diagnose } from "./diagnosis.ts";
import type { Place } from "./first_bytes.ts";
import type { BadFrames, Framing } from "../framing.ts";

/** The faults of one stream. */
export class Faults {
  /** How many were skipped. */
  count = 0;
  /** Whether the stream has failed. */
  failed = false;
  /** The failure, once there is one. */
  failure: unknown;
  readonly #framing: Framing;
  readonly #skips: boolean;
  readonly #onBadFrame: ((error: ProtocolError) => unknown) | undefined;
  // Of the skipped ones, those that never became a message.
  #frames = 0;

  constructor(framing: Framing, options: {
    readonly badFrames?: BadFrames | undefined;
    readonly onBadFrame?: ((error: ProtocolError) => unknown) | undefined;
  }) {
    const badFrames = options.badFrames ?? framing.badFrames ?? "fail";
    checkOneOf("badFrames", badFrames, ["fail", "skip"]);
    this.#framing = framing;
    this.#skips = badFrames === "skip";
    this.#onBadFrame = options.onBadFrame;
  }

  /** Whether an error may be skipped. Behind a cut-off frame nothing follows. */
  skips(error: unknown): error is ProtocolError {
    return this.#skips && error instanceof ProtocolError &&
      error.code !== "truncated";
  }

  /** Counts a skipped fault and tells the user, who may ask for a pause. */
  report(error: ProtocolError, place: Place): boolean {
    const known = this.#diagnosed(error, place);
    this.count++;
    if (place.message === undefined) this.#frames++;
    return this.#onBadFrame?.(known) === "pause";
  }

  /** Ends the stream; gives the error that is thrown from now on. */
  fail(error: unknown, place: Place): unknown {
    this.failed = true;
    this.failure = error instanceof ProtocolError
      ? this.#diagnosed(error, place)
      : error;
    return this.failure;
  }

  #diagnosed(error: ProtocolError, place: Place): ProtocolError {
    const number = place.count + this.#frames;
    return diagnose(error, {
      ...place,
      framing: this.#framing,
      messageNumber: place.message === undefined ? number + 1 : number,
    });
  }
}
