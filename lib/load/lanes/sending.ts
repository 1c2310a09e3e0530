/**
 * What is sent over the connection of a lane, and waits for its answers.
 *
 * @module
 */

import type { Link, OpenLink } from "../links/link.ts";
import type { Measurements } from "../measuring/measurements.ts";
import type { MessageSource } from "../messages/message_source.ts";
import type { LoadErrorKind } from "../summary.ts";
import { Answers } from "./answers.ts";
import type { Pace } from "./pace.ts";
import { Window } from "./window.ts";

// Answers that come in another order keep their places in the window.
const MOST_SPAN = 2;
const LEAST_SPAN = 1_024;

/** What all lanes of a run have in common. */
export interface LaneSettings {
  readonly check: "same" | "count" | "none";
  readonly inFlight: number;
  /** Whether answers come in the order of the messages. */
  readonly isOrdered: boolean;
  /** Whether a connection that ends between two messages is as it should be. */
  readonly mayEnd: boolean;
  readonly timeoutMs: number;
  readonly source: MessageSource;
  readonly open: OpenLink;
  readonly now: () => number;
}

/** Sends over one link after the other, as far as the pace and the window allow. */
export class Sending {
  readonly #settings: LaneSettings;
  readonly #measurements: Measurements;
  readonly #pace: Pace;
  readonly #window = new Window();
  readonly #answers: Answers;
  readonly #onIdle: () => void;
  #link: Link | undefined;
  // Since when the link takes nothing more.
  #fullSinceMs: number | undefined;

  /** @param onIdle Called when nothing waits for an answer any more. */
  constructor(
    settings: LaneSettings,
    measurements: Measurements,
    pace: Pace,
    onIdle: () => void,
  ) {
    this.#settings = settings;
    this.#measurements = measurements;
    this.#pace = pace;
    this.#onIdle = onIdle;
    this.#answers = new Answers(settings, this.#window, measurements);
  }

  /** Whether messages wait for their answers. */
  get isWaiting(): boolean {
    return this.#window.waiting > 0 || this.#fullSinceMs !== undefined;
  }

  /** Whether messages are due that were not sent. */
  get hasBacklog(): boolean {
    return this.#pace.backlog > 0;
  }

  /** Goes on over a link that is open. */
  begin(link: Link): void {
    this.#link = link;
    this.pump(this.#settings.now());
  }

  /**
   * The link is lost, and what waited with it.
   *
   * @param kind What this is counted as; `undefined` if it has ended in order.
   * @param mayEnd Whether that is as it should be while nothing waits.
   */
  lost(kind: LoadErrorKind | undefined, mayEnd: boolean): void {
    this.#link = this.#fullSinceMs = undefined;
    const { waiting } = this.#window;
    const isExpected = kind === undefined && mayEnd;
    if (waiting === 0 && isExpected) return;
    const now = this.#settings.now();
    this.#measurements.failed(kind ?? "ended", now, Math.max(1, waiting));
    while (this.#window.waiting > 0) this.#window.drop();
  }

  /** Sends what may be sent now. */
  pump(nowMs: number): void {
    const link = this.#link;
    if (link === undefined || this.#fullSinceMs !== undefined) return;
    const { check, source } = this.#settings;
    while (!link.isFull) {
      const most = Math.min(source.mostAtOnce, this.#room);
      const count = most === 0 ? 0 : this.#pace.take(most, nowMs);
      if (count === 0) return;
      const messages = source.take(this.#window.next, count);
      if (check === "none") this.#passed(count, nowMs);
      else this.#pushed(count, nowMs);
      const sent = link.send(messages);
      if (link.isFull) this.#waitForRoom(sent, link, nowMs);
    }
  }

  /** Takes answers; they are valid until it returns. */
  answers(batch: readonly Uint8Array[]): void {
    const now = this.#settings.now();
    this.#answers.take(batch, now);
    this.#goOn(now);
  }

  /** Takes note of what is not a right answer to the oldest message. */
  failed(kind: LoadErrorKind): void {
    const now = this.#settings.now();
    if (this.#window.waiting === 0) return this.stray("extra");
    this.#window.drop();
    this.#measurements.failed(kind, now);
    this.#goOn(now);
  }

  /** Takes note of what answers nothing. */
  stray(kind: LoadErrorKind): void {
    this.#measurements.failed(kind, this.#settings.now());
  }

  /**
   * Gives up messages that have waited for too long.
   *
   * @returns Whether the link must be given up: where answers come in order, one that
   * came later would be taken for the next message's.
   */
  sweep(nowMs: number): boolean {
    const { isOrdered, timeoutMs } = this.#settings;
    const window = this.#window;
    const since = nowMs - timeoutMs;
    const isLate = window.waiting > 0 && window.oldestSentMs < since;
    if (isOrdered) return isLate || this.#fullSinceMs! < since;
    if (!isLate) return false;
    while (window.waiting > 0 && window.oldestSentMs < since) {
      window.drop();
      this.#measurements.failed("timeout", nowMs);
    }
    this.#goOn(nowMs);
    return false;
  }

  get #room(): number {
    const { check, inFlight } = this.#settings;
    if (check === "none") return Infinity;
    const { span, waiting } = this.#window;
    const most = Math.max(LEAST_SPAN, MOST_SPAN * inFlight);
    return Math.max(0, Math.min(inFlight - waiting, most - span));
  }

  #passed(count: number, nowMs: number): void {
    this.#window.pass(count);
    let measured = 0;
    for (let i = 0; i < count; i++) {
      measured += this.#measurements.isMeasured(this.#pace.dueOf(nowMs))
        ? 1
        : 0;
    }
    this.#measurements.sent(nowMs, measured, count - measured);
  }

  #pushed(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      this.#window.push(this.#pace.dueOf(nowMs), nowMs);
    }
  }

  #waitForRoom(sent: Promise<void>, link: Link, nowMs: number): void {
    this.#fullSinceMs = nowMs;
    const goOn = () => {
      if (this.#link !== link) return;
      this.#fullSinceMs = undefined;
      this.#goOn(this.#settings.now());
    };
    sent.then(goOn, goOn);
  }

  #goOn(nowMs: number): void {
    this.pump(nowMs);
    if (!this.isWaiting) this.#onIdle();
  }
}
