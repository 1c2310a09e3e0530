import { assertEquals } from "@std/assert";
import { Outage } from "../../lib/time/outage.ts";
import { ManualTime } from "../support/manual_time.ts";

Deno.test("Outage pauses 100 ms, then longer up to 1 s, and begins again after a success", async () => {
  const time = new ManualTime();
  const outage = new Outage(undefined, time);
  const pauses: [isFirst: boolean, ms: number][] = [];
  for (const works of [false, false, false, false, false, true, false]) {
    if (works) {
      assertEquals([outage.ends(), outage.ends()], [true, false]);
      continue;
    }
    const isFirst = outage.begins();
    const begunMs = time.now();
    let endedMs: number | undefined;
    const pausing = outage.pause().then(() => endedMs = time.now());
    while (endedMs === undefined) await time.advance(50);
    await pausing;
    pauses.push([isFirst, endedMs - begunMs]);
  }
  assertEquals(pauses, [
    [true, 100],
    [false, 200],
    [false, 400],
    [false, 800],
    [false, 1_000],
    [true, 100],
  ]);
});

Deno.test("a signal ends the pause of an Outage", async () => {
  const end = new AbortController();
  const time = new ManualTime();
  const outage = new Outage(end.signal, time);
  outage.begins();
  const pausing = outage.pause();
  end.abort();
  await pausing;
  assertEquals(time.pending, 0);
});
