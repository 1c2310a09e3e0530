/**
 * Completions for bash.
 *
 * @module
 */

import type { CompletionWords, OptionWord } from "./completion_words.ts";

/**
 * Writes a script for bash, to be sourced.
 *
 * @param words What can be completed.
 */
export function bashCompletions(words: CompletionWords): string {
  const { commands, name, operands, options } = words;
  const identifier = `_${name.replaceAll("-", "_")}`;
  const all = new Map(
    Object.values(options).flat().map((option) => [option.word, option]),
  );
  const listed = (list: readonly OptionWord[]) =>
    list.map(({ word }) => word).join(" ");
  return `# Completions of ${name} for bash.
${identifier}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} words
  COMPREPLY=()
  case $before in
${valueCases([...all.values()])}
  esac
  if [ "$COMP_CWORD" -eq 1 ] && [ "\${word:0:1}" != - ]; then
    words="${commands.map(({ word }) => word).join(" ")}"
  elif [ "\${word:0:1}" = - ]; then
    case $command in
${
    commands.map(({ word }) =>
      `      ${word}) words="${listed(options[word] ?? [])}" ;;`
    ).join("\n")
  }
      *) words="${listed(options[""] ?? [])}" ;;
    esac
  else
    case $command in
${
    Object.entries(operands).map(([command, list]) =>
      `      ${command}) words="${list.join(" ")}" ;;`
    ).join("\n")
  }
      *) words= ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F ${identifier} ${name}`;
}

/** The possible values of an option. */
function valueCases(options: readonly OptionWord[]): string {
  const cases = options.map(({ letter, value, word }) => {
    if (value === undefined) return undefined;
    const pattern = letter === undefined ? word : `${word}|-${letter}`;
    const reply = value === "file"
      ? `COMPREPLY=($(compgen -f -- "$word"))`
      : value === "folder"
      ? `COMPREPLY=($(compgen -d -- "$word"))`
      : value === "any"
      ? ":"
      : `COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$word"))`;
    return `    ${pattern}) ${reply}; return ;;`;
  });
  return cases.filter((line) => line !== undefined).join("\n");
}
