/**
 * How often faults strike: within 4.5 standard deviations of a binomial distribution.
 * The seeds are fixed, so a test fails always or never.
 *
 * @module
 */

import { assert, assertEquals, assertLess } from "@std/assert";
import { refusal } from "../../lib/faults/plan/plan.ts";
import { parseFault } from "../../lib/testing/mod.ts";
import { bytesOf, planOf, sentBy } from "./support.ts";

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

function assertBinomial(count: number, trials: number, p: number): void {
  const deviation = Math.sqrt(trials * p * (1 - p));
  const distance = Math.abs(count - trials * p) / deviation;
  assertLess(distance, 4.5, `${count} of ${trials} for ${p}`);
}

for (const p of [0.001, 0.01, 0.3, 0.9]) {
  Deno.test(`corrupt:${p} flips one bit in this share of the bytes`, () => {
    const zeros = new Uint8Array(5_000);
    const bits = new Array<number>(8).fill(0);
    let count = 0;
    for (const seed of SEEDS) {
      const sent = bytesOf(planOf([`corrupt:${p}`], { seed }).push(zeros));
      for (const character of sent) {
        const byte = character.charCodeAt(0);
        if (byte === 0) continue;
        count++;
        assert((byte & (byte - 1)) === 0, "more than one bit");
        bits[Math.log2(byte)]!++;
      }
    }
    assertBinomial(count, SEEDS.length * zeros.length, p);
    for (const each of bits) assertBinomial(each, count, 1 / 8);
  });
}

Deno.test("corrupt strikes every place of a stream as often", () => {
  const halves = [0, 0];
  for (const seed of SEEDS) {
    const plan = planOf(["corrupt:10%"], { seed });
    for (const [, place] of sentBy(plan.push(new Uint8Array(200))).strikes) {
      halves[place! < 100 ? 0 : 1]!++;
    }
  }
  assertBinomial(halves[0]!, SEEDS.length * 100, 0.1);
  assertBinomial(halves[1]!, SEEDS.length * 100, 0.1);
});

const LINES = new TextEncoder().encode("x\n".repeat(100));

for (const name of ["drop", "duplicate"]) {
  Deno.test(`${name}:30% strikes 30% of the messages`, () => {
    let count = 0;
    for (const seed of SEEDS) {
      const plan = planOf([`${name}:30%`], { framing: "line", seed });
      const sent = bytesOf(plan.push(LINES)).length / 2;
      count += Math.abs(100 - sent);
    }
    assertBinomial(count, 100 * SEEDS.length, 0.3);
  });
}

Deno.test("reorder:10% strikes 10% of the messages that do not wait for another", () => {
  let count = 0;
  let chances = 0;
  for (const seed of SEEDS) {
    const plan = planOf(["reorder:10%"], { framing: "line", seed });
    const { strikes } = sentBy(plan.push(LINES));
    count += strikes.length;
    chances += 100 - strikes.length;
  }
  assertBinomial(count, chances, 0.1);
});

Deno.test("share=30% strikes 30% of the connections, the same in both directions", () => {
  const connections = Array.from({ length: 5_000 }, (_, i) => i + 1);
  const faults = [parseFault("refuse,share=30%")];
  const refused = connections.filter((connection) =>
    refusal(faults, 7, connection) !== undefined
  );
  assertBinomial(refused.length, connections.length, 0.3);
  // One after the other is as independent as any two.
  const pairs = refused.filter((connection) =>
    refused.includes(connection + 1)
  );
  assertBinomial(pairs.length, connections.length, 0.09);

  for (const connection of connections.slice(0, 100)) {
    const isStruck = (direction: "toServer" | "toClient") =>
      !planOf(["split:1,share=30%"], { connection, direction }).isEmpty;
    assertEquals(isStruck("toServer"), isStruck("toClient"));
  }
});

Deno.test("jitter spreads delays evenly over its range", () => {
  const halves = [0, 0];
  for (const seed of SEEDS) {
    const plan = planOf(["delay:10ms,jitter=10ms"], { framing: "line", seed });
    for (const step of plan.push(LINES)) {
      if (step.type === "bytes") halves[step.delayMs < 5 ? 0 : 1]!++;
    }
  }
  assertBinomial(halves[0]!, 100 * SEEDS.length, 1 / 4);
});
