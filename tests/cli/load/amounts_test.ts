import { assertEquals, assertThrows } from "@std/assert";
import {
  parseLimit,
  parseRate,
  parseSizes,
} from "../../../cli/load/written/amounts.ts";
import { progressText } from "../../../cli/load/shown/progress_text.ts";
import { UsageError } from "../../../cli/output/failure.ts";
import {
  aligned,
  changeText,
  rateText,
  timeText,
  unsentText,
} from "../../../cli/load/shown/amounts.ts";

Deno.test("parseRate() reads messages per second", () => {
  const texts = ["500", "500/s", "20k", "20k/s", "1.5M", "0.5", "max"];
  assertEquals(texts.map(parseRate), [
    ...[500, 500, 20_000, 20_000, 1_500_000, 0.5],
    undefined,
  ]);
});

Deno.test("parseSizes() reads one size or two", () => {
  assertEquals(parseSizes("64"), [64, 64]);
  assertEquals(parseSizes("64-4KiB"), [64, 4096]);
});

Deno.test("parseLimit() reads a percentile and a duration", () => {
  const texts = ["p99=5ms", "p99.9=800us", "max=1.5s", "p50=1m"];
  assertEquals(texts.map(parseLimit), [
    { percentile: 99, ms: 5 },
    { percentile: 99.9, ms: 0.8 },
    { percentile: 100, ms: 1_500 },
    { percentile: 50, ms: 60_000 },
  ]);
});

for (
  const [parse, text, message] of [
    [parseRate, "fast", `"fast", column 1: there is no number; write`],
    [parseRate, "", `"", column 1: there is no number`],
    [parseRate, "20q/s", `"20q/s", column 3: "q/s" is not a unit`],
    [parseRate, "20K", `column 3: "K" is not a unit; did you mean k?`],
    [parseRate, "20k/m", `column 4: "/m" is not a unit`],
    [parseRate, "0", "column 1: it is out of range"],
    [parseRate, "101M", "at most 100M"],
    [parseRate, "-5", "column 1: there is no number"],
    [parseSizes, "64-", `"64-", column 4: "" is not a size`],
    [parseSizes, "x-64", `column 1: "x" is not a size`],
    [parseSizes, "64-4X", `column 4: "4X" is not a size`],
    [parseSizes, "65-64", "column 4: the second size is smaller"],
    [parseSizes, "0", "column 1: a size of 0 is out of range"],
    [parseLimit, "99=5ms", `column 1: "99" is not a percentile`],
    [parseLimit, "p101=5ms", `column 1: "p101" is not a percentile`],
    [parseLimit, "p0=5ms", `column 1: "p0" is not a percentile`],
    [parseLimit, "p99", `"p99", column 4: there is no duration`],
    [parseLimit, "p99=5", `column 5: "5" is not a duration above 0`],
    [parseLimit, "p99=0ms", "is not a duration above 0"],
  ] as const
) {
  Deno.test(`${parse.name}() refuses "${text}" and says where`, () => {
    assertThrows(() => parse(text), UsageError, message);
  });
}

Deno.test("timeText() writes a time in the unit that fits, with three digits", () => {
  const times = [0, 41.4, 999, 1_000, 9_994, 9_995, 99_949, 99_951, 999_499];
  assertEquals(times.map(timeText), [
    ...["0 us", "41 us", "999 us", "1.00 ms", "9.99 ms", "10.0 ms"],
    ...["99.9 ms", "100 ms", "999 ms"],
  ]);
  assertEquals([999_501, 12_345_678].map(timeText), ["1.00 s", "12.3 s"]);
});

Deno.test("rateText() and changeText() write what people compare", () => {
  assertEquals([0.5, 99.94, 100, 1_234_567].map(rateText), [
    ...["0.5", "99.9", "100", "1,234,567"],
  ]);
  const changes = [[100, 100], [100, 105], [100, 50], [0, 5], [10, 1_000]];
  assertEquals(changes.map(([a, b]) => changeText(a!, b!)), [
    ...["same", "+5.0 %", "-50 %", "new", "x 100"],
  ]);
});

Deno.test("aligned() puts columns below each other", () => {
  assertEquals(aligned([["", "min", "max"], ["latency", "5", "1,000"]]), [
    "         min    max",
    "latency    5  1,000",
  ]);
});

Deno.test("progressText() says how far a run has come, without its warm-up", () => {
  const progress = {
    isWarmUp: true,
    seconds: 0.52,
    messages: 0,
    errors: 0,
    rate_per_s: 0,
    p50_us: 0,
    p99_us: 0,
  };
  assertEquals(progressText(progress, {}), "warming up: 0.5 s");
  const later = {
    ...progress,
    isWarmUp: false,
    seconds: 4.2,
    messages: 12_345,
    errors: 2,
    rate_per_s: 3_086.2,
    p50_us: 41,
    p99_us: 1_230,
  };
  assertEquals(
    progressText(later, { warmUpMs: 1_000 }),
    "3.2 s: 12,345 messages, 3,086/s, p50 41 us, p99 1.23 ms, 2 errors",
  );
});

Deno.test("unsentText() says why messages were not sent", () => {
  assertEquals(
    unsentText({ errors: {}, unsent: 1 }),
    "1 message was due and never sent: the rate is too high for the server",
  );
  assertEquals(
    unsentText({ errors: { connect: 3 }, unsent: 1_200 }),
    "1,200 messages were due and never sent: there was no connection at times",
  );
});
