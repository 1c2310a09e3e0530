import { assertEquals, assertRejects } from "@std/assert";
import { pause } from "../../lib/time/pause.ts";
import { ManualTime } from "../support/manual_time.ts";

Deno.test("pause() ends when its time is over, and not before", async () => {
  const time = new ManualTime();
  let isOver = false;
  const pausing = pause(100, undefined, time).then(() => isOver = true);
  await time.advance(99);
  assertEquals(isOver, false);
  await time.advance(1);
  await pausing;
  assertEquals(time.pending, 0);
});

for (const when of ["before", "during"]) {
  Deno.test(`pause() ends with the reason of a signal that is aborted ${when} it`, async () => {
    const time = new ManualTime();
    const end = new AbortController();
    const reason = new Error("enough");
    if (when === "before") end.abort(reason);
    const pausing = pause(100, end.signal, time);
    end.abort(reason);
    assertEquals(await assertRejects(() => pausing), reason);
    assertEquals(time.pending, 0);
  });
}
