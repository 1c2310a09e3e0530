/**
 * Text with names in braces, `{{name}}`, that are replaced by their values.
 *
 * @module
 */

import type { Excerpt } from "./excerpt.ts";
import { NAME, type Names } from "./names.ts";
import type { Template } from "../statement.ts";

const IN_BRACES = /\{\{(.*?)\}\}/g;

/**
 * Reads text with names.
 *
 * @param read Reads what stands between two names, such as the escapes of JSON.
 * @throws {ScriptError} If a name has no value here, or is not a name.
 */
export function parseTemplate(
  excerpt: Excerpt,
  names: Names,
  read: (text: string) => string = (text) => text,
): Template {
  const { text } = excerpt;
  const parts: (string | { readonly name: string })[] = [];
  let end = 0;
  for (const match of text.matchAll(IN_BRACES)) {
    const at = match.index;
    const name = nameIn(match[1]!, excerpt, at);
    names.check(name, excerpt, at);
    parts.push(read(text.slice(end, at)), names.given(name) ?? { name });
    end = at + match[0].length;
  }
  parts.push(read(text.slice(end)));
  return joined(parts);
}

/**
 * Checks a name that stands in braces.
 *
 * @param at Where it stands.
 * @throws {ScriptError} If it is not a name.
 */
export function nameIn(written: string, excerpt: Excerpt, at: number): string {
  if (NAME.test(written)) return written;
  throw excerpt.error({
    reason: written === "*"
      ? "{{*}} stands for any value of a json pattern alone"
      : `{{${written}}} is not a name in braces`,
    advice: written === "*"
      ? "write it as a whole value there, or expect any"
      : 'write letters, digits and _, such as {{id}}; for the braces themselves write "\\u007b{" in a JSON string',
  }, at);
}

/** Without empty texts, and with neighbours as one. */
function joined(parts: Template): Template {
  const found: (Template[number])[] = [];
  for (const part of parts) {
    const before = found.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof before === "string") {
      found[found.length - 1] = before + part;
    } else found.push(part);
  }
  return found;
}

/**
 * Reads text whose value must be known before the script runs.
 *
 * @param what What it is, such as `hex`.
 * @throws {ScriptError} If a message has to come first.
 */
export function constantText(
  excerpt: Excerpt,
  names: Names,
  what: string,
): string {
  return parseTemplate(excerpt, names).map((part) => {
    if (typeof part === "string") return part;
    const { name } = part as { readonly name: string };
    throw excerpt.error({
      reason: `{{${name}}} is captured in line ${
        names.capturedAt(name)
      }, and ${what} must be known before the script runs`,
    }, Math.max(0, excerpt.text.indexOf(`{{${name}}}`)));
  }).join("");
}
