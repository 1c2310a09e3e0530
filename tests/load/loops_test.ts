/**
 * What the loops count.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loopOf } from "../../lib/load/generating/loops.ts";
import type { OpenPace } from "../../lib/load/lanes/pace.ts";
import { Measurements } from "../../lib/load/measuring/measurements.ts";
import { planOf } from "../../lib/load/planning/plan.ts";

/** The open loop of a run with 50 messages of warm-up and 100 that are measured. */
function openLoop() {
  const startMs = 1_000_000;
  const plan = planOf({
    address: "7342",
    connections: 2,
    durationMs: 100,
    ratePerS: 1_000,
    warmUpMs: 50,
  });
  const now = () => 0;
  const loop = loopOf({ plan, startMs, now, onEnd: () => {} });
  const measurements = new Measurements(
    startMs + 50,
    1_000,
    true,
    () => ({ bytesIn: 0, bytesOut: 0 }),
    () => {},
  );
  return { loop, measurements, startMs };
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
