/**
 * Every manual of an executable: for `help`, completions and the manual page.
 *
 * @module
 */

import type { Program } from "../program.ts";
import type { Manual } from "./manual.ts";

/**
 * Loads every manual.
 *
 * @returns The manuals by what one asks `help` for.
 */
export async function allManuals(
  program: Program,
): Promise<ReadonlyMap<string, Manual>> {
  const manuals = new Map<string, Manual>();
  for (const [name, args] of Object.entries(program.nameless)) {
    manuals.set(name, await (await program.otherwise(args).load()).manual());
  }
  for (const [name, command] of Object.entries(program.commands)) {
    manuals.set(name, await (await command.load()).manual());
  }
  return manuals;
}
