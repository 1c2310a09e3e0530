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

import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { checkOneOf } from "../check.ts";
import { ProtocolError } from "../errors.ts";
import { diagnose } from "./diagnosis.ts";
import type { BadFrames, Framing } from "./framing.ts";

/** Where in a stream an error is. */
export interface Place {
  /** Messages decoded before it, with the one in question if it was decoded. */
  readonly count: number;
  /** Where the frame begins in the stream, in bytes. */
  readonly streamOffset: number;
  /**
   * The bytes not yet taken, if the stream has ended. Before its end only the
   * decoder knows which bytes its refusal rests on: more of them may be here or
   * not, and the error would depend on the network's cuts.
   */
  readonly rest: ReadableQueue | undefined;
  /** The message, if the frame was good and its content is not. */
  readonly message: Uint8Array | undefined;
}

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
  readonly #onBadFrame: ((error: ProtocolError) => void) | undefined;
  // Of the skipped ones, those that never became a message.
  #frames = 0;

  constructor(framing: Framing, options: {
    readonly badFrames?: BadFrames | undefined;
    readonly onBadFrame?: ((error: ProtocolError) => void) | undefined;
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

  /** Counts a skipped fault and tells the user. */
  report(error: ProtocolError, place: Place): void {
    const known = this.#diagnosed(error, place);
    this.count++;
    if (place.message === undefined) this.#frames++;
    this.#onBadFrame?.(known);
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
    const { count, streamOffset, rest, message } = place;
    const number = count + this.#frames;
    return diagnose(error, {
      framing: this.#framing.toString(),
      messageNumber: message === undefined ? number + 1 : number,
      streamOffset,
      rest,
      message,
    });
  }
}
