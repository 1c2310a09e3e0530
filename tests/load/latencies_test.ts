import { assert, assertEquals } from "@std/assert";
import { Latencies } from "../../lib/load/measuring/latencies.ts";
import { curveOf } from "../../lib/load/measuring/curve.ts";
import { limitResult } from "../../lib/load/measuring/limits.ts";
import { seeded } from "../../lib/random.ts";

function assertNear(actual: number, expected: number, slack: number): void {
  assert(Math.abs(actual - expected) <= slack, `${actual}, not ${expected}`);
}

/** Times between 1 us and 10 s, more of the short ones. */
function times(count: number): number[] {
  const random = seeded(7);
  return Array.from(
    { length: count },
    () => 1 + Math.floor(10 ** (7 * random())),
  );
}

function filled(values: readonly number[]): Latencies {
  const latencies = new Latencies();
  for (const us of values) latencies.record(us, 1);
  return latencies;
}

Deno.test("Latencies gives percentiles within 0.1 % of the exact ones", () => {
  const values = times(50_000);
  const latencies = filled(values);
  const sorted = values.toSorted((a, b) => a - b);
  for (const percentile of [1, 10, 50, 75, 90, 99, 99.9, 99.99, 100]) {
    const exact = sorted[Math.ceil(sorted.length * percentile / 100) - 1]!;
    assertNear(latencies.at(percentile), exact, 1 + exact / 1_000);
  }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  assertNear(latencies.figures()!.mean_us, mean, mean / 1e9);
});

Deno.test("Latencies gives no percentile above the longest or below the shortest time", () => {
  // The upper edge of its bucket is 4,099.
  const latencies = filled([4_097]);
  for (const percentile of [0, 50, 99.999, 100]) {
    assertEquals(latencies.at(percentile), 4_097);
  }
});

Deno.test("Latencies counts a time as often as it was measured", () => {
  const latencies = new Latencies();
  latencies.record(10, 99);
  latencies.record(1_000, 1);
  assertEquals(latencies.count, 100);
  assertEquals([99, 99.1].map((p) => latencies.at(p)), [10, 1_000]);
});

Deno.test("Latencies takes more than an hour for an hour", () => {
  const latencies = filled([9e12]);
  assertEquals(latencies.max, 3_600_000_000);
  assertEquals(latencies.at(50), 3_600_000_000);
});

Deno.test("Latencies without times has no figures, and again after reset()", () => {
  const latencies = new Latencies();
  assertEquals(latencies.figures(), null);
  assertEquals(latencies.at(99), 0);
  latencies.record(5, 3);
  latencies.reset();
  assertEquals([latencies.figures(), latencies.max], [null, 0]);
  assertEquals(curveOf(latencies, latencies), []);
});

Deno.test("Latencies of two threads are those of one", () => {
  const values = times(2_000);
  const parts = [values.slice(0, 700), values.slice(700)].map(filled);
  const sum = new Latencies();
  // As they are sent from one thread to another.
  for (const part of parts) {
    sum.add(Latencies.of(structuredClone(part.counts())));
  }
  assertEquals(sum.figures(), filled(values).figures());
});

Deno.test("curveOf() goes from the shortest to the longest time and is denser towards 100", () => {
  const latencies = filled(times(10_000));
  const curve = curveOf(latencies, latencies);
  assertEquals(curve[0]!.latency_us, latencies.min);
  assertEquals(curve.at(-1), {
    percentile: 100,
    count: 10_000,
    latency_us: latencies.max,
    service_us: latencies.max,
  });
  for (const [at, point] of curve.entries()) {
    const before = curve[at - 1];
    if (before === undefined) continue;
    assert(point.percentile > before.percentile);
    assert(point.latency_us >= before.latency_us);
    assert(point.count >= before.count);
  }
  assert(curve.filter(({ percentile }) => percentile > 99).length > 50);
});

Deno.test("limitResult() keeps, breaks and voids a limit", () => {
  const latency = filled([100, 200, 300, 400]);
  const late = filled([1, 1, 1, 50]);
  const verdict = (percentile: number, ms: number, unsent = 0) =>
    limitResult({ percentile, ms }, latency, late, unsent).verdict;
  assertEquals(verdict(50, 0.2), "kept");
  assertEquals(verdict(50, 0.199), "broken");
  assertEquals(verdict(100, 0.4), "kept");
  assertEquals(verdict(100, 0.049), "void");
  // What was due and never sent is later than any limit.
  assertEquals(verdict(50, 0.2, 5), "broken");
  // Of seven messages, the fourth is half: 400 us.
  assertEquals(verdict(50, 0.399, 3), "broken");
  assertEquals(verdict(50, 0.4, 3), "kept");
  const { at, limit_us, late_us } = limitResult(
    { percentile: 99.9, ms: 1 },
    latency,
    late,
    0,
  );
  assertEquals([at, limit_us, late_us], ["p99.9", 1_000, 50]);
});

Deno.test("limitResult() is broken if nothing was answered", () => {
  const none = new Latencies();
  const { verdict } = limitResult({ percentile: 99, ms: 1 }, none, none, 0);
  assertEquals(verdict, "broken");
});
