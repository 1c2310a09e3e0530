/**
 * Which answers are right, wrong, missing or too many, and what becomes of a
 * connection; with links that the test moves by hand.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Lane } from "../../lib/load/lanes/lane.ts";
import type { LaneSettings } from "../../lib/load/lanes/sending.ts";
import { ClosedPace, OpenPace } from "../../lib/load/lanes/pace.ts";
import { Window } from "../../lib/load/lanes/window.ts";
import { Schedule } from "../../lib/load/generating/schedule.ts";
import type { Link, LinkEnd, LinkReceiver } from "../../lib/load/links/link.ts";
import {
  type IntervalReport,
  Measurements,
} from "../../lib/load/measuring/measurements.ts";
import { GeneratedMessages } from "../../lib/load/messages/generated_messages.ts";

/** A link that keeps what is sent and says what the test tells it to. */
class HeldLink implements Link {
  isFull = false;
  bytesIn = 0;
  bytesOut = 0;
  readonly sent: Uint8Array[] = [];
  readonly ended = Promise.withResolvers<LinkEnd>();
  receiver!: LinkReceiver;
  room = Promise.withResolvers<void>();
  isClosed = false;

  send(messages: Uint8Array[]): Promise<void> {
    for (const message of messages) {
      this.sent.push(message.slice());
      this.bytesOut += message.length;
    }
    return this.room.promise;
  }

  run(to: LinkReceiver): Promise<LinkEnd> {
    this.receiver = to;
    return this.ended.promise;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  abort(): void {
    this.ended.resolve({ kind: "reset" });
  }
}

/** A lane over such links, with a clock that the test moves. */
class Held {
  nowMs = 0;
  readonly link = new HeldLink();
  readonly opened: HeldLink[] = [];
  readonly reports: IntervalReport[] = [];
  /** The shortest and longest of each report, whose latencies are used again. */
  readonly latencies: [number, number][] = [];
  readonly lane: Lane;
  readonly measurements: Measurements;
  readonly opening: PromiseWithResolvers<void>[] = [];

  constructor(
    settings: Partial<LaneSettings> = {},
    pace: ClosedPace | OpenPace = new ClosedPace(0, Infinity, Infinity),
  ) {
    this.measurements = new Measurements(
      0,
      1_000,
      pace instanceof OpenPace,
      () => ({ bytesIn: this.lane.bytesIn, bytesOut: this.lane.bytesOut }),
      (report) => {
        this.reports.push(report);
        this.latencies.push([report.latency.min, report.latency.max]);
      },
    );
    this.lane = new Lane(
      {
        check: "same",
        inFlight: 3,
        isOrdered: true,
        mayEnd: false,
        timeoutMs: 500,
        source: new GeneratedMessages(16, 16, 1),
        open: () => {
          const link = new HeldLink();
          this.opened.push(link);
          return Promise.resolve(link);
        },
        now: () => this.nowMs,
        ...settings,
      },
      this.measurements,
      pace,
      () => {},
    );
  }

  begin(): this {
    this.lane.begin(this.link);
    return this;
  }

  /** What was measured, all in all. */
  finish(): { messages: number; errors: Record<string, number> } {
    this.measurements.finish();
    const errors: Record<string, number> = {};
    let messages = 0;
    for (const report of this.reports) {
      messages += report.messages;
      for (const [kind, count] of Object.entries(report.errors)) {
        errors[kind] = (errors[kind] ?? 0) + count;
      }
    }
    void this.lane.end(false);
    return { messages, errors };
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Lane keeps as many messages in flight as it may", () => {
  const held = new Held().begin();
  assertEquals(held.link.sent.length, 3);
  held.link.receiver.answers(held.link.sent.slice(0, 2));
  assertEquals(held.link.sent.length, 5);
  assertEquals(held.finish(), { messages: 2, errors: {} });
});

Deno.test("Lane measures from when each message was sent", () => {
  const held = new Held({ inFlight: 1 }).begin();
  for (const ms of [5, 7, 100]) {
    held.nowMs += ms;
    held.link.receiver.answers([held.link.sent.at(-1)!]);
  }
  assertEquals(held.finish(), { messages: 3, errors: {} });
  assertEquals(held.latencies, [[5_000, 100_000]]);
});

for (
  const [what, answers, expected] of [
    ["right ones", [0, 1, 2], { messages: 3, errors: {} }],
    ["one too many", [0, 1, 2, 2], { messages: 3, errors: { extra: 1 } }],
    ["one twice", [0, 0, 1, 2], { messages: 3, errors: { extra: 1 } }],
    ["one left out", [0, 2], { messages: 2, errors: { missing: 1 } }],
    ["two left out", [2], { messages: 1, errors: { missing: 2 } }],
    ["another one", [0, "x", 2], { messages: 2, errors: { wrong: 1 } }],
    ["an empty one", ["", 1], { messages: 1, errors: { wrong: 1 } }],
    ["swapped ones", [1, 0, 2], {
      messages: 2,
      errors: { missing: 1, extra: 1 },
    }],
  ] as const
) {
  Deno.test(`Lane tells of ordered answers: ${what}`, () => {
    // Once three are sent, nothing more is.
    const held = new Held({}, new ClosedPace(0, Infinity, 3)).begin();
    const { receiver, sent } = held.link;
    receiver.answers(
      answers.map((answer) =>
        typeof answer === "number"
          ? sent[answer]!
          : new TextEncoder().encode(answer)
      ),
    );
    assertEquals(held.finish(), expected);
  });
}

Deno.test("Lane takes datagrams in any order, and tells one that came twice", () => {
  const pace = new ClosedPace(0, Infinity, 3);
  const held = new Held({ isOrdered: false }, pace).begin();
  const { receiver, sent } = held.link;
  receiver.answers([sent[2]!]);
  receiver.answers([sent[0]!]);
  receiver.answers([sent[2]!]);
  receiver.answers([sent[1]!]);
  assertEquals(held.finish(), { messages: 3, errors: { extra: 1 } });
});

Deno.test("Lane finds the datagram that a wrong answer is for, and counts it once", () => {
  const pace = new ClosedPace(0, Infinity, 3);
  const held = new Held({ isOrdered: false }, pace).begin();
  const { receiver, sent } = held.link;
  const wrong = sent[1]!.slice();
  wrong[15] = 0;
  receiver.answers([wrong, sent[0]!, sent[2]!]);
  assertEquals(held.finish(), { messages: 2, errors: { wrong: 1 } });
});

Deno.test("Lane with check of count finds the datagram that an answer equals", () => {
  const pace = new ClosedPace(0, Infinity, 4);
  const held = new Held({ check: "count", isOrdered: false }, pace).begin();
  const { receiver, sent } = held.link;
  held.nowMs = 10;
  // The first is lost, and the third answer came twice.
  receiver.answers([sent[2]!]);
  receiver.answers([sent[2]!]);
  receiver.answers([sent[1]!]);
  // All that is known of another answer is that it came.
  held.nowMs = 100;
  receiver.answers([Uint8Array.of(1)]);
  assertEquals(held.finish(), { messages: 3, errors: { extra: 1 } });
  assertEquals(held.latencies, [[10_000, 100_000]]);
});

Deno.test("Lane counts answers, whatever they are, with check of count", () => {
  const pace = new ClosedPace(0, Infinity, 3);
  const held = new Held({ check: "count" }, pace).begin();
  held.link.receiver.answers([1, 2, 3, 4, 5].map((n) => Uint8Array.of(n)));
  assertEquals(held.finish(), { messages: 3, errors: { extra: 2 } });
});

Deno.test("Lane awaits nothing with check of none, and waits for room", async () => {
  const held = new Held({ check: "none" }, new ClosedPace(0, 10, Infinity));
  held.link.isFull = true;
  held.begin();
  assertEquals(held.link.sent.length, 0);
  held.link.isFull = false;
  const send = held.link.send.bind(held.link);
  held.link.send = (messages) => {
    held.link.isFull = true;
    return send(messages);
  };
  held.lane.pump(0);
  const { length } = held.link.sent;
  assert(length > 0 && held.lane.isWaiting);
  held.link.isFull = false;
  held.link.room.resolve();
  await turn();
  assertEquals(held.link.sent.length, 2 * length);
  assertEquals(held.finish(), { messages: 2 * length, errors: {} });
});

for (
  const [kind, expected] of [
    [undefined, { ended: 3 }],
    ["reset", { reset: 3 }],
    ["protocol", { protocol: 3 }],
  ] as const
) {
  Deno.test(`Lane counts what was in flight when the link ends: ${kind ?? "ended"}`, async () => {
    const held = new Held().begin();
    held.link.ended.resolve({ kind });
    await turn();
    assertEquals(held.finish(), { messages: 0, errors: expected });
  });
}

Deno.test("Lane opens a link again at once, if it has had an answer", async () => {
  const held = new Held().begin();
  held.link.receiver.answers([held.link.sent[0]!]);
  held.link.ended.resolve({ kind: undefined });
  await turn();
  assertEquals(held.opened.length, 1);
  assertEquals(held.opened[0]!.sent.length, 3);
  // Bytes of the link that is gone count.
  assertEquals(held.lane.bytesOut, (4 + 3) * 16);
  assertEquals(held.finish(), { messages: 1, errors: { ended: 3 } });
});

Deno.test("Lane does not count a server of HTTP that closes between two requests", async () => {
  const pace = new ClosedPace(0, Infinity, 1);
  const held = new Held({ mayEnd: true, check: "count" }, pace).begin();
  held.link.receiver.answers([held.link.sent[0]!]);
  held.link.ended.resolve({ kind: undefined });
  await turn();
  assertEquals(held.finish(), { messages: 1, errors: {} });
});

Deno.test("Lane does not count a server that ends once all was sent and answered", async () => {
  const pace = new ClosedPace(0, Infinity, 2);
  const held = new Held({ inFlight: 1 }, pace).begin();
  held.link.receiver.answers([held.link.sent[0]!]);
  held.lane.finish();
  held.link.receiver.answers([held.link.sent[1]!]);
  held.link.ended.resolve({ kind: undefined });
  await turn();
  assertEquals(held.opened.length, 0);
  assertEquals(held.finish(), { messages: 2, errors: {} });
});

Deno.test("Lane gives up a link on which an answer takes too long", async () => {
  const held = new Held().begin();
  held.nowMs = 500;
  held.lane.sweep(held.nowMs);
  assert(held.lane.isOpen);
  held.nowMs = 501;
  held.lane.sweep(held.nowMs);
  await turn();
  assert(!held.lane.isOpen);
  assertEquals(held.finish(), { messages: 0, errors: { timeout: 3 } });
});

Deno.test("Lane gives up a datagram whose answer takes too long, and goes on", () => {
  const held = new Held({ isOrdered: false, inFlight: 1 }).begin();
  const [first] = held.link.sent;
  held.nowMs = 501;
  held.lane.sweep(held.nowMs);
  assertEquals(held.link.sent.length, 2);
  held.link.receiver.answers([held.link.sent[1]!, first!]);
  assertEquals(held.finish(), {
    messages: 1,
    errors: { timeout: 1, extra: 1 },
  });
});

Deno.test("Lane sends at the times of a schedule what its window allows, and measures from these times", () => {
  const schedule = new Schedule(0, 1_000, 100);
  const pace = new OpenPace(schedule, 0, 1);
  const held = new Held({ inFlight: 2 }, pace).begin();
  pace.release(5);
  held.lane.pump(4);
  assertEquals([held.link.sent.length, pace.backlog], [2, 3]);
  held.nowMs = 10;
  held.link.receiver.answers(held.link.sent.slice(0, 2));
  assertEquals([held.link.sent.length, pace.backlog], [4, 1]);
  assertEquals(held.finish(), { messages: 2, errors: {} });
  // The second was due at 1 ms, and sent at 4 ms.
  assertEquals(held.latencies, [[9_000, 10_000]]);
});

Deno.test("Window gives back due and sent times in order, whatever its size", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }),
    (steps) => {
      const window = new Window();
      const told: number[] = [];
      const to = {
        answered: (due: number, sent: number, _now: number, count: number) => {
          assertEquals(sent, due + 1);
          for (let i = 0; i < count; i++) told.push(due);
        },
      };
      const pushed: number[] = [];
      for (const [at, step] of steps.entries()) {
        for (let i = 0; i < step; i++) {
          window.push(at, at + 1);
          pushed.push(at);
        }
        window.answer(Math.min(window.waiting, (step * 7) % 23), 0, to);
      }
      window.answer(window.waiting, 0, to);
      assertEquals(told, pushed);
    },
  ));
});
