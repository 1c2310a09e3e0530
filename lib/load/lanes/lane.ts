/**
 * One of the connections of a run. If it is lost, it is opened again, and the run
 * goes on.
 *
 * ```text
 *             opened                 lost, ended, timeout
 *   opening ──────────► open ─────────────────────────────► paused
 *      ▲ │ refused                                          ▲  │
 *      │ └──────────────────────────────────────────────────┘  │
 *      └────────────── at once, or after 100 ms to 1 s ────────┘
 *
 *   any ── end() ──► over
 * ```
 *
 * @module
 */

import type { Link, LinkEnd, LinkReceiver, OpenLink } from "../links/link.ts";
import { Answers } from "./answers.ts";
import type { Measurements } from "../measuring/measurements.ts";
import type { MessageSource } from "../messages/message_source.ts";
import type { LoadErrorKind } from "../summary.ts";
import type { Pace } from "./pace.ts";
import { Window } from "./window.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
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

/** One connection, again and again. */
export class Lane implements LinkReceiver {
  readonly #settings: LaneSettings;
  readonly #measurements: Measurements;
  readonly #pace: Pace;
  readonly #window = new Window();
  readonly #answers: Answers;
  readonly #onChange: () => void;
  readonly #end = new AbortController();
  #state: "opening" | "open" | "paused" | "over" = "paused";
  #link: Link | undefined;
  #opening: Promise<void> | undefined;
  // Bytes of earlier links.
  #bytesIn = 0;
  #bytesOut = 0;
  #isFinishing = false;
  #fullSinceMs: number | undefined;
  #endKind: LoadErrorKind | undefined;
  #wasAnswered = false;
  #pauses = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins, without a connection.
   *
   * @param onChange Called when nothing waits for an answer any more, and when the
   * connection is lost.
   */
  constructor(
    settings: LaneSettings,
    measurements: Measurements,
    pace: Pace,
    onChange: () => void,
  ) {
    this.#settings = settings;
    this.#measurements = measurements;
    this.#pace = pace;
    this.#onChange = onChange;
    this.#answers = new Answers(settings, this.#window, measurements);
  }

  get bytesIn(): number {
    return this.#bytesIn + (this.#link?.bytesIn ?? 0);
  }

  get bytesOut(): number {
    return this.#bytesOut + (this.#link?.bytesOut ?? 0);
  }

  /** Whether there is a connection. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Whether messages wait for their answers. */
  get isWaiting(): boolean {
    return this.#window.waiting > 0 || this.#fullSinceMs !== undefined;
  }

  /** Goes on over a connection that is open. */
  begin(link: Link | undefined): void {
    if (link === undefined) this.#pause();
    else this.#opened(link);
  }

  /** Nothing more is released: a server that has answered all may end. */
  finish(): void {
    this.#isFinishing = true;
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

  answers(batch: readonly Uint8Array[]): void {
    this.#wasAnswered = true;
    const now = this.#settings.now();
    this.#answers.take(batch, now);
    this.#goOn(now);
  }

  failed(kind: LoadErrorKind): void {
    const now = this.#settings.now();
    if (this.#window.waiting === 0) return this.stray("extra");
    this.#window.drop();
    this.#measurements.failed(kind, now);
    this.#goOn(now);
  }

  stray(kind: LoadErrorKind): void {
    this.#measurements.failed(kind, this.#settings.now());
  }

  /** Gives up what was waited for too long. */
  sweep(nowMs: number): void {
    const { isOrdered, timeoutMs } = this.#settings;
    const window = this.#window;
    const since = nowMs - timeoutMs;
    if (isOrdered) {
      const isLate = window.waiting > 0 && window.oldestSentMs < since;
      if (!isLate && !(this.#fullSinceMs! < since)) return;
      this.#endKind = "timeout";
      this.#link?.abort();
      return;
    }
    if (window.waiting === 0 || window.oldestSentMs >= since) return;
    while (window.waiting > 0 && window.oldestSentMs < since) {
      window.drop();
      this.#measurements.failed("timeout", nowMs);
    }
    this.#goOn(nowMs);
  }

  /**
   * Ends. In order, it waits for a connection that is being opened, which would be
   * left open otherwise.
   */
  async end(isInOrder: boolean): Promise<void> {
    this.#state = "over";
    clearTimeout(this.#timer);
    if (!isInOrder) this.#end.abort();
    await this.#opening;
    if (isInOrder) await this.#link?.close();
    this.#link?.abort();
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
    if (!this.isWaiting) this.#onChange();
  }

  #opened(link: Link): void {
    this.#state = "open";
    this.#link = link;
    this.#wasAnswered = false;
    link.run(this).then((end) => this.#ended(end));
    this.pump(this.#settings.now());
  }

  #ended({ error, kind }: LinkEnd): void {
    const link = this.#link!;
    this.#bytesIn += link.bytesIn;
    this.#bytesOut += link.bytesOut;
    this.#link = this.#fullSinceMs = undefined;
    if (this.#state === "over") return;
    this.#countLost(this.#endKind ?? kind);
    // What it ended itself is known.
    if (this.#endKind === undefined) this.#measurements.explain(kind, error);
    this.#endKind = undefined;
    if (this.#wasAnswered) this.#pauses = 0;
    if (this.#isFinishing && this.#pace.backlog === 0) this.#state = "paused";
    else if (this.#wasAnswered) this.#reopen();
    else this.#pause();
    this.#onChange();
  }

  #countLost(kind: LoadErrorKind | undefined): void {
    const window = this.#window;
    const now = this.#settings.now();
    const mayEnd = this.#settings.mayEnd || this.#isFinishing;
    const isExpected = kind === undefined && mayEnd;
    if (window.waiting === 0 && !isExpected) this.stray(kind ?? "ended");
    if (window.waiting === 0) return;
    this.#measurements.failed(kind ?? "ended", now, window.waiting);
    while (window.waiting > 0) window.drop();
  }

  #pause(): void {
    this.#state = "paused";
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses++, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#reopen(), ms);
  }

  #reopen(): void {
    this.#state = "opening";
    this.#opening = this.#settings.open(this.#end.signal).then(
      (link) => {
        if (this.#state === "over") link.abort();
        else this.#opened(link);
      },
      (error) => {
        if (this.#state === "over") return;
        this.stray("connect");
        this.#measurements.explain("connect", error);
        this.#pause();
      },
    );
  }
}
