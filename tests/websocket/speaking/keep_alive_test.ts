import { assertEquals } from "@std/assert";
import { TimeoutError } from "../../../lib/errors.ts";
import type { FramingLink } from "../../../lib/transport/spoken_framing.ts";
import { KeepAlive } from "../../../lib/websocket/speaking/keep_alive.ts";
import { ManualTime } from "../../support/manual_time.ts";

/** A connection that counts pings, on a clock that the test moves. */
class Kept {
  readonly time = new ManualTime();
  pings = 0;
  isReading = true;
  ended: unknown;
  readonly keepAlive: KeepAlive;

  constructor(pingMs = 1_000) {
    this.keepAlive = new KeepAlive({
      ...{ peer: "ws://127.0.0.1:1", pingMs },
      ping: () => this.pings++,
    });
    const { time } = this;
    const isReading = () => this.isReading;
    this.keepAlive.begin(
      {
        time,
        get isReading() {
          return isReading();
        },
        abort: (error: unknown) => this.ended = error,
      } as Partial<FramingLink> as FramingLink,
    );
  }
}

Deno.test("KeepAlive sends a ping in each interval, as long as pongs come", async () => {
  const kept = new Kept();
  for (let n = 1; n <= 3; n++) {
    await kept.time.advance(999);
    assertEquals(kept.pings, n - 1);
    await kept.time.advance(1);
    assertEquals(kept.pings, n);
    kept.keepAlive.pong();
  }
  assertEquals(kept.ended, undefined);
});

Deno.test("KeepAlive ends a connection whose peer does not answer, one interval after the ping", async () => {
  const kept = new Kept();
  await kept.time.advance(1_999);
  assertEquals([kept.pings, kept.ended], [1, undefined]);
  await kept.time.advance(1);
  const error = kept.ended as TimeoutError;
  assertEquals(error instanceof TimeoutError, true);
  assertEquals(
    [error.deadline, error.timeoutMs, error.address, error.reason],
    ["ping", 1_000, "ws://127.0.0.1:1", "no answer to a ping within 1000 ms"],
  );
  await kept.time.advance(10_000);
  assertEquals(kept.pings, 1);
});

Deno.test("KeepAlive goes on while the program does not read, as a pong may wait unread", async () => {
  const kept = new Kept();
  kept.isReading = false;
  await kept.time.advance(5_000);
  assertEquals([kept.pings, kept.ended], [5, undefined]);
  kept.isReading = true;
  await kept.time.advance(1_000);
  assertEquals(kept.ended instanceof TimeoutError, true);
});

Deno.test("KeepAlive that was stopped sends nothing more, and ends nothing", async () => {
  const kept = new Kept();
  await kept.time.advance(1_000);
  kept.keepAlive.stop();
  await kept.time.advance(10_000);
  assertEquals([kept.pings, kept.ended], [1, undefined]);
});

Deno.test("KeepAlive without an interval sets no timer", () => {
  const kept = new Kept(Infinity);
  assertEquals(kept.time.pending, 0);
  kept.keepAlive.pong();
  kept.keepAlive.stop();
  assertEquals(kept.pings, 0);
});
