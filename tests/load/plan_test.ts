import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type LoadOptions, runLoad } from "../../lib/load/mod.ts";
import { planOf } from "../../lib/load/planning/plan.ts";
import { partOf } from "../../lib/load/workers/generator_handle.ts";
import { lengthPrefix } from "../../lib/framing/mod.ts";

const ADDRESS = "tcp://127.0.0.1:7342";

// Nothing listens at port 1, so a run that began would fail otherwise.
const REFUSED: readonly (readonly [Partial<LoadOptions>, string])[] = [
  [{ address: "nonsense" }, "nonsense"],
  [{ address: "http://[" }, "http://["],
  [{ connections: 0 }, "connections of 0"],
  [{ connections: 70_000 }, "connections of 70000"],
  [{ inFlight: 0 }, "inFlight of 0"],
  [{ inFlight: 1.5 }, "inFlight of 1.5"],
  [{ ratePerS: 0 }, "ratePerS of 0"],
  [{ ratePerS: NaN }, "ratePerS of NaN"],
  [{ durationMs: 0 }, "durationMs of 0"],
  [{ durationMs: Infinity }, "a count must be given"],
  [{ count: 0 }, "count of 0"],
  [{ warmUpMs: -1 }, "warmUpMs of -1"],
  [{ timeoutMs: 0 }, "timeoutMs of 0"],
  [{ size: 0 }, "size of 0"],
  [{ size: [5, 4] }, "size of 5,4"],
  [{ size: 5, messages: [new Uint8Array(1)] }, "the messages are given"],
  [{ messages: [] }, "there must be at least one"],
  [{ check: "all" as never }, `"same", "count" or "none"`],
  [{ limits: [{ percentile: 0, ms: 1 }] }, "percentiles above 0"],
  [{ limits: [{ percentile: 99, ms: 0 }] }, "limits of 0"],
  [
    { check: "none", limits: [{ percentile: 99, ms: 1 }] },
    "no latency is measured",
  ],
  [{ workers: 2 }, "fewer connections: 1"],
  [{ workers: 0 }, "workers of 0"],
  [
    { workers: 2, connections: 2, framing: lengthPrefix({ bytes: 4 }) },
    "it must be a string",
  ],
  [{ framing: "lenght:4" }, "lenght"],
  [{ framing: "fixed:10", size: 11 }, "11"],
  [{ framing: "line", messages: [Uint8Array.of(10)] }, "line"],
  [{ maxMessageBytes: 10, size: 64 }, "64"],
  // Refused by its number: making it would take minutes, or all memory.
  [{ size: 2 ** 30 }, "the limit is 1048576 bytes"],
  [{ address: "ws://127.0.0.1:7342/", size: 2 ** 30 }, "the limit is 1048576"],
  [{ address: "udp://127.0.0.1:7342", size: 2 ** 30 }, "the limit is 1048576"],
  [{ address: "udp://127.0.0.1:7342", size: 65_508 }, "hold 65507 bytes at"],
  [{ address: "udp://[::1]:7342", size: 65_528 }, "hold 65527 bytes at most"],
  [{ address: "http://127.0.0.1:1/", size: 2 ** 50 }, "from 1 to 1073741824"],
  [{ method: "GET" }, "it is for URLs of http: and https:"],
  [{ headers: [["a", "b"]] }, "it is for URLs of http: and https:"],
  [{ address: "http://127.0.0.1:1/", inFlight: 2 }, "use more connections"],
  [{ address: "http://127.0.0.1:1/", check: "none" }, "is awaited"],
  [{ address: "udp://127.0.0.1:1", proxyProtocol: 2 }, "it is not for udp:"],
  [{ address: "ws://127.0.0.1:1", proxyProtocol: 2 }, "it is not for ws:"],
  [{ seed: -1 }, "seed of -1"],
];

for (const [options, message] of REFUSED) {
  Deno.test(`runLoad() refuses ${Deno.inspect(options, { depth: 2 })}`, async () => {
    const error = await assertRejects(() =>
      runLoad({ address: "tcp://127.0.0.1:1", ...options })
    ) as Error;
    const isCallers = error instanceof TypeError || error instanceof RangeError;
    assertEquals(
      [isCallers, error.message.includes(message)],
      [true, true],
      error.message,
    );
  });
}

Deno.test("planOf() chooses one message in flight, and more in an open loop", () => {
  assertEquals(planOf({ address: ADDRESS }).inFlight, 1);
  assertEquals(planOf({ address: ADDRESS, ratePerS: 5 }).inFlight, 1_000);
  const web = { address: "http://127.0.0.1/", ratePerS: 5 };
  assertEquals(planOf(web).inFlight, 1);
});

Deno.test("planOf() ends a run after 10 s, or its count, or both", () => {
  const ends = (options: Partial<LoadOptions>) => {
    const { count, durationMs } = planOf({ address: ADDRESS, ...options });
    return [count, durationMs];
  };
  assertEquals(ends({}), [Infinity, 10_000]);
  assertEquals(ends({ count: 5 }), [5, Infinity]);
  assertEquals(ends({ count: 5, durationMs: 100 }), [5, 100]);
});

Deno.test("planOf() makes at most 1,200 intervals of a run, of 100 ms if it is short", () => {
  const interval = (durationMs: number) =>
    planOf({ address: ADDRESS, durationMs }).intervalMs;
  assertEquals(interval(10_000), 100);
  assertEquals(interval(60_000), 1_000);
  assertEquals(interval(1_200_000), 1_000);
  assertEquals(interval(86_400_000), 72_000);
});

Deno.test("planOf() asks for what a URL says", () => {
  const { opens, request, spoken } = planOf({
    address: "https://example.org:8443/a?b#c",
    headers: [["X-A", " 1 "]],
    size: 10,
  });
  assertEquals([opens, spoken], ["tls://example.org:8443", "http"]);
  assertEquals(request, {
    method: "POST",
    target: "/a?b",
    headers: [["host", "example.org:8443"], ["accept", "*/*"], ["X-A", "1"]],
  });
  assertThrows(
    () => planOf({ address: "http://a/", headers: [["a b", "c"]] }),
    TypeError,
  );
});

Deno.test("partOf() deals out connections, count and rate, and loses nothing", () => {
  const plan = planOf({
    address: ADDRESS,
    connections: 10,
    count: 1_001,
    ratePerS: 500,
    workers: 3,
  });
  const parts = [0, 1, 2].map((index) => partOf(plan, index));
  assertEquals(parts.map(({ connections }) => connections), [3, 3, 4]);
  const sum = (of: (part: typeof plan) => number) =>
    Math.round(parts.reduce((all, part) => all + of(part), 0));
  assertEquals(sum(({ count }) => count), 1_001);
  assertEquals(sum(({ ratePerS }) => ratePerS!), 500);
  assertEquals(parts[2]!.ratePerS, 200);
});
