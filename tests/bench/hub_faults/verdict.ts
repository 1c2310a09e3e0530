/**
 * What the members of a run heard, compared.
 *
 * @module
 */

import type { Member } from "./members.ts";

/** The figures of a run. */
export interface Verdict {
  /** What members said. */
  readonly said: number;
  /** What at least one other member heard: it was accepted. */
  readonly accepted: number;
  /** How often a member heard a message. */
  readonly delivered: number;
  /** How often a member that stayed or came back never heard an accepted one. */
  readonly lost: number;
  /** How often members were told that messages are missing, by number. */
  readonly told: number;
  /** Members that miss more than they were told of. */
  readonly untold: number;
  /** How often a member heard a message twice over one connection. */
  readonly doubled: number;
  /** How often a member heard a lower number of a sender after a higher one. */
  readonly reordered: number;
}

/** Compares what the members heard. */
export function judge(members: readonly Member[]): Verdict {
  const accepted = new Map<number, Set<number>>();
  for (const member of members) {
    for (const { numbers } of member.hearings) {
      for (const [sender, heard] of numbers) {
        const all = accepted.get(sender) ?? new Set();
        accepted.set(sender, all);
        for (const number of heard) all.add(number);
      }
    }
  }
  let [delivered, lost, told, untold, doubled, reordered] = [0, 0, 0, 0, 0, 0];
  for (const member of members) {
    const heard = new Map<number, Set<number>>();
    let toldHere = 0;
    for (const { missed, numbers } of member.hearings) {
      toldHere += missed;
      for (const [sender, list] of numbers) {
        delivered += list.length;
        const inOrder = new Set<number>();
        let last = -1;
        for (const number of list) {
          if (inOrder.has(number)) doubled++;
          else if (number < last) reordered++;
          inOrder.add(number);
          last = Math.max(last, number);
        }
        heard.set(sender, (heard.get(sender) ?? new Set()).union(inOrder));
      }
    }
    let lostHere = 0;
    for (const [sender, all] of accepted) {
      if (sender === member.number) continue;
      lostHere += all.difference(heard.get(sender) ?? new Set()).size;
    }
    lost += lostHere;
    told += toldHere;
    if (lostHere > toldHere) untold++;
  }
  return {
    said: members.reduce((sum, { said }) => sum + said, 0),
    accepted: [...accepted.values()].reduce((sum, { size }) => sum + size, 0),
    ...{ delivered, lost, told, untold, doubled, reordered },
  };
}

/** A percentile, as text. */
export function percentile(values: number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return `${sorted[at]?.toFixed(2) ?? "-"} ms`;
}
