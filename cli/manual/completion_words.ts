/**
 * What can be completed: commands, and the options of each, with the words of
 * their values.
 *
 * @module
 */

import { HELP_OPTIONS } from "../arguments/common_options.ts";
import type { OptionTable } from "../arguments/option.ts";
import type { Manual } from "./manual.ts";

/** One word that can be typed, and what it means. */
export interface Word {
  /** The word. */
  readonly word: string;
  /** What it means, in a few words. */
  readonly means: string;
}

/** An option that can be typed. */
export interface OptionWord extends Word {
  /** A letter that means the same. */
  readonly letter: string | undefined;
  /** What its value is: nothing, one of some words, a file, or anything. */
  readonly value: undefined | "file" | "folder" | "any" | readonly string[];
}

/** What can be completed. */
export interface CompletionWords {
  /** Name of the executable. */
  readonly name: string;
  /** The words that can come first. */
  readonly commands: readonly Word[];
  /** The options after each command; under `""` those without a command. */
  readonly options: Readonly<Record<string, readonly OptionWord[]>>;
  /** The fixed words after a command. */
  readonly operands: Readonly<Record<string, readonly string[]>>;
}

/**
 * Collects what can be completed.
 *
 * @param name Name of the executable.
 * @param topics What `help` explains besides.
 */
export function completionWords(
  name: string,
  manuals: ReadonlyMap<string, Manual>,
  topics: readonly string[],
): CompletionWords {
  const commands: Word[] = [];
  const options: Record<string, readonly OptionWord[]> = {};
  const nameless: Record<string, OptionWord> = {};
  for (const [asked, manual] of manuals) {
    const words = optionWords(manual.options);
    if (manual.name === `${name} ${asked}`) {
      commands.push({ word: asked, means: manual.summary });
      options[asked] = words;
    } else {
      for (const word of words) nameless[word.word] ??= word;
    }
  }
  options[""] = Object.keys(nameless).length > 0
    ? Object.values(nameless)
    : optionWords(HELP_OPTIONS);
  const operands = {
    help: [...manuals.keys(), ...topics],
    completions: ["bash", "zsh", "fish"],
  };
  return { name, commands, options, operands };
}

function valueOf(name: string | undefined): OptionWord["value"] {
  if (name === undefined) return undefined;
  return name === "FILE" ? "file" : name === "DIR" ? "folder" : "any";
}

function optionWords(table: OptionTable): OptionWord[] {
  return Object.entries(table).map(([name, option]) => {
    const { help, letter, value, words } = option;
    return {
      word: `--${name}`,
      letter,
      means: firstClause(help),
      value: words ?? valueOf(value),
    };
  });
}

/** A menu has room for a few words. */
function firstClause(help: string): string {
  return help.replace(/[,:;(].*$/s, "").trim().slice(0, 60);
}
