/**
 * What is wrong with a stream: bad frames that are skipped, and the failure that
 * ends it.
 *
 * ```text
 *              refuse, undecided                  unblock
 *   ┌───────┐ ──────────────────► held ───────────────────────┐
 *   │ clear │                                                 │ refuse
 *   │       │ ── refuse, "skip" ──► resync ── frame's end ──► clear
 *   └───────┘ ── refuse, "fail", and fail ──► failed
 * ```
 *
 * - `clear`: a frame begins at the front of the queue, or is read.
 * - `held`: an error about the first bytes waits, while they may be a well-known
 *   greeting, which the error names. Then it is refused again.
 * - `resync`: the end of a bad frame is looked for.
 * - `failed`: the same error is thrown from now on.
 *
 * @module
 */

import { checkOneOf } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { type Hint, ProtocolError } from "../../errors.ts";
import type { BadFrames, CodecOptions, Decoder, Framing } from "../framing.ts";
import { Beginning } from "./beginning.ts";
import { diagnose } from "./diagnosis.ts";
import type { Place } from "./first_bytes.ts";

/** The stream that the faults are of. */
export interface FaultyStream {
  /** How many messages were decoded so far. */
  readonly count: number;
  /** The bytes received and not yet decoded. */
  readonly queue: ReadableQueue;
  /** Where the frame of the last message begins, in bytes. */
  readonly frameOffset: number;
}

/** What is done about faults. */
export interface FaultOptions {
  readonly badFrames?: BadFrames | undefined;
  readonly onBadFrame?: ((error: ProtocolError) => unknown) | undefined;
}

/** The faults of one stream. */
export class Faults {
  /** How many were skipped. */
  count = 0;
  /** Whether the stream has ended. */
  hasEnded = false;
  #state: "clear" | "held" | "resync" | "failed" = "clear";
  // The error that is held, or the one that ended the stream.
  #error: unknown;
  readonly #beginning = new Beginning();
  readonly #stream: FaultyStream;
  readonly #decoder: Decoder;
  readonly #framing: Framing;
  readonly #codec: CodecOptions;
  readonly #skips: boolean;
  readonly #onBadFrame: ((error: ProtocolError) => unknown) | undefined;
  // Of the skipped ones, those that never became a message.
  #frames = 0;

  constructor(
    stream: FaultyStream,
    decoder: Decoder,
    framing: Framing,
    codec: CodecOptions,
    options: FaultOptions,
  ) {
    const badFrames = options.badFrames ?? framing.badFrames ?? "fail";
    checkOneOf("badFrames", badFrames, ["fail", "skip"]);
    this.#stream = stream;
    this.#decoder = decoder;
    this.#framing = framing;
    this.#codec = codec;
    this.#skips = badFrames === "skip";
    this.#onBadFrame = options.onBadFrame;
  }

  /** Whether no frame can be read before {@linkcode Faults.unblock}. */
  get isBlocked(): boolean {
    return this.#state !== "clear";
  }

  /** Whether an error waits until it is known what the stream begins with. */
  get isHeld(): boolean {
    return this.#state === "held";
  }

  /** What the stream looks like, if its first bytes are well known. */
  get hint(): Hint | undefined {
    return this.#beginning.hint(this.#stream.queue, this.hasEnded);
  }

  /** Looks at the stream's first bytes, before a message is taken. */
  noteBeginning(): void {
    this.#beginning.note(this.#stream.queue);
  }

  /**
   * Goes on after a fault, if it can; says whether a frame begins now.
   *
   * @throws {unknown} The failure.
   */
  unblock(): boolean {
    if (this.#state === "held") {
      if (this.#greeting === "undecided") return false;
      if (this.refuse(this.#error)) return false;
    }
    if (this.#state === "failed") throw this.#error;
    if (!this.#decoder.resync!(this.#stream.queue)) return false;
    this.#state = "clear";
    return true;
  }

  /** Skips a bad frame or fails; says whether to pause, as `onBadFrame` asked. */
  refuse(error: unknown): boolean {
    if (error instanceof ProtocolError && this.#greeting === "undecided") {
      this.#state = "held";
      this.#error = error;
    } else if (this.#decoder.resync !== undefined && this.#isSkipped(error)) {
      this.#state = "resync";
      return this.#report(error, this.#placeOf());
    } else {
      this.fail(error);
    }
    return false;
  }

  /**
   * Refuses the message that was taken last because its content is bad.
   *
   * @throws {unknown} The error, unless such messages are skipped.
   */
  refuseMessage(error: unknown, message: Uint8Array): void {
    if (!this.#isSkipped(error)) throw this.fail(error, message);
    this.#report(error, this.#placeOf(message));
  }

  /** Ends the stream; gives the error that is thrown from now on. */
  fail(error: unknown, message?: Uint8Array): unknown {
    this.#state = "failed";
    this.#error = error instanceof ProtocolError
      ? this.#diagnosed(error, this.#placeOf(message))
      : error;
    return this.#error;
  }

  /** Behind a cut-off frame nothing follows. */
  #isSkipped(error: unknown): error is ProtocolError {
    return this.#skips && error instanceof ProtocolError &&
      error.code !== "truncated";
  }

  /** Counts a skipped fault and tells the user, who may ask for a pause. */
  #report(error: ProtocolError, place: Place): boolean {
    const known = this.#diagnosed(error, place);
    this.count++;
    if (place.message === undefined) this.#frames++;
    return this.#onBadFrame?.(known) === "pause";
  }

  #diagnosed(error: ProtocolError, place: Place): ProtocolError {
    const number = place.count + this.#frames;
    return diagnose(error, {
      ...place,
      framing: this.#framing,
      messageNumber: place.message === undefined ? number + 1 : number,
    });
  }

  get #greeting(): ReturnType<Beginning["greeting"]> {
    return this.#beginning.greeting(this.#stream.queue, this.hasEnded);
  }

  #placeOf(message?: Uint8Array): Place {
    const { count, frameOffset, queue } = this.#stream;
    const greeting = this.#greeting;
    return {
      count,
      greeting: greeting === "undecided" ? undefined : greeting,
      streamOffset: message ? frameOffset : queue.offset,
      hasEnded: this.hasEnded,
      message,
      newDecoder: () => this.#framing.decoder(this.#codec),
      queue,
    };
  }
}
