import { assert, assertEquals } from "@std/assert";
import { Plan } from "../../lib/faults/plan/plan.ts";
import type { Step } from "../../lib/faults/plan/step.ts";
import { parseFraming } from "../../lib/framing/mod.ts";
import { type Fault, parseFault } from "../../lib/testing/mod.ts";
import { bytesOf, planOf, run, sentBy } from "./support.ts";

const LINES = Array.from({ length: 40 }, (_, i) => `message ${i + 1}\n`);
const TEXT = new TextEncoder().encode(LINES.join(""));

const CUTS = [
  { seed: 1, most: 1 },
  { seed: 2, most: 7 },
  { seed: 3, most: 100 },
  { seed: 4, most: 10_000 },
];

// Every fault, with and without messages. What stands in a place of the stream must
// be there however the bytes came.
const SAME_AT_EVERY_CUT: [faults: string[], framing?: string][] = [
  [["corrupt:5%"]],
  [["corrupt:5%,times=3"]],
  [["corrupt:20%,message=3-5"], "line"],
  [["truncate:100"]],
  [["truncate:7msg"], "line"],
  [["reset-after:100"]],
  [["reset-after:5,when=/e 12/"], "line"],
  [["stall-after:0msg,message=9"], "line"],
  [["drop:30%"], "line"],
  [["duplicate:30%,times=4"], "line"],
  [["reorder:30%"], "line"],
  [["delay:5ms,jitter=5ms"], "line"],
  [["split:3,message=2"], "line"],
  [["rate:40/s,when=/1/"], "line"],
  [["slow-end:1s"]],
  [["drop:20%", "duplicate:20%", "reorder:20%", "corrupt:1%"], "line"],
];

for (const [faults, framing] of SAME_AT_EVERY_CUT) {
  const name = faults.join(" ");
  Deno.test(`Plan gives the same bytes and strikes of ${name} at every cut`, () => {
    const [first, ...others] = CUTS.map((cuts) => {
      const plan = planOf(faults, { framing, seed: 7 });
      return sentBy(run(plan, TEXT, cuts));
    });
    for (const other of others) assertEquals(other, first);
    assert(first!.strikes.length > 0, "nothing struck");
  });
}

Deno.test("Plan delays each message by the same time at every cut", () => {
  const delays = CUTS.map((cuts) => {
    const plan = planOf(["delay:10ms,jitter=10ms"], { framing: "line" });
    return run(plan, TEXT, cuts).flatMap((step) =>
      step.type === "bytes" ? step.delayMs : []
    );
  });
  for (const other of delays.slice(1)) assertEquals(other, delays[0]);
  assert(delays[0]!.every((ms) => ms >= 0 && ms <= 20));
  assert(new Set(delays[0]).size > 30);
});

Deno.test("Plan delays a chunk by its place, the same in every run", () => {
  const delaysAt = () => {
    const plan = planOf(["delay:10ms,jitter=5ms"]);
    const steps = run(plan, TEXT, { seed: 5, most: 20 });
    return steps.flatMap((step) => step.type === "bytes" ? step.delayMs : []);
  };
  assertEquals(delaysAt(), delaysAt());
  assert(new Set(delaysAt()).size > 10);
});

Deno.test("Plan gives another seed, connection, direction and fault other numbers", () => {
  const sent = [
    planOf(["corrupt:5%"]),
    planOf(["corrupt:5%"], { seed: 2 }),
    planOf(["corrupt:5%"], { connection: 2 }),
    planOf(["corrupt:5%"], { direction: "toClient" }),
    planOf(["slow-end:1s", "corrupt:5%"]),
  ].map((plan) => bytesOf(run(plan, TEXT, CUTS[2]!)));
  assertEquals(new Set(sent).size, sent.length);
});

Deno.test("Plan cuts writes at multiples of split's size, and messages from their beginning", () => {
  const sizes = (steps: Step[]) =>
    steps.flatMap((step) => step.type === "bytes" ? step.bytes.length : []);
  const stream = planOf(["split:4"]);
  assertEquals(
    sizes([
      ...stream.push(new Uint8Array(6)),
      ...stream.push(new Uint8Array(9)),
    ]),
    [4, 2, 2, 4, 3],
  );
  const lines = planOf(["split:4,message=1-2"], { framing: "line" });
  assertEquals(
    sizes(lines.push(new TextEncoder().encode("hello\nyou\nwhole line\n"))),
    [4, 2, 4, 11],
  );
});

Deno.test("Plan passes what breaks the framing on, without the faults of messages", () => {
  const plan = planOf(["drop:100%"], {
    framing: "length:4",
    maxMessageBytes: 100,
  });
  const good = Uint8Array.of(0, 0, 0, 1, 65);
  const bad = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
  const steps = [...plan.push(good), ...plan.push(bad), ...plan.end()];
  assertEquals(sentBy(steps), {
    bytes: "GET / HTTP/1.1\r\n\r\n",
    strikes: [["drop:100%", 0, 1]],
    end: "end",
  });
});

Deno.test("Plan does not hold back text without the end of a line for faults of bytes", () => {
  const prompt = new TextEncoder().encode("login: ");
  assertEquals(
    bytesOf(planOf(["corrupt:1%,times=1"], { framing: "line" }).push(prompt))
      .length,
    7,
  );
  assertEquals(
    bytesOf(planOf(["drop:1%"], { framing: "line" }).push(prompt)).length,
    0,
  );
});

Deno.test("Plan sends a message that waits for the next one when it is flushed", () => {
  const plan = planOf(["reorder:100%"], { framing: "line" });
  assertEquals(bytesOf(plan.push(new TextEncoder().encode("a\n"))), "");
  assert(plan.isHolding);
  assertEquals(bytesOf(plan.flush()), "a\n");
  assertEquals(sentBy(plan.push(new TextEncoder().encode("b\nc\n"))), {
    bytes: "c\nb\n",
    strikes: [["reorder:100%", 2, 2]],
    end: undefined,
  });
});

Deno.test("Plan looks at what a frame of WebSocket says, without its mask", () => {
  const masked = Uint8Array.fromHex("818537fa213d7f9f4d5158");
  const plain = Uint8Array.fromHex("810568656c6c6f");
  for (
    const [frame, direction] of [
      [masked, "toServer"],
      [plain, "toClient"],
    ] as const
  ) {
    const kept = (pattern: string) => {
      const fault = `drop:100%,when=/${pattern}/`;
      const plan = planOf([fault], { direction, framing: "websocket" });
      return bytesOf(plan.push(frame)).length;
    };
    assertEquals([kept("^[Hh]ello$"), kept("x")], [0, frame.length]);
  }
});

Deno.test("Plan looks at 64 KiB of a message for when=", () => {
  const long = new TextEncoder().encode(`${"x".repeat(65_535)}ab\n`);
  const at = (pattern: string) => {
    const plan = planOf([`drop:100%,when=/${pattern}/`], { framing: "line" });
    return bytesOf([...plan.push(long.slice()), ...plan.end()]).length;
  };
  assertEquals(at("a"), 0);
  assertEquals(at("b"), long.length);
});

Deno.test("Plan leaves a fault out whose when= takes too long, says so once, and passes on what comes", () => {
  const hostile = `${"a".repeat(60)}!\n`;
  const text = new TextEncoder().encode(`aaa\n${hostile}${hostile}aaa\n`);
  const fault = "drop:100%,when=/^(?=a)(a+)+$/";
  const plan = planOf([fault], { framing: "line" });
  const steps = run(plan, text, CUTS[1]!);
  assertEquals(bytesOf(steps), `${hostile}${hostile}aaa\n`);
  const event = {
    fault,
    name: "drop" as const,
    connection: 1,
    direction: "toServer" as const,
  };
  const leftOut =
    "the search was given up after 500 ms, as the regular expression backtracks too much on what it looked at";
  const strikes = steps.flatMap((step) =>
    step.type === "strike" ? step.event : []
  );
  assertEquals(strikes, [
    { ...event, message: 1, offset: 0 },
    { ...event, message: 2, offset: 4, leftOut },
  ]);
});

Deno.test("Plan searches a message once, however many bytes of it are struck", () => {
  let searches = 0;
  const when = new class extends RegExp {
    override exec(text: string): RegExpExecArray | null {
      searches++;
      return super.exec(text);
    }
  }("b");
  const fault: Fault = { ...parseFault("corrupt:100%,when=/b/"), when };
  const plan = new Plan({
    seed: 1,
    connection: 1,
    direction: "toServer",
    faults: [fault],
    framing: parseFraming("line"),
  });
  const { bytes, strikes } = sentBy(
    plan.push(new TextEncoder().encode("aaaa\nbbbb\naaaa\n")),
  );
  assertEquals(searches, 3);
  assertEquals(strikes.length, 5);
  assertEquals([bytes.slice(0, 5), bytes.slice(10)], ["aaaa\n", "aaaa\n"]);
});
