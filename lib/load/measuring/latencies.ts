/**
 * Times of messages, counted in a histogram: 3 significant digits from 1 us to an hour.
 *
 * The package places values into buckets. Sums and percentiles are found here, over
 * the buckets in use: the package's own methods go over all 23,552, which takes three
 * milliseconds ten times a second, and a generator is late for as long.
 *
 * @module
 */

import * as histogramModule from "hdr-histogram-js/dist/Float64Histogram.js";
import type { LatencyFigures } from "../summary.ts";

/** What is used of the package's class. */
interface Histogram {
  /** How often a value of each bucket was counted. */
  readonly _counts: Float64Array;
  /** The bucket of a value. */
  countsArrayIndex(value: number): number;
  /** The largest value of the bucket of a value. */
  highestEquivalentValue(value: number): number;
  /** The value in the middle of the bucket of a value. */
  medianEquivalentValue(value: number): number;
  /** The smallest value of a bucket. */
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
// What a share of a count may be above the whole number that is meant.
const ROUNDING = 2 ** -48;

// The buckets are the same for all collections.
const BUCKETS = new Histogram(1, LONGEST_US, DIGITS);

/** The values in a form that another thread takes. */
export interface LatencyCounts {
  /** The buckets, each followed by its count. */
  readonly pairs: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** A collection of times in microseconds. */
export class Latencies {
  /** How many there are. */
  count = 0;
  /** The longest, exactly. */
  max = 0;
  /** The shortest, exactly; `Infinity` if there are no values. */
  min = Infinity;
  #sum = 0;
  readonly #counts = new Float64Array(BUCKETS._counts.length);

  /** Adds a time as often as it was measured. */
  record(us: number, count: number): void {
    const value = us < LONGEST_US ? Math.round(us) : LONGEST_US;
    this.#counts[BUCKETS.countsArrayIndex(value)]! += count;
    this.#include(count, value * count, value, value);
  }

  /** Adds all of another collection. */
  add(other: Latencies): void {
    if (other.count === 0) return;
    const counts = this.#counts;
    const { last } = other.#range;
    for (let i = other.#range.first; i <= last; i++) {
      counts[i]! += other.#counts[i]!;
    }
    this.#include(other.count, other.#sum, other.min, other.max);
  }

  /** Forgets all. */
  reset(): void {
    if (this.count > 0) {
      const { first, last } = this.#range;
      this.#counts.fill(0, first, last + 1);
    }
    this.count = this.max = this.#sum = 0;
    this.min = Infinity;
  }

  /** That share of them, in percent, is at most so long; 0 if there are none. */
  at(percentile: number): number {
    if (this.count === 0) return 0;
    if (percentile <= 0) return this.min;
    const share = this.count * Math.min(percentile, 100) / 100;
    const wanted = Math.max(1, Math.ceil(share * (1 - ROUNDING)));
    const { first } = this.#range;
    let index = first;
    for (let seen = this.#counts[first]!; seen < wanted;) {
      seen += this.#counts[++index]!;
    }
    const edge = BUCKETS.highestEquivalentValue(BUCKETS.valueFromIndex(index));
    // The upper edge of a bucket may be above the longest.
    return Math.max(this.min, Math.min(edge, this.max));
  }

  /** The usual points; `null` if there are no values. */
  figures(): LatencyFigures | null {
    if (this.count === 0) return null;
    return {
      min_us: this.min,
      mean_us: this.#sum / this.count,
      deviation_us: this.#deviation,
      p50_us: this.at(50),
      p90_us: this.at(90),
      p99_us: this.at(99),
      p999_us: this.at(99.9),
      max_us: this.max,
    };
  }

  /** All counts, to be given to another thread. */
  counts(): LatencyCounts {
    const found: number[] = [];
    this.#each((index, count) => found.push(index, count));
    const { count, max, min } = this;
    return { pairs: Float64Array.from(found), sum: this.#sum, count, max, min };
  }

  /** Makes a collection of what another thread counted. */
  static of({ count, max, min, pairs, sum }: LatencyCounts): Latencies {
    const made = new Latencies();
    for (let i = 0; i < pairs.length; i += 2) {
      made.#counts[pairs[i]!] = pairs[i + 1]!;
    }
    if (count > 0) made.#include(count, sum, min, max);
    return made;
  }

  get #deviation(): number {
    const mean = this.#sum / this.count;
    let squares = 0;
    this.#each((index, count) => {
      const value = BUCKETS.medianEquivalentValue(
        BUCKETS.valueFromIndex(index),
      );
      squares += count * (value - mean) ** 2;
    });
    return Math.sqrt(squares / this.count);
  }

  /** The buckets in use. */
  get #range(): { readonly first: number; readonly last: number } {
    return {
      first: BUCKETS.countsArrayIndex(this.min),
      last: BUCKETS.countsArrayIndex(this.max),
    };
  }

  #include(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.#sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  #each(take: (index: number, count: number) => void): void {
    if (this.count === 0) return;
    const { first, last } = this.#range;
    for (let i = first; i <= last; i++) {
      if (this.#counts[i]! > 0) take(i, this.#counts[i]!);
    }
  }
}
