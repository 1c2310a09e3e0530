/**
 * What a command says about itself. `--help`, the completions and the manual
 * pages are made of it.
 *
 * @module
 */

import type { OptionTable } from "../arguments/option.ts";
import type { ExitCode } from "../output/exit_code.ts";

/** What a command says about itself. */
export interface Manual {
  /** The command, such as `parley-server echo`. */
  readonly name: string;
  /** The operands after the name. */
  readonly usage: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** Command lines to try. */
  readonly examples: readonly string[];
  /** What its operands can be. */
  readonly operands: readonly Section[];
  /** The options. */
  readonly options: OptionTable;
  /** What else there is to know. */
  readonly details: readonly Section[];
  /** Its exit codes; all of them unless given. */
  readonly exitCodes?: readonly ExitCode[];
}

/** A part of the text with a title. */
export interface Section {
  /** The title. */
  readonly title: string;
  /** Rows of a term and what it means; without a term, a paragraph. */
  readonly rows: readonly (readonly [string, string])[];
  /** Lines below them that are shown as they are. */
  readonly lines?: readonly string[];
}

/** What an executable says about itself as a whole: one screen. */
export interface Overview {
  /** Name of the executable. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** The operands after the name, one form a line. */
  readonly usages: readonly string[];
  /** Command lines to try. */
  readonly examples: readonly string[];
  /** Its commands, and where to find more. */
  readonly sections: readonly Section[];
}
