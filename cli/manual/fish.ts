/**
 * Completions for fish.
 *
 * @module
 */

import type { CompletionWords, OptionWord } from "./completion_words.ts";

/**
 * Writes a script for fish.
 *
 * @param words What can be completed.
 */
export function fishCompletions(words: CompletionWords): string {
  const { commands, name, operands, options } = words;
  const lines = [
    `# Completions of ${name} for fish.`,
    `complete -c ${name} -f`,
    ...commands.map(({ means, word }) =>
      `complete -c ${name} -n __fish_use_subcommand -a ${word} -d ${
        quoted(means)
      }`
    ),
  ];
  for (const [command, list] of Object.entries(options)) {
    const when = command === ""
      ? `not __fish_seen_subcommand_from ${
        commands.map(({ word }) => word).join(" ")
      }`
      : `__fish_seen_subcommand_from ${command}`;
    for (const option of list) {
      lines.push(`complete -c ${name} -n ${quoted(when)} ${spelled(option)}`);
    }
  }
  for (const [command, list] of Object.entries(operands)) {
    lines.push(
      `complete -c ${name} -n ${
        quoted(`__fish_seen_subcommand_from ${command}`)
      } -a ${quoted(list.join(" "))}`,
    );
  }
  return lines.join("\n");
}

function spelled({ letter, means, value, word }: OptionWord): string {
  const parts = [`-l ${word.slice(2)}`];
  if (letter !== undefined) parts.push(`-s ${letter}`);
  if (value === "file" || value === "folder") parts.push("-r -F");
  else if (value === "any") parts.push("-x");
  else if (value !== undefined) parts.push(`-x -a ${quoted(value.join(" "))}`);
  return [...parts, `-d ${quoted(means)}`].join(" ");
}

/** One word of the shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
