/**
 * What a plan sends and how it strikes, in a form that can be compared.
 *
 * @module
 */

import type { Step } from "../../lib/faults/plan/step.ts";
import { Plan, type PlanOptions } from "../../lib/faults/plan/plan.ts";
import { fork, type Random, seeded } from "../../lib/random.ts";
import { parseFraming } from "../../lib/framing/mod.ts";
import { parseFault } from "../../lib/testing/mod.ts";

/** What came out of a plan: bytes, where what struck, and how it ended. */
export interface Sent {
  readonly bytes: string;
  readonly strikes: readonly (readonly [
    fault: string,
    place: number | undefined,
    message?: number | undefined,
  ])[];
  readonly end: string | undefined;
}

/** Cuts bytes into pieces of random sizes. */
export function* randomCuts(
  bytes: Uint8Array,
  random: Random,
  most: number,
): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(random() * most);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** A plan for the first connection, to the server. */
export function planOf(
  faults: readonly string[],
  options: Partial<Omit<PlanOptions, "faults" | "framing">> & {
    readonly framing?: string | undefined;
  } = {},
): Plan {
  const { framing, ...others } = options;
  return new Plan({
    seed: 1,
    connection: 1,
    direction: "toServer",
    ...others,
    faults: faults.map(parseFault),
    framing: framing === "datagrams"
      ? framing
      : framing === undefined
      ? undefined
      : parseFraming(framing),
  });
}

/** Runs bytes through a plan. */
export function run(
  plan: Plan,
  bytes: Uint8Array,
  cuts: { readonly seed: number; readonly most: number },
): Step[] {
  const random = fork(seeded(cuts.seed));
  const steps: Step[] = [];
  for (const piece of randomCuts(bytes, random, cuts.most)) {
    steps.push(...plan.push(piece));
  }
  steps.push(...plan.end());
  return steps;
}

/** The bytes that are sent, in Latin-1. */
export function bytesOf(steps: readonly Step[]): string {
  return steps.map((step) => step.type === "bytes" ? latin1(step.bytes) : "")
    .join("");
}

/** What was sent, without the cuts between bytes, and the strikes with their places. */
export function sentBy(steps: readonly Step[]): Sent {
  const strikes = steps.flatMap((step) =>
    step.type === "strike"
      ? [[step.event.fault, step.event.offset, step.event.message] as const]
      : []
  );
  const last = steps.at(-1)?.type;
  const end = last === "bytes" || last === "strike" ? undefined : last;
  return { bytes: bytesOf(steps), strikes, end };
}

/** Bytes as characters. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
