/**
 * What the loops count.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type LoopEnd, loopOf } from "../../lib/load/generating/loops.ts";
import type { Lane } from "../../lib/load/lanes/lane.ts";
import type { OpenPace } from "../../lib/load/lanes/pace.ts";
import { Measurements } from "../../lib/load/measuring/measurements.ts";
import type { LoadOptions } from "../../lib/load/mod.ts";
import { planOf } from "../../lib/load/planning/plan.ts";

/** The open loop of a run with 50 messages of warm-up and 100 that are measured. */
function openLoop(options: Partial<LoadOptions> = {}, nowMs = 0) {
  const startMs = 1_000_000;
  const plan = planOf({
    address: "7342",
    connections: 2,
    durationMs: 100,
    ratePerS: 1_000,
    warmUpMs: 50,
    ...options,
  });
  const ends: LoopEnd[] = [];
  const onEnd = (end: LoopEnd) => ends.push(end);
  const loop = loopOf({ plan, startMs, now: () => nowMs, onEnd });
  const measurements = new Measurements(
    startMs + 50,
    1_000,
    true,
    () => ({ bytesIn: 0, bytesOut: 0 }),
    () => {},
  );
  return { ends, loop, measurements, plan, startMs };
}

Deno.test("an open loop that never came to its messages counts those behind the warm-up as unsent", () => {
  const { loop, measurements, startMs } = openLoop();
  loop.start([], measurements);
  loop.end(startMs + 1_000);
  assertEquals(loop.unsent, 100);
});

Deno.test("an open loop counts what its connections have not sent, without the warm-up", () => {
  const { loop } = openLoop();
  const paces = [0, 1].map((n) => loop.paceOf(n) as OpenPace);
  const unsent: number[] = [];
  const take = (pace: OpenPace, most: number) => {
    for (let n = pace.take(most); n > 0; n--) pace.dueOf();
    unsent.push(loop.unsent);
  };
  for (const pace of paces) pace.release(25);
  take(paces[0]!, 0);
  for (const pace of paces) pace.release(10);
  take(paces[0]!, 20);
  take(paces[1]!, 30);
  take(paces[0]!, 15);
  assertEquals(unsent, [0, 20, 15, 5]);
});

Deno.test("an open loop lasts as long as it should, though its last message is sent before", () => {
  const { ends, loop, measurements, startMs } = openLoop(
    { ratePerS: 0.5, durationMs: 1_000, warmUpMs: 0 },
    1_000_000,
  );
  const lane = { pump() {} } as unknown as Lane;
  loop.start([lane, lane], measurements);
  assertEquals(ends, []);
  loop.end(startMs + 1_000);
  assertEquals(ends, ["duration"]);
});

Deno.test("an open loop without a message is over at once", () => {
  const startMs = 1_000_000;
  const { measurements, plan } = openLoop();
  const ends: LoopEnd[] = [];
  const onEnd = (end: LoopEnd) => ends.push(end);
  // The part of a thread, if there are fewer messages than threads.
  const none = { ...plan, count: 0, durationMs: Infinity, warmUpMs: 0 };
  const loop = loopOf({ plan: none, startMs, now: () => startMs, onEnd });
  loop.start([], measurements);
  assertEquals(ends, ["count"]);
});

Deno.test("an open loop that is stopped sends nothing of its backlog, and counts it as unsent", () => {
  const { loop } = openLoop({ warmUpMs: 0 });
  const pace = loop.paceOf(0) as OpenPace;
  pace.release(5);
  assertEquals(pace.take(2), 2);
  loop.stop();
  assertEquals([pace.take(2), loop.unsent], [0, 3]);
});
