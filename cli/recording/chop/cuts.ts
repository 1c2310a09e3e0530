/**
 * Where a request is cut.
 *
 * @module
 */

import type { ChopRequest } from "./request.ts";

/** Offsets in the request at which it is cut, in order. */
export type Cut = readonly number[];

/**
 * Gives every cut. A step that waits for an answer is a cut already, so there is none
 * at its beginning.
 *
 * @param inThree Whether to cut at every pair of positions.
 */
export function* cutsOf(
  { steps }: ChopRequest,
  inThree: boolean,
): Generator<Cut> {
  for (const { bytes, offset } of steps) {
    const end = offset + bytes.length;
    for (let first = offset + 1; first < end; first++) {
      if (!inThree) {
        yield [first];
        continue;
      }
      for (let second = first + 1; second < end; second++) {
        yield [first, second];
      }
    }
  }
}

/** Counts the cuts. */
export function countCuts({ steps }: ChopRequest, inThree: boolean): number {
  let count = 0;
  for (const { bytes } of steps) {
    const positions = Math.max(0, bytes.length - 1);
    count += inThree ? positions * (positions - 1) / 2 : positions;
  }
  return count;
}

/** The pieces of a step. */
export function piecesAt(
  bytes: Uint8Array,
  offset: number,
  cut: Cut,
): Uint8Array[] {
  const inside = cut.map((at) => at - offset)
    .filter((at) => at > 0 && at < bytes.length);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
}
