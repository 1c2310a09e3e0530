/**
 * One of the connections of a run. If it is lost, it is opened again, and the run
 * goes on.
 *
 * ```text
 *             opened          the first answer
 *   opening ──────────► open ──────────────────► answered
 *    ▲ ▲ │               │ lost, ended, timeout     │
 *    │ │ │ refused       ▼                          │
 *    │ │ └──────────► paused                        │
 *    │ └─────────────────┘ after 100 ms to 1 s      │
 *    └──────────────────────────────────────────────┘ at once
 *
 *   any ── end() ──► over
 * ```
 *
 * Once all was sent, a connection that ends stays paused.
 *
 * @module
 */

import { Outage } from "../../time/outage.ts";
import type { Link, LinkEnd, LinkReceiver } from "../links/link.ts";
import type { Measurements } from "../measuring/measurements.ts";
import type { LoadErrorKind } from "../summary.ts";
import type { Pace } from "./pace.ts";
import { type LaneSettings, Sending } from "./sending.ts";

/** One connection, again and again. */
export class Lane implements LinkReceiver {
  readonly #settings: LaneSettings;
  readonly #measurements: Measurements;
  readonly #sending: Sending;
  readonly #onChange: () => void;
  readonly #opening = new AbortController();
  readonly #pausing = new AbortController();
  readonly #outage = new Outage(this.#pausing.signal);
  #state: "opening" | "open" | "answered" | "paused" | "over" = "paused";
  #link: Link | undefined;
  #opened: Promise<void> | undefined;
  // Bytes of earlier links.
  #bytesIn = 0;
  #bytesOut = 0;
  #isFinishing = false;
  // What this side has ended the link for.
  #endKind: LoadErrorKind | undefined;

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
    this.#onChange = onChange;
    this.#sending = new Sending(settings, measurements, pace, onChange);
  }

  get bytesIn(): number {
    return this.#bytesIn + (this.#link?.bytesIn ?? 0);
  }

  get bytesOut(): number {
    return this.#bytesOut + (this.#link?.bytesOut ?? 0);
  }

  /** Whether there is a connection. */
  get isOpen(): boolean {
    return this.#state === "open" || this.#state === "answered";
  }

  /** Whether messages wait for their answers. */
  get isWaiting(): boolean {
    return this.#sending.isWaiting;
  }

  /** Goes on over a connection that is open. */
  begin(link: Link | undefined): void {
    if (link === undefined) this.#pause();
    else this.#run(link);
  }

  /** Nothing more is released: a server that has answered all may end. */
  finish(): void {
    this.#isFinishing = true;
  }

  /** Sends what may be sent now. */
  pump(nowMs: number): void {
    this.#sending.pump(nowMs);
  }

  answers(batch: readonly Uint8Array[]): void {
    if (this.#state === "open") this.#state = "answered";
    this.#sending.answers(batch);
  }

  failed(kind: LoadErrorKind): void {
    this.#sending.failed(kind);
  }

  stray(kind: LoadErrorKind): void {
    this.#sending.stray(kind);
  }

  /** Gives up what was waited for too long. */
  sweep(nowMs: number): void {
    if (!this.#sending.sweep(nowMs)) return;
    this.#endKind = "timeout";
    const hint = this.#link?.waitHint;
    if (hint !== undefined) {
      this.#measurements.explain("timeout", {
        reason: `no answer within ${this.#settings.timeoutMs} ms`,
        advice: hint.text,
      });
    }
    this.#link?.abort();
  }

  /**
   * Ends. In order, it waits for a connection that is being opened, which would be
   * left open otherwise.
   */
  async end(isInOrder: boolean): Promise<void> {
    this.#state = "over";
    this.#pausing.abort();
    if (!isInOrder) this.#opening.abort();
    await this.#opened;
    if (isInOrder) await this.#link?.close();
    this.#link?.abort();
  }

  #run(link: Link): void {
    this.#state = "open";
    this.#link = link;
    link.run(this).then((end) => this.#ended(end));
    this.#sending.begin(link);
  }

  #ended({ error, kind }: LinkEnd): void {
    const link = this.#link!;
    this.#bytesIn += link.bytesIn;
    this.#bytesOut += link.bytesOut;
    this.#link = undefined;
    const endKind = this.#endKind;
    this.#endKind = undefined;
    if (this.#state === "over") return;
    const mayEnd = this.#settings.mayEnd || this.#isFinishing;
    this.#sending.lost(endKind ?? kind, mayEnd);
    // What it ended itself is known.
    if (endKind === undefined) this.#measurements.explain(kind, error);
    const wasAnswered = this.#state === "answered";
    if (wasAnswered) this.#outage.ends();
    if (this.#isFinishing && !this.#sending.hasBacklog) this.#state = "paused";
    else if (wasAnswered) this.#reopen();
    else this.#pause();
    this.#onChange();
  }

  #pause(): void {
    this.#state = "paused";
    this.#outage.begins();
    void this.#outage.pause().then(() => {
      if (this.#state === "paused") this.#reopen();
    });
  }

  #reopen(): void {
    this.#state = "opening";
    this.#opened = this.#settings.open(this.#opening.signal).then(
      (link) => {
        if (this.#state === "over") link.abort();
        else this.#run(link);
      },
      (error) => {
        if (this.#state === "over") return;
        this.#sending.stray("connect");
        this.#measurements.explain("connect", error);
        this.#pause();
      },
    );
  }
}
