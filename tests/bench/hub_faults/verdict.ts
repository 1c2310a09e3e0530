/**
 * What the members of a run heard, compared.
 *
 * @module
 */

import type { Hearing, Member } from "./members.ts";

/** The figures of a run. */
export interface Verdict {
  /** What members said. */
  readonly said: number;
  /** What at least one other member heard: it was accepted. */
  readonly accepted: number;
  /** How often a member heard a message. */
  readonly delivered: number;
  /**
   * How often a member did not hear an accepted message. With a history all count,
   * also those from before it came back; without, those while it was connected.
   */
  readonly lost: number;
  /** How many messages are missing, as members were told. */
  readonly told: number;
  /** Of the lost ones, how many members were not told of. */
  readonly untold: number;
  /** How often a member heard a message twice over one connection. */
  readonly doubled: number;
  /** How often a member heard a lower number of a sender after a higher one. */
  readonly reordered: number;
}

type Numbers = Map<number, Set<number>>;

/** Compares what the members heard. */
export function judge(
  members: readonly Member[],
  mode: "core" | "history",
): Verdict {
  const accepted: Numbers = new Map();
  for (const { hearings } of members) {
    for (const { numbers } of hearings) addTo(accepted, numbers);
  }
  let [delivered, lost, told, untold, doubled, reordered] = [0, 0, 0, 0, 0, 0];
  for (const { hearings, number: own } of members) {
    for (const { missed, numbers } of hearings) {
      for (const list of numbers.values()) {
        delivered += list.length;
        let last = -1;
        const before = new Set<number>();
        for (const number of list) {
          if (before.has(number)) doubled++;
          else if (number < last) reordered++;
          before.add(number);
          last = Math.max(last, number);
        }
      }
      told += missed;
    }
    const losses = mode === "history"
      ? [{ lost: lostByAll(hearings, accepted, own), missed: 0 }]
      : hearings.map((hearing) => ({
        lost: lostBetween(hearing, accepted),
        missed: hearing.missed,
      }));
    for (const loss of losses) {
      lost += loss.lost;
      untold += Math.max(0, loss.lost - loss.missed);
    }
  }
  return {
    said: members.reduce((sum, { said }) => sum + said, 0),
    accepted: [...accepted.values()].reduce((sum, { size }) => sum + size, 0),
    ...{ delivered, lost, told, untold, doubled, reordered },
  };
}

/** What was never heard, over no connection. */
function lostByAll(
  hearings: readonly Hearing[],
  accepted: Numbers,
  own: number,
): number {
  const heard: Numbers = new Map();
  for (const { numbers } of hearings) addTo(heard, numbers);
  let lost = 0;
  for (const [sender, all] of accepted) {
    if (sender === own) continue;
    lost += all.difference(heard.get(sender) ?? new Set()).size;
  }
  return lost;
}

/** What was not heard between the first and the last message of its sender. */
function lostBetween({ numbers }: Hearing, accepted: Numbers): number {
  let lost = 0;
  for (const [sender, list] of numbers) {
    const heard = new Set(list);
    const last = Math.max(...list.slice(-1_000));
    for (const number of accepted.get(sender) ?? []) {
      if (number > list[0]! && number < last && !heard.has(number)) lost++;
    }
  }
  return lost;
}

function addTo(all: Numbers, numbers: Hearing["numbers"]): void {
  for (const [sender, list] of numbers) {
    const known = all.get(sender) ?? new Set();
    all.set(sender, known);
    for (const number of list) known.add(number);
  }
}

/** A percentile, as text. */
export function percentile(values: number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return `${sorted[at]?.toFixed(2) ?? "-"} ms`;
}
