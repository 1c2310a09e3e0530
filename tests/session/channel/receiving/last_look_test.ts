import { assertEquals } from "@std/assert";
import { LastLook } from "../../../../lib/session/channel/receiving/last_look.ts";
import { Traffic } from "../../../../lib/session/channel/traffic.ts";
import { ManualTime } from "../../../support/manual_time.ts";

const MIB = 1024 * 1024;

/**
 * Looks at a peer that sends so many bytes every millisecond, for so long.
 *
 * @returns When it was over, in milliseconds.
 */
async function overAfter(bytes: number, forMs: number): Promise<number> {
  const time = new ManualTime();
  const traffic = new Traffic(undefined);
  let overMs = -1;
  new LastLook(traffic, time, () => overMs = time.now());
  for (let ms = 0; ms < 200 && overMs < 0; ms++) {
    if (ms < forMs) traffic.bytesIn += bytes;
    await time.advance(1);
  }
  assertEquals(time.pending, 0);
  return overMs;
}

Deno.test("LastLook is over after 10 ms without a byte, 100 ms in all, or 16 MiB", async () => {
  assertEquals(await overAfter(1, 0), 10);
  // Bytes until 30 ms are seen by the look at 30 ms.
  assertEquals(await overAfter(1, 30), 40);
  assertEquals(await overAfter(1, Infinity), 100);
  assertEquals(await overAfter(MIB, Infinity), 16);
});

Deno.test("LastLook counts a stall of the program as one look, however long it is", async () => {
  const time = new ManualTime();
  const traffic = new Traffic(undefined);
  let isOver = false;
  const look = new LastLook(traffic, time, () => isOver = true);
  for (let stall = 0; stall < 4; stall++) {
    time.skip(1000);
    await time.advance(0);
  }
  assertEquals(isOver, false);
  look.clear();
  assertEquals(time.pending, 0);
});
