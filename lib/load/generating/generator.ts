/**
 * Generates load over its connections, in one thread.
 *
 * ```text
 *   open() ─► ready ── begin() ─► sending ── the end, the count ─► answering ─┐
 *                                    │     50 ms after all are answered:      │
 *                                    └── stop() ──────────────────► over ◄────┘
 * ```
 *
 * @module
 */

import { Lane } from "../lanes/lane.ts";
import type { LaneSettings } from "../lanes/sending.ts";
import type { Link } from "../links/link.ts";
import {
  type ErrorReasons,
  type IntervalReport,
  Measurements,
  type WarmUpCounts,
} from "../measuring/measurements.ts";
import { sourceOf } from "../planning/content.ts";
import type { LoadPlan } from "../planning/plan.ts";
import { SPOKEN } from "../planning/spoken.ts";
import { type Loop, type LoopEnd, loopOf } from "./loops.ts";
import { openLinks } from "./open_links.ts";

const TICK_MS = 100;
// How long messages that were due are still sent when the time is over.
const BACKLOG_MS = 1_000;
// A second answer to the last messages is still heard: one that came earlier was taken
// for an answer to a later message.
const LISTEN_MS = 50;
// A server that still sends is not waited for.
const CLOSE_MS = 1_000;

/** What ended a generator. */
export interface GeneratorEnd {
  readonly endedBy: LoopEnd | "stopped" | "unreachable";
  /** Messages that were due and never sent, without those of the warm-up. */
  readonly unsent: number;
  readonly warmUp: WarmUpCounts;
  readonly reasons: ErrorReasons;
}

/** Sends over some connections and measures. */
export class Generator {
  /** Resolves once it is over; never rejects. */
  readonly finished: Promise<GeneratorEnd>;
  readonly #plan: LoadPlan;
  readonly #settings: LaneSettings;
  readonly #ended = Promise.withResolvers<GeneratorEnd>();
  readonly #opening = new AbortController();
  #state: "ready" | "sending" | "answering" | "over" = "ready";
  #links: (Link | undefined)[] = [];
  #lanes: readonly Lane[] = [];
  #loop!: Loop;
  #measurements!: Measurements;
  #endMs = Infinity;
  #endedBy: LoopEnd = "duration";
  #timer: ReturnType<typeof setInterval> | undefined;
  #listening: ReturnType<typeof setTimeout> | undefined;
  #unreachableSinceMs: number | undefined;

  constructor(plan: LoadPlan) {
    const { check, content, inFlight, seed, timeoutMs } = plan;
    const { comparesItself, isOrdered, mayEnd, opener } = SPOKEN[plan.spoken];
    this.#plan = plan;
    this.finished = this.#ended.promise;
    this.#settings = {
      check: comparesItself ? "count" : check,
      inFlight,
      isOrdered,
      mayEnd,
      timeoutMs,
      source: sourceOf(content, seed),
      open: opener(plan),
      now: () => performance.now(),
    };
  }

  /** Messages and errors that were measured so far. */
  get total(): { readonly messages: number; readonly errors: number } {
    return this.#measurements.total;
  }

  /** Whether it has begun, so that it tells how it ends. */
  get hasBegun(): boolean {
    return this.#state !== "ready";
  }

  /**
   * Opens the connections.
   *
   * @throws {unknown} What the first one failed with, if not one could be opened.
   */
  async open(): Promise<void> {
    const { connections } = this.#plan;
    const { open } = this.#settings;
    // None are open, unless it succeeds.
    this.#links = new Array(connections).fill(undefined);
    this.#links = await openLinks(connections, open, this.#opening.signal);
  }

  /**
   * Begins to send.
   *
   * @param startMs When, by this thread's `performance.now()`.
   * @param report Takes each interval of the measured time.
   */
  begin(startMs: number, report: (report: IntervalReport) => void): void {
    const { durationMs, intervalMs, ratePerS, warmUpMs } = this.#plan;
    const { now } = this.#settings;
    const fromMs = startMs + warmUpMs;
    this.#endMs = fromMs + durationMs;
    this.#state = "sending";
    const measurements = this.#measurements = new Measurements(
      fromMs,
      intervalMs,
      ratePerS !== undefined,
      () => this.#bytes(),
      report,
    );
    const loop = this.#loop = loopOf({
      plan: this.#plan,
      startMs,
      now,
      onEnd: (end) => this.#sentAll(end),
    });
    this.#lanes = this.#links.map((_, index) =>
      new Lane(
        this.#settings,
        measurements,
        loop.paceOf(index),
        () => this.#changed(),
      )
    );
    // Without a warm-up, measuring begins here.
    measurements.tick(now());
    for (const [index, lane] of this.#lanes.entries()) {
      lane.begin(this.#links[index]);
    }
    this.#links = [];
    loop.start(this.#lanes, measurements);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Ends it at once. */
  stop(): void {
    this.#opening.abort();
    if (this.#state !== "ready") return this.#over("stopped");
    for (const link of this.#links) link?.abort();
  }

  #bytes(): { readonly bytesIn: number; readonly bytesOut: number } {
    let bytesIn = 0;
    let bytesOut = 0;
    for (const lane of this.#lanes) {
      bytesIn += lane.bytesIn;
      bytesOut += lane.bytesOut;
    }
    return { bytesIn, bytesOut };
  }

  #sentAll(endedBy: LoopEnd): void {
    if (this.#state !== "sending") return;
    this.#state = "answering";
    this.#endedBy = endedBy;
    this.#endMs = Math.min(this.#endMs, this.#settings.now());
    for (const lane of this.#lanes) lane.finish();
    // What is being sent in this call is still to be added.
    queueMicrotask(() => this.#changed());
  }

  /** Ends it if all was sent and answered, or given up. */
  #changed(): void {
    if (this.#state !== "answering") return;
    const lateMs = this.#settings.now() - this.#endMs;
    if (lateMs < BACKLOG_MS && this.#loop.unsent > 0) return;
    if (this.#lanes.some((lane) => lane.isWaiting)) return;
    if (this.#plan.check === "none") this.#over(this.#endedBy);
    else {
      this.#listening ??= setTimeout(
        () => this.#over(this.#endedBy),
        LISTEN_MS,
      );
    }
  }

  #tick(): void {
    const now = this.#settings.now();
    this.#measurements.tick(now);
    for (const lane of this.#lanes) lane.sweep(now);
    if (this.#state === "answering" && now - this.#endMs >= BACKLOG_MS) {
      this.#loop.stop();
    }
    if (this.#state === "sending" && now >= this.#endMs) this.#loop.end(now);
    this.#changed();
    if (this.#lanes.some((lane) => lane.isOpen)) {
      this.#unreachableSinceMs = undefined;
      return;
    }
    const since = this.#unreachableSinceMs ??= now;
    const { durationMs, timeoutMs } = this.#plan;
    // A run that has an end of its own goes on: the server may be starting again.
    if (durationMs === Infinity && now - since > timeoutMs) {
      this.#over("unreachable");
    }
  }

  #over(endedBy: GeneratorEnd["endedBy"]): void {
    if (this.#state === "over") return;
    this.#state = "over";
    clearInterval(this.#timer);
    clearTimeout(this.#listening);
    this.#loop.stop();
    // Without answers, the last messages may still wait to be written.
    const isWritten = this.#plan.check !== "none";
    if (isWritten) this.#measurements.finish();
    void this.#close(endedBy, isWritten);
  }

  async #close(
    endedBy: GeneratorEnd["endedBy"],
    isWritten: boolean,
  ): Promise<void> {
    const { unsent } = this.#loop;
    const isInOrder = endedBy === "duration" || endedBy === "count";
    const closed = Promise.all(this.#lanes.map((lane) => lane.end(isInOrder)));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
    for (const lane of this.#lanes) void lane.end(false);
    if (!isWritten) this.#measurements.finish();
    const { reasons, warmUp } = this.#measurements;
    this.#ended.resolve({ endedBy, reasons, unsent, warmUp });
  }
}
