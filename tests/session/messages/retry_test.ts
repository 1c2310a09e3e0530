import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  ConnectionError,
  type ConnectionErrorCode,
  TimeoutError,
} from "../../../lib/errors.ts";
import { seeded } from "../../../lib/random.ts";
import { connect } from "../../../lib/session/messages/connect.ts";
import {
  checkRetry,
  isTransient,
  retrying,
  type RetryOptions,
} from "../../../lib/session/messages/retry.ts";
import { translate } from "../../../lib/transport/os_error.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { ManualTime } from "../../support/manual_time.ts";

const REFUSED = new ConnectionError("refused", {
  action: "connect to",
  address: "tcp://127.0.0.1:7342",
  reason: "connection refused",
  advice: "is a server listening there?",
});

/** Tries under a clock that is moved by hand; notes the time of each attempt. */
function trying(
  outcomes: (attempt: number) => unknown,
  retry: RetryOptions,
  signal?: AbortSignal,
) {
  const time = new ManualTime();
  const attempts: number[] = [];
  const open = () => {
    attempts.push(time.now());
    const outcome = outcomes(attempts.length);
    return outcome instanceof Error
      ? Promise.reject(outcome)
      : Promise.resolve(outcome);
  };
  const result = retrying(open, retry, { signal, time });
  result.catch(() => {});
  return { attempts, result, time };
}

Deno.test("retrying() doubles the pauses up to the longest, each shortened by at most half", async () => {
  const none = trying(() => REFUSED, { forMs: 3_000, random: () => 0 });
  await none.time.advance(3_000);
  assertEquals(none.attempts, [0, 50, 150, 350, 750, 1_550, 2_550, 3_000]);

  const most = trying(() => REFUSED, {
    forMs: 1_000,
    firstPauseMs: 200,
    maxPauseMs: 300,
    random: () => 1,
  });
  await most.time.advance(1_000);
  assertEquals(most.attempts, [0, 100, 250, 400, 550, 700, 850, 1_000]);
});

Deno.test("retrying() makes the same pauses from the same seed, and others from another", async () => {
  const timesOf = async (seed: number) => {
    const retry = { forMs: 5_000, random: seeded(seed) };
    const { attempts, time } = trying(() => REFUSED, retry);
    await time.advance(5_000);
    return attempts;
  };
  const [first, again, other] = [
    await timesOf(7),
    await timesOf(7),
    await timesOf(8),
  ];
  assertEquals(first, again);
  assertEquals(first.slice(1, -1).some((ms) => other.includes(ms)), false);
});

Deno.test("retrying() gives the first success and reports each failure before it", async () => {
  const seen: unknown[] = [];
  const { attempts, result, time } = trying(
    (attempt) => attempt < 3 ? REFUSED : "open",
    {
      forMs: 10_000,
      random: () => 0,
      onRetry: ({ attempt, error, pauseMs }) =>
        seen.push([attempt, error === REFUSED, pauseMs]),
    },
  );
  await time.advance(1_000);
  assertEquals(await result, "open");
  assertEquals(seen, [[1, true, 50], [2, true, 100]]);
  assertEquals([attempts.length, time.pending], [3, 0]);
});

Deno.test("retrying() that ran out throws the last failure and says how often it tried", async () => {
  const late = new TimeoutError("connect", 100, {
    action: "connect to",
    address: "tcp://10.0.0.1:1",
    reason: "no answer within 100 ms",
    option: "connectTimeoutMs",
  });
  const { result, time } = trying(
    (attempt) => attempt === 1 ? late : REFUSED,
    { forMs: 40, random: () => 0 },
  );
  await time.advance(40);
  const error = await assertRejects(() => result, ConnectionError);
  assertEquals([error.code, error.attempts], ["refused", 2]);
  assertStrictEquals(error.cause, REFUSED);
  assertEquals(
    error.message,
    "Cannot connect to tcp://127.0.0.1:7342: connection refused; tried 2 times; is a server listening there?",
  );

  const second = trying(() => late, { forMs: 10 });
  await second.time.advance(10);
  const timeout = await assertRejects(() => second.result, TimeoutError);
  assertEquals([timeout.deadline, timeout.attempts], ["connect", 2]);
});

Deno.test("retrying() for 0 ms is one attempt, whose error is not touched", async () => {
  const { attempts, result } = trying(() => REFUSED, { forMs: 0 });
  assertStrictEquals(await result.catch((error) => error), REFUSED);
  assertEquals(attempts, [0]);
});

Deno.test("retrying() fails at once with what does not pass by itself", async () => {
  const wrong = new ConnectionError("tls", { reason: "not trusted here" });
  for (const error of [wrong, new TypeError("no such framing")]) {
    const { attempts, result } = trying(() => error, { forMs: Infinity });
    assertStrictEquals(await result.catch((error) => error), error);
    assertEquals(attempts.length, 1);
  }
});

Deno.test("retrying() ends a pause with the signal's reason, and sets no timer then", async () => {
  const stop = new AbortController();
  const retry = { forMs: Infinity, firstPauseMs: 1e12, maxPauseMs: 1e12 };
  const { result, time } = trying(() => REFUSED, retry, stop.signal);
  await time.advance(0);
  assertEquals(time.pending, 1);
  stop.abort("enough");
  assertEquals(await result.catch((reason) => reason), "enough");
  assertEquals(time.pending, 0);
});

Deno.test("isTransient() is true for a name, refusal, reset and unfinished handshake alone", () => {
  const codes: Record<ConnectionErrorCode, boolean> = {
    refused: true,
    unresolved: true,
    unreachable: true,
    reset: true,
    address_in_use: false,
    address_not_available: false,
    permission_denied: false,
    exhausted: false,
    tls: false,
    overrun: false,
    failed: false,
  };
  for (const [code, expected] of Object.entries(codes)) {
    const error = new ConnectionError(code as ConnectionErrorCode, {
      reason: "why",
    });
    assertEquals(isTransient(error), expected, code);
  }
  const handshake = (text: string) =>
    translate(new Error(text), "shake hands with", "tls://localhost:1");
  assertEquals(isTransient(handshake("tls handshake eof")), true);
  assertEquals(isTransient(handshake("socket hang up")), true);
  const again = translate(handshake("tls handshake eof"), "ask", "x");
  assertEquals(isTransient(again), true);
  assertEquals(isTransient(handshake("invalid cert: UnknownIssuer")), false);
  assertEquals(isTransient(handshake("InvalidContentType")), false);
  const name = Object.assign(new Error("x"), { name: "URIError" });
  assertEquals(isTransient(translate(name, "connect to", "x")), false);
  const late = (deadline: "connect" | "tls_handshake" | "idle") =>
    new TimeoutError(deadline, 1, { reason: "late" });
  assertEquals(
    [late("connect"), late("tls_handshake"), late("idle")].map(isTransient),
    [true, true, false],
  );
});

Deno.test("connect() with retry tries again until the connector gives a connection", async () => {
  const [client, server] = memoryPair();
  let attempts = 0;
  const connector = {
    connect: () =>
      ++attempts < 3 ? Promise.reject(REFUSED) : Promise.resolve(client),
  };
  const retry = { forMs: 60_000, firstPauseMs: 1, maxPauseMs: 1 };
  const connection = await connect(connector, { retry });
  assertEquals(attempts, 3);
  connection.abort();
  server.abort();
});

Deno.test("connect() with retry shakes hands anew after a peer that ended in the handshake", async () => {
  let attempts = 0;
  const ended = translate(
    new Error("tls handshake eof"),
    "shake hands with",
    "tls://localhost:1",
  );
  const connector = {
    connect() {
      const [client] = memoryPair();
      const handshake = () =>
        ++attempts === 1 ? Promise.reject(ended) : Promise.resolve();
      return Promise.resolve(Object.assign(client, { handshake }));
    },
  };
  const retry = { forMs: 60_000, firstPauseMs: 1 };
  const connection = await connect(connector, { retry });
  assertEquals(attempts, 2);
  connection.abort();
});

Deno.test("checkRetry() refuses numbers out of their range, before anything is opened", async () => {
  for (
    const retry of [
      { forMs: -1 },
      { forMs: NaN },
      { forMs: 1, firstPauseMs: 0 },
      { forMs: 1, maxPauseMs: -5 },
    ]
  ) assertThrows(() => checkRetry(retry), RangeError, "retry.");
  let opened = false;
  const connect_ = () => {
    opened = true;
    return Promise.reject(REFUSED);
  };
  await assertRejects(
    () => connect({ connect: connect_ }, { retry: { forMs: -1 } }),
    RangeError,
    "Cannot use retry.forMs of -1",
  );
  assertEquals(opened, false);
});
