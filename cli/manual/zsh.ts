/**
 * Completions for zsh.
 *
 * @module
 */

import type { CompletionWords, OptionWord } from "./completion_words.ts";

/**
 * Writes a completion function for zsh.
 *
 * @param words What can be completed.
 * @returns The function, to be saved in a folder of `fpath` as `_NAME`.
 */
export function zshCompletions(words: CompletionWords): string {
  const { commands, name, operands, options } = words;
  const identifier = `_${name.replaceAll("-", "_")}`;
  return `#compdef ${name}
# Completions of ${name} for zsh.
${identifier}() {
  local -a commands
  commands=(
${
    commands.map(({ means, word }) =>
      `    ${quoted(`${word}:${means.replaceAll(":", "\\:")}`)}`
    ).join("\n")
  }
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  case $words[2] in
${
    commands.map(({ word }) =>
      `    ${word}) ${argumentsOf(options[word] ?? [], operands[word])} ;;`
    ).join("\n")
  }
    *) ${argumentsOf(options[""] ?? [], undefined)} ;;
  esac
}
compdef ${identifier} ${name}`;
}

function argumentsOf(
  options: readonly OptionWord[],
  operands: readonly string[] | undefined,
): string {
  const specs = options.flatMap((option) => specsOf(option));
  const rest = operands === undefined
    ? quoted("*:operand:_files")
    : quoted(`*:operand:(${operands.join(" ")})`);
  return `_arguments -s ${[...specs, rest].join(" ")}`;
}

function specsOf({ letter, means, value, word }: OptionWord): string[] {
  const text = means.replace(/[[\]:\\]/g, "\\$&");
  const action = value === undefined
    ? ""
    : value === "file"
    ? ":file:_files"
    : value === "folder"
    ? ":folder:_files -/"
    : value === "any"
    ? ":value: "
    : `:value:(${value.join(" ")})`;
  const spellings = letter === undefined ? [word] : [word, `-${letter}`];
  return spellings.map((spelling) => quoted(`*${spelling}[${text}]${action}`));
}

/** One word of the shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
