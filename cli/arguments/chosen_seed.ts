/**
 * The seed of a run, if the command line gives none.
 *
 * @module
 */

import type { Log } from "../output/log.ts";

/** Chooses a seed, and says which, so that the run can be repeated. */
export function chosenSeed(log: Log): number {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  log.now({ event: "seed", seed }, `seed ${seed}`);
  return seed;
}
