/**
 * When collected bytes are written: not at every frame, and not late.
 *
 * Every write is a system call, so frames that are appended in one turn of the
 * event loop should leave in one. Nothing tells when a program has appended its
 * last frame of the turn. So the policy looks after every microtask whether more
 * came:
 *
 * ```text
 *             added()              nothing new in 5 looks: flush
 *   idle ─────────────► looking ────────────────────────────────► idle
 *    ▲                     │ new frames in more than 8 looks
 *    │ next turn: flush    ▼
 *    └────────────────  deferred
 *
 *   looking, deferred ── cancel() ──► idle
 *
 *   idle ── added(), and the program sends once per round: flush ──► idle
 * ```
 *
 * A *round* ends when the program turns to reading. One that sent once in each of the
 * last rounds is answering requests, and has nothing to add to its answer.
 *
 * The owner calls {@linkcode FlushPolicy.cancel} when it flushes for a reason of
 * its own: the buffer is full, or the program turns to reading.
 *
 * @module
 */

import {
  NextTurn,
  notOnNextTurn,
  onNextTurn,
  stopIfIdle,
} from "../../time/next_turn.ts";
import { DONE } from "./waiters.ts";

// A loop of `for await` and `await send()` adds a frame every two to three
// microtasks; after this many without a new one the turn has nothing more.
const IDLE_LOOKS = 4;
// Looks that find new frames. So many mean that the frames are not one answer and
// its end, but a loop, and looking at it every microtask would cost half of what
// the loop does. It fills the buffer, turns to reading, or the turn ends.
const BUSY_LOOKS = 8;

// So many rounds with one addition in a row, and the next one is flushed at once. The
// looks take a tenth of what this library does in a round trip, and a program that
// sends twice after all has one write more in this round.
const STEADY_ROUNDS = 16;

/** What is flushed. */
export interface Flushable {
  /** How many bytes were appended since the stream began. */
  readonly position: number;

  /** Begins to write what was appended. */
  flush(): void;
}

/** Decides when to flush. */
export class FlushPolicy {
  /** What the policy is doing. */
  state: "idle" | "looking" | "deferred" = "idle";
  readonly #target: Flushable;
  readonly #look = () => this.#looked();
  // Made when it is needed first: most connections never send in a loop.
  #turn: NextTurn | undefined;
  // A look outlives a cancel; a second one beside it would count double.
  #isQueued = false;
  #idleLooks = 0;
  #busyLooks = 0;
  #seen = 0;
  // Additions in this round, and rounds in a row before it that had one.
  #additions = 0;
  #steadyRounds = 0;

  constructor(target: Flushable) {
    this.#target = target;
  }

  /** Notes that bytes were appended; they are flushed in this turn or the next. */
  added(): void {
    this.noted();
    if (this.state !== "idle") return;
    if (this.#additions === 1 && this.#steadyRounds >= STEADY_ROUNDS) {
      return this.#target.flush();
    }
    this.state = "looking";
    this.#idleLooks = 0;
    this.#busyLooks = 0;
    this.#seen = this.#target.position;
    this.#lookNext();
  }

  /** Notes that bytes were appended, which are flushed without this policy. */
  noted(): void {
    this.#additions++;
  }

  /** Notes that the program turns to reading, where the owner flushes. */
  turned(): void {
    if (this.#additions === 0) return;
    this.#steadyRounds = this.#additions === 1 ? this.#steadyRounds + 1 : 0;
    this.#additions = 0;
  }

  /** Flushes nothing any more until bytes are appended again. */
  cancel(): void {
    if (this.state === "deferred") notOnNextTurn(this.#turn!);
    this.state = "idle";
  }

  /** As {@linkcode FlushPolicy.cancel}, and leaves no timer behind. */
  end(): void {
    this.cancel();
    stopIfIdle();
  }

  #lookNext(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    // Half the price of queueMicrotask(), which the runtime wraps.
    DONE.then(this.#look);
  }

  #looked(): void {
    this.#isQueued = false;
    if (this.state !== "looking") return;
    const { position } = this.#target;
    if (position === this.#seen) {
      this.#idleLooks++;
    } else {
      this.#seen = position;
      this.#idleLooks = 0;
      this.#busyLooks++;
    }
    if (this.#busyLooks > BUSY_LOOKS) {
      this.state = "deferred";
      onNextTurn(this.#turn ??= new NextTurn(() => this.#flush()));
    } else if (this.#idleLooks > IDLE_LOOKS) {
      this.#flush();
    } else {
      this.#lookNext();
    }
  }

  #flush(): void {
    this.state = "idle";
    this.#target.flush();
  }
}
