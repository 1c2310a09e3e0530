/**
 * `--frame auto`: guesses the framing from what passes, and uses it for the
 * connections that are opened then.
 *
 * ```text
 * raw ── a connection is quiet or over, and the guess is likely ──► guessed
 *  └── 64 KiB of it tell nothing: said once, and the next one is looked at
 * ```
 *
 * @module
 */

import {
  type Framing,
  type Guess,
  parseFraming,
  raw,
  SniffBuffer,
  sniffFraming,
} from "../../lib/framing/mod.ts";
import type { RelayDirection, WatchedFramings } from "../../lib/relay/mod.ts";
import type { Log } from "../output/log.ts";
import type { TapView } from "./tap_event.ts";

// Guessing takes a tenth of a second, so not while bytes pass.
const QUIET_MS = 300;

/** The value of `--frame auto`. */
export const AUTO: Framing = {
  boundary: "none",
  decoder: (options) => raw().decoder(options),
  encoder: (options) => raw().encoder(options),
  toString: () => "auto",
};

/** Reads the string of a framing, or `auto`. */
export function parseFramingOrAuto(text: string): Framing {
  return text === "auto" ? AUTO : parseFraming(text);
}

/** Guesses the framing, and gives what is known so far. */
export class GuessedFraming implements TapView, WatchedFramings {
  readonly #given: Partial<WatchedFramings>;
  readonly #log: Log;
  #framing: Framing | undefined;
  // The connection that is looked at, and what it has shown.
  #connection: number | undefined;
  #seen = new SniffBuffer();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasDoubted = false;
  // All that is looked at of this connection was looked at, in vain.
  #isHopeless = false;

  /**
   * Begins without a guess.
   *
   * @param given The framings of directions that are known.
   * @param log For one line with the guess.
   */
  constructor(given: Partial<WatchedFramings>, log: Log) {
    this.#given = given;
    this.#log = log;
  }

  get toServer(): Framing | string {
    return this.#given.toServer ?? this.#framing ?? "raw";
  }

  get toClient(): Framing | string {
    return this.#given.toClient ?? this.#framing ?? "raw";
  }

  wants(): boolean {
    return false;
  }

  chunk(
    connection: number,
    direction: RelayDirection,
    bytes: Uint8Array,
  ): void {
    if (this.#framing !== undefined) return;
    this.#connection ??= connection;
    if (this.#connection !== connection || this.#isHopeless) return;
    this.#seen.push(direction, bytes);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#guess(), QUIET_MS);
  }

  closed({ connection }: { readonly connection: number }): void {
    if (this.#connection !== connection || this.#framing !== undefined) return;
    if (!this.#isHopeless) this.#guess();
    this.#isHopeless = false;
    this.#connection = undefined;
    this.#seen = new SniffBuffer();
  }

  /** Stops guessing. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #guess(): void {
    clearTimeout(this.#timer);
    // A part of a message may be missing; then it is not complete at the next try.
    this.#seen.complete("toServer");
    this.#seen.complete("toClient");
    const [best] = sniffFraming(this.#seen);
    if (best !== undefined && best.sureness !== "not sure") this.#take(best);
    else if (this.#seen.isFull) {
      this.#isHopeless = true;
      if (this.#hasDoubted) return;
      this.#hasDoubted = true;
      this.#log.now(
        { event: "not_guessed" },
        "the framing cannot be guessed from 64 KiB of both directions; choose it with --frame",
      );
    }
  }

  #take({ bits, framing, protocol, sureness }: Guess): void {
    const known = protocol === undefined ? "" : ` (${protocol})`;
    const text = framing === undefined
      ? `this is ${protocol}, for which there is no --frame: reads are shown`
      : `guessed --frame ${framing}${known}, ${sureness}; used from the next connection on`;
    // A protocol without a framing is shown as it is.
    this.#framing = framing === undefined ? raw() : parseFraming(framing);
    this.#log.now(
      { event: "guessed", framing, protocol, sureness, bits: Math.round(bits) },
      text,
    );
  }
}
