/**
 * Times of messages, counted in a histogram: 3 significant digits from 1 us to an hour.
 *
 * @module
 */

import * as histogramModule from "hdr-histogram-js/dist/Float64Histogram.js";
import type { LatencyFigures } from "../summary.ts";

/** What is used of the package's class. */
interface Histogram {
  readonly countsArrayLength: number;
  readonly stdDeviation: number;
  readonly totalCount: number;
  add(other: Histogram): void;
  getCountAtIndex(index: number): number;
  getValueAtPercentile(percentile: number): number;
  recordValueWithCount(value: number, count: number): void;
  reset(): void;
  valueFromIndex(index: number): number;
}

type HistogramClass = new (
  lowest: number,
  highest: number,
  digits: number,
) => Histogram;

// The file is CommonJS. Its `default` is the class, or one level further down, by
// what loads it.
const { default: loaded } = histogramModule as unknown as {
  default: HistogramClass | { default: HistogramClass };
};
// Counts of 32 bits would overflow after an hour at 1.2 million messages per second.
const Histogram = "default" in loaded ? loaded.default : loaded;

const LONGEST_US = 3_600_000_000;
const DIGITS = 3;

/** The values in a form that another thread takes. */
export interface LatencyCounts {
  /** The values, each followed by its count. */
  readonly pairs: Float64Array;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** A collection of times in microseconds. */
export class Latencies {
  /** The longest, exactly. */
  max = 0;
  /** The shortest, exactly; `Infinity` if there are no values. */
  min = Infinity;
  #sum = 0;
  readonly #histogram: Histogram = new Histogram(1, LONGEST_US, DIGITS);

  /** How many there are. */
  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Adds a time as often as it was measured. */
  record(us: number, count: number): void {
    const value = us < LONGEST_US ? Math.round(us) : LONGEST_US;
    if (value > this.max) this.max = value;
    if (value < this.min) this.min = value;
    this.#sum += value * count;
    this.#histogram.recordValueWithCount(value, count);
  }

  /** Adds all of another collection. */
  add(other: Latencies): void {
    this.max = Math.max(this.max, other.max);
    this.min = Math.min(this.min, other.min);
    this.#sum += other.#sum;
    this.#histogram.add(other.#histogram);
  }

  /** Forgets all. */
  reset(): void {
    if (this.count > 0) this.#histogram.reset();
    this.max = this.#sum = 0;
    this.min = Infinity;
  }

  /** That share of them, in percent, is at most so long; 0 if there are none. */
  at(percentile: number): number {
    if (this.count === 0) return 0;
    if (percentile <= 0) return this.min;
    // The histogram gives the upper edge of a bucket, which may be above the longest.
    const edge = this.#histogram.getValueAtPercentile(percentile);
    return Math.max(this.min, Math.min(edge, this.max));
  }

  /** The usual points; `null` if there are no values. */
  figures(): LatencyFigures | null {
    if (this.count === 0) return null;
    return {
      min_us: this.min,
      mean_us: this.#sum / this.count,
      deviation_us: this.#histogram.stdDeviation,
      p50_us: this.at(50),
      p90_us: this.at(90),
      p99_us: this.at(99),
      p999_us: this.at(99.9),
      max_us: this.max,
    };
  }

  /** All counts, to be given to another thread. */
  counts(): LatencyCounts {
    const histogram = this.#histogram;
    const found: number[] = [];
    const { countsArrayLength: length } = histogram;
    for (let i = 0; this.count > 0 && i < length; i++) {
      const count = histogram.getCountAtIndex(i);
      if (count > 0) found.push(histogram.valueFromIndex(i), count);
    }
    return {
      pairs: Float64Array.from(found),
      sum: this.#sum,
      min: this.min,
      max: this.max,
    };
  }

  /** Makes a collection of what another thread counted. */
  static of({ max, min, pairs, sum }: LatencyCounts): Latencies {
    const made = new Latencies();
    for (let i = 0; i < pairs.length; i += 2) {
      made.#histogram.recordValueWithCount(pairs[i]!, pairs[i + 1]!);
    }
    made.max = max;
    made.min = min;
    made.#sum = sum;
    return made;
  }
}
