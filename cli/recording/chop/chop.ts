/**
 * Plays an exchange whole, then once for every cut, and finds the cuts that change the
 * answer.
 *
 * ```text
 *   whole, twice ── no answer, or none that fits ──► exit 124, 8 or 7
 *        │ └─────── differs from itself ───────────► exit 1
 *        ▼
 *   every cut, several at once ── a connection fails, also after some tries ─► stopped
 *        └── all are tried ──► done
 * ```
 *
 * @module
 */

import { pause } from "../../../lib/core.ts";
import { type Connection, ConnectionError } from "../../../mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Ignored } from "../exchange/ignore.ts";
import type { OpenTarget } from "../../client/connection/target.ts";
import { type Difference, differenceOf } from "./compare.ts";
import { type Cut, cutsOf } from "./cuts.ts";
import {
  exchange,
  type ExchangeOptions,
  type Outcome,
  type Wanted,
} from "./exchange.ts";
import type { BadCut } from "./report.ts";

/** How it is done. */
export interface ChopOptions extends ExchangeOptions {
  readonly open: OpenTarget;
  readonly connections: number;
  readonly ignored: readonly Ignored[];
  readonly inThree: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called after every cut. */
  readonly onProgress: (tried: number, bad: number) => void;
}

/** What came of it. */
export interface Chopped {
  readonly tried: number;
  /** The cuts that change the answer, in order. */
  readonly bad: readonly BadCut[];
  /** Why not every cut was tried. */
  readonly stopped: unknown;
}

// A server that answers and then ends does so within this time. It is waited for twice.
const LOOK_WHOLE_MS = 200;
const LOOK_MS = 10;

// More would not be read, and a request may have millions of positions.
const MOST_BAD = 10_000;
const MOST_KEPT_BYTES = 64 * 1024;

// A server that accepts slowly refuses for a moment.
const TRIES = 5;
const FIRST_PAUSE_MS = 50;

/**
 * Tries every cut.
 *
 * @throws {Failure} If the whole exchange has no answer, or one that changes by itself
 * or does not fit the framing.
 * @throws {unknown} If the first connection cannot be opened, or the reason of the
 * signal.
 */
export async function chop(options: ChopOptions): Promise<Chopped> {
  const whole = await wholeAnswer(options);
  return await new Chopping(whole, wantedAfter(whole, options), options).run();
}

/** What answers the whole request, the same twice. */
async function wholeAnswer(options: ChopOptions): Promise<Outcome> {
  const { ignored, request, timeoutMs } = options;
  const unknown = { count: request.expected, ends: false };
  const exchanged = async (wanted: Omit<Wanted, "lookMs">) => {
    const looking = { ...wanted, lookMs: LOOK_WHOLE_MS };
    return settled(await once([], looking, options), options);
  };
  let whole = await exchanged(unknown);
  for (let tries = 1;; tries++) {
    const again = await exchanged(wantedAfter(whole, options));
    const change = differenceOf(whole, again, ignored, timeoutMs);
    if (change === undefined) return whole;
    // On a busy machine an end may come after the first look, and hardly twice.
    if (change.got !== undefined || tries === 2) {
      throw new Failure(
        EXIT.failed,
        `the answer changes by itself: ${change.text}; leave out what changes with --ignore`,
      );
    }
    whole = again;
  }
}

/**
 * An outcome of the whole request. Fewer answers than expected are what there is.
 *
 * @throws {Failure} If there is none at all, or what comes does not fit the framing.
 */
function settled(outcome: Outcome, options: ChopOptions): Outcome {
  const { request, timeoutMs } = options;
  const { end } = outcome;
  if (end === "broken") {
    throw new Failure(
      EXIT.framing,
      `the answer to the whole request does not fit ${request.answerFraming}; choose another --frame-to-client`,
    );
  }
  if (countOf(outcome, options) > 0 || request.expected === 0) {
    return end === "timeout" ? { ...outcome, end: "open" } : outcome;
  }
  throw end === "timeout"
    ? new Failure(
      EXIT.timeout,
      `there is no answer to the whole request within ${
        formatDuration(timeoutMs)
      }; check --frame, or allow more with --timeout`,
    )
    : new Failure(
      EXIT.lost,
      `the server ${
        end === "reset" ? "resets" : "ends"
      } the connection without an answer to the whole request; check --frame`,
    );
}

/** How many messages, or without framing bytes, an outcome has. */
function countOf({ answers }: Outcome, { request }: ChopOptions): number {
  return request.answerFraming === undefined
    ? answers[0]!.length
    : answers.length;
}

function wantedAfter(outcome: Outcome, options: ChopOptions): Wanted {
  return {
    count: countOf(outcome, options),
    ends: outcome.end === "end" || outcome.end === "reset",
    lookMs: LOOK_MS,
  };
}

/** Makes one exchange, if the signal allows. */
async function once(
  cut: Cut,
  wanted: Wanted,
  options: ChopOptions,
): Promise<Outcome> {
  const { open, signal } = options;
  signal.throwIfAborted();
  const connection = await open();
  const close = () => connection.abort();
  signal.addEventListener("abort", close);
  try {
    const outcome = await exchange(connection, cut, wanted, options);
    signal.throwIfAborted();
    return outcome;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/** Several cuts at once. */
class Chopping {
  readonly #whole: Outcome;
  readonly #wanted: Wanted;
  readonly #options: ChopOptions;
  readonly #cuts: Iterator<Cut>;
  readonly #bad: BadCut[] = [];
  #tried = 0;
  #stopped: unknown;

  constructor(whole: Outcome, wanted: Wanted, options: ChopOptions) {
    this.#whole = whole;
    this.#wanted = wanted;
    this.#options = { ...options, open: () => openAgain(options) };
    this.#cuts = cutsOf(options.request, options.inThree);
  }

  async run(): Promise<Chopped> {
    const { connections, signal } = this.#options;
    await Promise.all(Array.from({ length: connections }, () => this.#work()));
    signal.throwIfAborted();
    const bad = this.#bad.sort((a, b) =>
      a.cut[0]! - b.cut[0]! || (a.cut[1] ?? 0) - (b.cut[1] ?? 0)
    );
    return { tried: this.#tried, bad, stopped: this.#stopped };
  }

  async #work(): Promise<void> {
    const { onProgress, signal } = this.#options;
    try {
      for (;;) {
        if (this.#stopped !== undefined || signal.aborted) return;
        const { done, value: cut } = this.#cuts.next();
        if (done === true) return;
        const difference = await this.#try(cut);
        this.#tried++;
        if (difference !== undefined) this.#found(cut, difference);
        onProgress(this.#tried, this.#bad.length);
      }
    } catch (error) {
      this.#stopped ??= error;
    }
  }

  #found(cut: Cut, difference: Difference): void {
    // Not the whole of a large answer, for each of many cuts.
    const got = difference.got?.slice(0, MOST_KEPT_BYTES);
    this.#bad.push({ cut, difference: { ...difference, got } });
    if (this.#bad.length < MOST_BAD) return;
    this.#stopped ??= new Failure(
      EXIT.failed,
      `${MOST_BAD} cuts change the answer; the others were not tried`,
    );
  }

  async #try(cut: Cut): Promise<Difference | undefined> {
    const options = this.#options;
    const compared = async () =>
      differenceOf(
        this.#whole,
        await once(cut, this.#wanted, options),
        options.ignored,
        options.timeoutMs,
      );
    const found = await compared();
    // A machine that is busy may answer late once, and hardly twice.
    const isLate = found !== undefined && found.got === undefined;
    return isLate ? await compared() : found;
  }
}

/** Connects to a server that was there before. */
async function openAgain({ open, signal }: ChopOptions): Promise<Connection> {
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS;; tries++, pauseMs *= 2) {
    try {
      return await open();
    } catch (error) {
      const mayPass = error instanceof ConnectionError && tries < TRIES;
      if (!mayPass || signal.aborted) throw error;
      await pause(pauseMs, signal);
    }
  }
}
