/**
 * The exit codes as a section of a text.
 *
 * @module
 */

import { EXIT_CODES, type ExitCode } from "../output/exit_code.ts";
import type { Section } from "./manual.ts";

/**
 * Makes the section.
 *
 * @param only The codes to show; all unless given.
 */
export function exitCodeSection(only?: readonly ExitCode[]): Section {
  const rows = EXIT_CODES
    .filter(([code]) => only === undefined || only.includes(code))
    .map(([code, means]) => [String(code), means] as const);
  return { title: "Exit codes", rows };
}
