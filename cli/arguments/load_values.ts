/**
 * Loads what only the values of some options need.
 *
 * @module
 */

import type { OptionTable } from "./option.ts";
import { splitPlace } from "./place.ts";

/**
 * Loads what reads the values of the given options. It comes before
 * `parseArguments`, which does not wait.
 *
 * @param args The arguments.
 */
export async function loadValues(
  args: readonly string[],
  table: OptionTable,
): Promise<void> {
  for (const [name, { load }] of Object.entries(table)) {
    if (load === undefined) continue;
    const isGiven = args.some((arg) =>
      arg === `--${name}` || arg.startsWith(`--${name}=`)
    );
    // FRAME@ADDRESS says what --frame says.
    const isBefore = name === "frame" &&
      args.some((arg) => splitPlace(arg)[0] !== undefined);
    if (isGiven || isBefore) await load();
  }
}
