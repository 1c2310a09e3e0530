/**
 * When `wait` tries, counts and ends, under a clock that is moved by hand.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "@parley/parley";
import {
  absent,
  type Finding,
  findingOf,
  type Probe,
  READY,
} from "../../../cli/wait/finding.ts";
import { waitFor, type WaitSettings } from "../../../cli/wait/wait_for.ts";
import { ManualTime } from "../../support/manual_time.ts";

const SETTINGS = {
  timeoutMs: 1_000,
  everyMs: 100,
  attemptMs: 300,
  gone: false,
};
const REFUSED = absent("refused", "connection refused");
const WRONG: Finding = {
  state: "wrong",
  what: "wrong TLS",
  reason: "not trusted here",
  error: new ConnectionError("tls", { reason: "not trusted here" }),
};

/** Never answers, until the signal. */
const silent: Probe = (signal) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason))
  );

function waiting(
  probe: (attempt: number) => Finding | Probe,
  settings: Partial<WaitSettings> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const time = new ManualTime();
  const at: number[] = [];
  const result = waitFor(
    (signal) => {
      at.push(time.now());
      const found = probe(at.length);
      return typeof found === "function"
        ? found(signal)
        : Promise.resolve(found);
    },
    { ...SETTINGS, ...settings },
    signal,
    time,
  );
  result.catch(() => {});
  return { at, result, time };
}

Deno.test("waitFor() tries every 100 ms until the server is there", async () => {
  const { at, result, time } = waiting((n) => n < 4 ? REFUSED : READY);
  await time.advance(10_000);
  const { afterMs, attempts, counts, isDone } = await result;
  assertEquals(at, [0, 100, 200, 300]);
  assertEquals([isDone, attempts, afterMs], [true, 4, 300]);
  assertEquals([...counts], [["refused", 3]]);
  assertEquals(time.pending, 0);
});

Deno.test("waitFor() begins no attempt once the time is over, and counts what came instead", async () => {
  const other = absent("status 503", "it answered 503");
  const { at, result, time } = waiting((n) => n === 3 ? other : REFUSED);
  await time.advance(10_000);
  const { counts, isDone, last } = await result;
  assertEquals(at, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  assertEquals([isDone, last], [false, REFUSED]);
  assertEquals([...counts], [["refused", 9], ["status 503", 1]]);
});

Deno.test("waitFor() bounds an attempt that is not answered, and goes on at once", async () => {
  const { at, result, time } = waiting(() => silent);
  await time.advance(10_000);
  const { counts, last } = await result;
  assertEquals(at, [0, 300, 600, 900]);
  assertEquals([...counts], [["unanswered", 4]]);
  // The last one was cut by the end of all.
  assertEquals(last.reason, "no answer");
  const short = waiting((n) => n === 1 ? silent : READY);
  await short.time.advance(10_000);
  assertEquals((await short.result).afterMs, 300);
});

Deno.test("waitFor() fails at once with a wrong certificate, and with what is no finding", async () => {
  const wrong = waiting(() => WRONG);
  const error = await assertRejects(() => wrong.result, ConnectionError);
  assertEquals([error.code, wrong.at.length], ["tls", 1]);
  const broken = waiting(() => () => Promise.reject(new TypeError("a fault")));
  await assertRejects(() => broken.result, TypeError, "a fault");
});

Deno.test("waitFor() with gone ends when the server is absent, not when its certificate is wrong", async () => {
  const unsure: Finding = { state: "unsure", what: "x", reason: "y" };
  const { at, result, time } = waiting(
    (n) => [READY, WRONG, unsure, REFUSED][n - 1]!,
    { gone: true },
  );
  await time.advance(10_000);
  const { counts, isDone, last } = await result;
  assertEquals([isDone, last.reason, at.length], [
    true,
    "connection refused",
    4,
  ]);
  assertEquals([...counts], [["ready", 1], ["wrong TLS", 1], ["x", 1]]);
});

Deno.test("waitFor() ends with the signal's reason, in an attempt and in a pause", async () => {
  for (const found of [REFUSED, silent]) {
    const stop = new AbortController();
    const { result, time } = waiting(() => found, {}, stop.signal);
    await time.advance(50);
    stop.abort("enough");
    assertEquals(await result.catch((reason) => reason), "enough");
    assertEquals(time.pending, 0);
  }
});

Deno.test("findingOf() tells what may pass, what does not, and what another attempt would throw again", () => {
  const state = (code: ConstructorParameters<typeof ConnectionError>[0]) =>
    findingOf(new ConnectionError(code, { reason: "why" })).state;
  assertEquals(
    (["refused", "unresolved", "reset", "unreachable", "failed"] as const)
      .map(state),
    ["absent", "absent", "absent", "absent", "absent"],
  );
  assertEquals([state("tls"), state("exhausted")], ["wrong", "unsure"]);
  const denied = (address: string) =>
    new ConnectionError("permission_denied", { address, reason: "why" });
  assertEquals(findingOf(denied("unix:/run/app.sock")).state, "unsure");
  for (const error of [denied("tcp://127.0.0.1:1"), new RangeError("no")]) {
    let thrown: unknown;
    try {
      findingOf(error);
    } catch (caught) {
      thrown = caught;
    }
    assertEquals(thrown, error);
  }
});
