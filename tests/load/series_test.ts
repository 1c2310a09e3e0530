import { assert, assertEquals } from "@std/assert";
import { Latencies } from "../../lib/load/measuring/latencies.ts";
import type { IntervalReport } from "../../lib/load/measuring/measurements.ts";
import { Series } from "../../lib/load/measuring/series.ts";

function report(
  index: number,
  times: readonly number[] = [],
  errors = 0,
): IntervalReport {
  const latency = new Latencies();
  for (const us of times) latency.record(us, 1);
  return {
    index,
    messages: times.length,
    bytesIn: 10,
    bytesOut: 20,
    errors: errors === 0 ? {} : { wrong: errors },
    lastAnswerMs: 0,
    latency,
    service: undefined,
    late: undefined,
  };
}

Deno.test("Series has an interval for each report, and empty ones in between", () => {
  const series = new Series(100, 1, 50);
  series.add(0, report(0, [10, 20]));
  series.add(0, report(3, [30], 2));
  const intervals = series.finish(0.35);
  assertEquals(intervals.map(({ t_s }) => t_s), [0, 0.1, 0.2, 0.3]);
  assertEquals(intervals.map(({ messages }) => messages), [2, 0, 0, 1]);
  assertEquals(intervals[0], {
    t_s: 0,
    seconds: 0.1,
    messages: 2,
    bytes: 30,
    errors: 0,
    p50_us: 10,
    p90_us: 20,
    p99_us: 20,
    max_us: 20,
  });
  assertEquals([intervals[1]!.p99_us, intervals[3]!.errors], [0, 2]);
  assert(Math.abs(intervals[3]!.seconds - 0.05) < 1e-9);
});

Deno.test("Series puts the same interval of several generators together", () => {
  const series = new Series(100, 2, 50);
  series.add(0, report(0, [10]));
  series.add(0, report(1, [50]));
  assertEquals(series.last, undefined);
  series.add(1, report(0, [1_000]));
  series.add(1, report(1, []));
  assertEquals(series.last?.messages, 2);
  assertEquals(series.last?.max_us, 1_000);
  assertEquals(series.finish(0.2).map(({ messages }) => messages), [2, 1]);
});

Deno.test("Series joins two intervals to one when there are too many, and loses nothing", () => {
  const series = new Series(1_000, 1, 8);
  const count = 45;
  for (let index = 0; index < count; index++) {
    series.add(0, report(index, [index + 1], 1));
  }
  const intervals = series.finish(count);
  assert(intervals.length < 8 && intervals.length >= 4, `${intervals.length}`);
  const sum = (of: (i: typeof intervals[number]) => number) =>
    intervals.reduce((all, interval) => all + of(interval), 0);
  assertEquals(sum(({ messages }) => messages), count);
  assertEquals(sum(({ errors }) => errors), count);
  assertEquals(Math.max(...intervals.map(({ max_us }) => max_us)), count);
  for (const [at, { seconds, t_s }] of intervals.entries()) {
    const next = intervals[at + 1];
    if (next !== undefined) assertEquals(t_s + seconds, next.t_s);
  }
});

Deno.test("Series stays within its bound, though nothing was reported for long", () => {
  const series = new Series(100, 1, 8);
  for (const index of [0, 1, 40, 41, 200]) series.add(0, report(index, [10]));
  const intervals = series.finish(20.1);
  assert(intervals.length <= 8, `${intervals.length}`);
  assertEquals(intervals.reduce((sum, { messages }) => sum + messages, 0), 5);
});
