/**
 * The measured time in intervals, from the reports of one or more generators.
 *
 * @module
 */

import type { LoadInterval } from "../summary.ts";
import { Latencies } from "./latencies.ts";
import type { IntervalReport } from "./measurements.ts";

/** An interval that generators still report. */
interface Pending {
  messages: number;
  bytes: number;
  errors: number;
  readonly latency: Latencies;
}

/** Puts intervals one behind the other. */
export class Series {
  readonly #most: number;
  #intervals: LoadInterval[] = [];
  #intervalS: number;
  // How many intervals of the generators are one of the series.
  #factor = 1;
  readonly #pending = new Map<number, Pending>();
  readonly #free: Latencies[] = [];
  // The interval that each generator reported last.
  readonly #reported: number[];

  /**
   * Begins.
   *
   * @param intervalMs How long an interval of the generators is.
   * @param generators How many generators there are.
   * @param most How many intervals there may be, an even number.
   */
  constructor(intervalMs: number, generators: number, most: number) {
    this.#intervalS = intervalMs / 1_000;
    this.#most = most;
    this.#reported = new Array(generators).fill(-1);
  }

  /** The interval that is over last, if one is. */
  get last(): LoadInterval | undefined {
    return this.#intervals.at(-1);
  }

  /** Adds what a generator reports. */
  add(generator: number, report: IntervalReport): void {
    const index = Math.floor(report.index / this.#factor);
    let pending = this.#pending.get(index);
    if (pending === undefined) {
      const latency = this.#free.pop() ?? new Latencies();
      pending = { messages: 0, bytes: 0, errors: 0, latency };
      this.#pending.set(index, pending);
    }
    pending.messages += report.messages;
    pending.bytes += report.bytesIn + report.bytesOut;
    pending.errors += Object.values(report.errors).reduce((a, b) => a + b, 0);
    pending.latency.add(report.latency);
    this.#reported[generator] = report.index;
    this.#settle(Math.min(...this.#reported));
  }

  /** All intervals; nothing more is added. */
  finish(seconds: number): readonly LoadInterval[] {
    this.#settle(Infinity);
    const last = this.last;
    if (last !== undefined && seconds > last.t_s) {
      const length = Math.min(last.seconds, seconds - last.t_s);
      this.#intervals[this.#intervals.length - 1] = {
        ...last,
        seconds: length,
      };
    }
    return this.#intervals;
  }

  /** What came before an interval of the generators is over. */
  #settle(reported: number): void {
    for (;;) {
      const index = Math.min(...this.#pending.keys());
      // Two intervals may have become one meanwhile.
      if (!(index < Math.floor(reported / this.#factor))) return;
      // A generator says nothing of an interval in which nothing happened.
      if (this.#intervals.length < index) {
        this.#push(undefined);
        continue;
      }
      const pending = this.#pending.get(index)!;
      this.#pending.delete(index);
      this.#push(pending);
      this.#release(pending);
    }
  }

  /** Its latencies are used again: they are large. */
  #release({ latency }: Pending): void {
    latency.reset();
    this.#free.push(latency);
  }

  #push(pending: Pending | undefined): void {
    const t_s = this.#intervals.length * this.#intervalS;
    const { bytes = 0, errors = 0, latency, messages = 0 } = pending ?? {};
    this.#intervals.push({
      t_s: rounded(t_s),
      seconds: this.#intervalS,
      messages,
      bytes,
      errors,
      p50_us: latency?.at(50) ?? 0,
      p90_us: latency?.at(90) ?? 0,
      p99_us: latency?.at(99) ?? 0,
      max_us: latency?.max ?? 0,
    });
    if (this.#intervals.length === this.#most) this.#halve();
  }

  /** Makes one of every two: the run takes longer than was planned for. */
  #halve(): void {
    this.#intervalS *= 2;
    this.#factor *= 2;
    const joined: LoadInterval[] = [];
    for (let i = 0; i + 1 < this.#intervals.length; i += 2) {
      joined.push(join(this.#intervals[i]!, this.#intervals[i + 1]!));
    }
    this.#intervals = joined;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [index, part] of pending) {
      const at = Math.floor(index / 2);
      const there = this.#pending.get(at);
      if (there === undefined) {
        this.#pending.set(at, part);
        continue;
      }
      there.messages += part.messages;
      there.bytes += part.bytes;
      there.errors += part.errors;
      there.latency.add(part.latency);
      this.#release(part);
    }
  }
}

/** Their percentiles are gone: the higher of two is at most too high. */
function join(a: LoadInterval, b: LoadInterval): LoadInterval {
  return {
    t_s: a.t_s,
    seconds: a.seconds + b.seconds,
    messages: a.messages + b.messages,
    bytes: a.bytes + b.bytes,
    errors: a.errors + b.errors,
    p50_us: Math.max(a.p50_us, b.p50_us),
    p90_us: Math.max(a.p90_us, b.p90_us),
    p99_us: Math.max(a.p99_us, b.p99_us),
    max_us: Math.max(a.max_us, b.max_us),
  };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
