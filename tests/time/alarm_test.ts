import { assertEquals } from "@std/assert";
import { Alarm, type Sleeper } from "../../lib/time/alarm.ts";
import { ManualTime } from "../support/manual_time.ts";

/** A wait that notes when it ended. */
class Woken implements Sleeper {
  place = -1;
  readonly untilMs: number;
  wokenMs: number | undefined;
  wake: () => void;

  constructor(time: ManualTime, afterMs: number, order: number[] = []) {
    this.untilMs = time.now() + afterMs;
    this.wake = () => {
      order.push(afterMs);
      this.wokenMs = time.now();
    };
  }
}

Deno.test("Alarm wakes each at its time and none before, whatever the order they came in", async () => {
  const time = new ManualTime();
  const alarm = new Alarm(time);
  const order: number[] = [];
  const sleepers = [20, 5, 30, 10, 5].map((ms) => new Woken(time, ms, order));
  for (const sleeper of sleepers) alarm.add(sleeper);
  await time.advance(100);
  for (const { untilMs, wokenMs } of sleepers) assertEquals(wokenMs, untilMs);
  assertEquals(order, [5, 5, 10, 20, 30]);
  assertEquals(time.pending, 0);
});

Deno.test("Alarm wakes nobody who was deleted, and those behind them all the same", async () => {
  const time = new ManualTime();
  const alarm = new Alarm(time);
  const order: number[] = [];
  const [first, second, last] = [5, 6, 15].map((ms) =>
    new Woken(time, ms, order)
  );
  for (const sleeper of [first!, second!, last!]) alarm.add(sleeper);
  alarm.delete(first!);
  alarm.delete(second!);
  await time.advance(15);
  assertEquals(order, [15]);
});

Deno.test("Alarm lets whoever wakes lie down again", async () => {
  const time = new ManualTime();
  const alarm = new Alarm(time);
  const again = new Woken(time, 10);
  const first = new Woken(time, 5);
  const { wake } = first;
  first.wake = () => {
    alarm.add(again);
    wake();
  };
  alarm.add(first);
  await time.advance(10);
  assertEquals([first.wokenMs, again.wokenMs], [5, 10]);
});

Deno.test("Alarm waits longer than a timer of the runtime can", async () => {
  const time = new ManualTime();
  const alarm = new Alarm(time);
  const late = new Woken(time, 2 ** 33);
  alarm.add(late);
  await time.advance(2 ** 33 - 1);
  assertEquals(late.wokenMs, undefined);
  await time.advance(1);
  assertEquals(late.wokenMs, 2 ** 33);
});

// The sanitizers see a timer that is left behind.
Deno.test("Alarm leaves no timer behind once it is cleared", () => {
  const alarm = new Alarm();
  for (const untilMs of [60_000, 1_000, Infinity]) {
    alarm.add({ place: -1, untilMs, wake: () => {} });
  }
  alarm.clear();
});

Deno.test("Alarm sets one timer for a thousand waits that end before their time", () => {
  const time = new ManualTime();
  let timers = 0;
  const alarm = new Alarm({
    now: () => time.now(),
    clearTimer: (timer) => time.clearTimer(timer),
    setTimer(callback, ms) {
      timers++;
      return time.setTimer(callback, ms);
    },
  });
  for (let i = 0; i < 1_000; i++) {
    const sleeper = new Woken(time, 60_000);
    alarm.add(sleeper);
    alarm.delete(sleeper);
  }
  assertEquals(timers, 1);
});
