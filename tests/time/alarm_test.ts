import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Alarm, type Sleeper } from "../../lib/time/alarm.ts";

/** Someone who notes when they were woken. */
class Woken implements Sleeper {
  readonly untilMs: number;
  readonly woken: Promise<number>;
  wake: () => void;

  constructor(afterMs: number, order: number[] = []) {
    this.untilMs = performance.now() + afterMs;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.woken = promise;
    this.wake = () => {
      order.push(afterMs);
      resolve(performance.now());
    };
  }
}

Deno.test("Alarm wakes each at its time and none before, whatever the order they came in", async () => {
  const alarm = new Alarm();
  const order: number[] = [];
  const sleepers = [20, 5, 30, 10, 5].map((ms) => new Woken(ms, order));
  for (const sleeper of sleepers) alarm.add(sleeper);
  for (const sleeper of sleepers) {
    assertGreaterOrEqual(await sleeper.woken, sleeper.untilMs);
  }
  assertEquals(order, [5, 5, 10, 20, 30]);
});

Deno.test("Alarm wakes nobody who was deleted, and those behind them all the same", async () => {
  const alarm = new Alarm();
  const order: number[] = [];
  const [first, second, last] = [5, 6, 15].map((ms) => new Woken(ms, order));
  for (const sleeper of [first!, second!, last!]) alarm.add(sleeper);
  alarm.delete(first!);
  alarm.delete(second!);
  await last!.woken;
  assertEquals(order, [15]);
});

Deno.test("Alarm lets whoever wakes lie down again", async () => {
  const alarm = new Alarm();
  const again = new Woken(10);
  const first = new Woken(5);
  const { wake } = first;
  first.wake = () => {
    alarm.add(again);
    wake();
  };
  alarm.add(first);
  await first.woken;
  assertGreaterOrEqual(await again.woken, again.untilMs);
});

// The sanitizers see a timer that is left behind.
Deno.test("Alarm leaves no timer behind once it is cleared", () => {
  const alarm = new Alarm();
  for (const ms of [60_000, 1_000, Infinity]) alarm.add(new Woken(ms));
  alarm.clear();
});

Deno.test("Alarm waits longer than a timer of the runtime can", () => {
  const alarm = new Alarm();
  const order: number[] = [];
  alarm.add(new Woken(2 ** 40, order));
  return new Promise<void>((resolve) => {
    setTimeout(() => {
      alarm.clear();
      assertEquals(order, []);
      resolve();
    }, 10);
  });
});

Deno.test("Alarm sets one timer for a thousand waits that end before their time", () => {
  const alarm = new Alarm();
  const { setTimeout } = globalThis;
  let timers = 0;
  globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
    timers++;
    return setTimeout(...args);
  }) as typeof setTimeout;
  try {
    for (let i = 0; i < 1_000; i++) {
      const sleeper = new Woken(60_000);
      alarm.add(sleeper);
      alarm.delete(sleeper);
    }
  } finally {
    globalThis.setTimeout = setTimeout;
    alarm.clear();
  }
  assertEquals(timers, 1);
});
