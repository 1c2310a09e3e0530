import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  messagesWithin,
  Schedule,
  timerFor,
} from "../../lib/load/generating/schedule.ts";

Deno.test("Schedule has messages at equal distances from its start", () => {
  const schedule = new Schedule(1_000, 200, 10);
  assertEquals([0, 1, 9].map((n) => schedule.timeOf(n)), [1_000, 1_005, 1_045]);
});

Deno.test("Schedule.dueBy() counts the messages before and at a time, and no more than there are", () => {
  const schedule = new Schedule(1_000, 200, 10);
  const times = [0, 999.9, 1_000, 1_004.9, 1_005, 1_045, 9_999];
  assertEquals(times.map((ms) => schedule.dueBy(ms)), [0, 0, 1, 1, 2, 10, 10]);
});

Deno.test("Schedule.dueBy() and timeOf() agree at any rate", () => {
  fc.assert(fc.property(
    fc.double({ min: 0.001, max: 1e7, noNaN: true }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(1e6),
    (rate, startMs, n) => {
      const schedule = new Schedule(startMs, rate, Infinity);
      const at = schedule.timeOf(n);
      // A distance below what the numbers can tell apart may count one more or less.
      const slackMs = Math.max(1e-6, at * 1e-12);
      const before = schedule.dueBy(at - slackMs);
      const after = schedule.dueBy(at + slackMs);
      return before <= n + 1 + rate * slackMs && after >= n + 1;
    },
  ));
});

Deno.test("messagesWithin() counts the messages that are due before a time is over", () => {
  assertEquals(messagesWithin(1_000, 200), 200);
  assertEquals(messagesWithin(1_001, 200), 201);
  assertEquals(messagesWithin(0, 200), 0);
  // In floating point this is a little above 249.
  assertEquals(messagesWithin(30_000, 8.3), 249);
});

Deno.test("timerFor() leaves the last 4 ms to looking", () => {
  assertEquals(timerFor(100), 96);
  assertEquals(timerFor(4), undefined);
  assertEquals(timerFor(-5), undefined);
});
