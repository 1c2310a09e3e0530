import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  linear,
  logTimes,
  nines,
  type Scale,
} from "../../../../cli/load/report/charts/scale.ts";

const labels = ({ ticks }: Scale) => ticks.map(({ label }) => label);

Deno.test("linear() has about five even steps and ends with one, or with the largest value", () => {
  const text = (value: number) => `${+value.toFixed(3)}`;
  const steps: [number, string[]][] = [
    [998, ["0", "200", "400", "600", "800", "1000"]],
    [1000, ["0", "200", "400", "600", "800", "1000"]],
    [1001, ["0", "500", "1000", "1500"]],
    [7, ["0", "2", "4", "6", "8"]],
    [0.3, ["0", "0.1", "0.2", "0.3"]],
  ];
  for (const [most, expected] of steps) {
    assertEquals(labels(linear(most, text)), expected, `${most}`);
  }
  const exact = linear(9.35, text, "at the largest");
  assertEquals(labels(exact), ["0", "2", "4", "6", "8"]);
  assertEquals([exact.of(0), exact.of(9.35), exact.of(20)], [0, 1, 1]);
});

Deno.test("linear() has an axis for nothing, and for numbers that no run has", () => {
  for (const most of [0, -5, 1e-300, 1e300]) {
    const scale = linear(most, String);
    assertEquals(scale.of(0), 0);
    assertEquals(scale.ticks.length <= 12, true, `${most}`);
    assertEquals(scale.ticks.every(({ at }) => at >= 0 && at <= 1), true);
  }
});

Deno.test("logTimes() has a step for each power of ten, and more between a few", () => {
  assertEquals(
    labels(logTimes(20, 203_000)),
    ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"],
  );
  const narrow = logTimes(110, 900);
  assertEquals(labels(narrow), ["100 µs", "200 µs", "500 µs", "1 ms"]);
  assertAlmostEquals(narrow.of(200), Math.log10(2));
  assertEquals([narrow.of(1), narrow.of(100), narrow.of(5_000)], [0, 0, 1]);
  for (const [least, most] of [[0, 0], [-1, 1e300], [1, 1]] as const) {
    const scale = logTimes(least, most);
    assertEquals(scale.ticks.every(({ at }) => at >= 0 && at <= 1), true);
  }
});

Deno.test("nines() gives each further nine the same room, and the last place to the longest", () => {
  const scale = nines(100_000);
  const step = scale.of(99) - scale.of(90);
  assertAlmostEquals(scale.of(99.9) - scale.of(99), step);
  assertEquals([scale.of(0), scale.of(100)], [0, 1]);
  assertEquals(
    labels(scale),
    ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %", "all"],
  );
  assertEquals(labels(nines(0)), ["0 %", "50 %", "90 %", "all"]);
});
