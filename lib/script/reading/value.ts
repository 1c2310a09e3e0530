/**
 * The messages of a script: how `send` and `expect` write them.
 *
 * ```text
 * "a\nb"            a JSON string
 * text "quoted"     the rest of the line
 * hex 00 ff         bytes
 * base64 AP8=       bytes
 * file request.bin  what is in a file
 * anything else     the rest of the line
 * ```
 *
 * @module
 */

import { describeError } from "../../errors.ts";
import type { Excerpt } from "./excerpt.ts";
import type { Names } from "./names.ts";
import type { Template } from "../statement.ts";
import { constantText, parseTemplate } from "./template_reader.ts";

/** What a value is read with. */
export interface ValueContext {
  readonly names: Names;
  /** Reads a file that the script names. */
  readonly readFile: ((path: string) => Uint8Array) | undefined;
}

const FORMS: Readonly<Record<string, string>> = {
  base64: 'base64 needs its characters, such as "base64 AP8="',
  file: 'file needs a path, such as "file request.bin"',
  hex: 'hex needs two digits for each byte, such as "hex 00 ff 10"',
  json: 'json needs a pattern, such as json {"ok": true}',
  text: 'text needs a text, such as "text hello"',
};

/**
 * Reads a value.
 *
 * @param word The word in front of it, for errors.
 * @throws {ScriptError} If it is not what its first word says.
 */
export function parseValue(
  excerpt: Excerpt,
  word: string,
  context: ValueContext,
): Template {
  const { text } = excerpt;
  if (text.trim() === "") {
    throw excerpt.error({
      reason: `${word} needs a message`,
      advice: `for an empty one write ${word} ""`,
    });
  }
  if (text.startsWith('"')) return jsonString(excerpt, context.names);
  const form = excerpt.word;
  checkForm(excerpt, word);
  if (form === "json" && /^[{[]/.test(excerpt.rest.trimmed.text)) {
    throw excerpt.error({
      reason: "json is a pattern, and send needs a message",
      advice: `leave the word out, or write send text ${excerpt.text}`,
    });
  }
  switch (form) {
    case "text":
      return parseTemplate(excerpt.rest, context.names);
    case "hex":
    case "base64":
      return [bytesIn(excerpt.rest, form, context.names)];
    case "file":
      return [fileAt(excerpt.rest.trimmed, context)];
    default:
      return parseTemplate(excerpt, context.names);
  }
}

/**
 * Refuses the name of a form that stands alone, which may be a message or a slip.
 *
 * @throws {ScriptError} If it does.
 */
export function checkForm(excerpt: Excerpt, word: string): void {
  const form = excerpt.text.trim();
  if (!Object.hasOwn(FORMS, form) || excerpt.text.startsWith("text ")) return;
  throw excerpt.error({
    reason: FORMS[form]!,
    advice: `for the message itself write ${word} "${form}"`,
  });
}

const JSON_STRING = /^"(?:[^"\\]|\\.)*"[ \t]*$/;

function jsonString(excerpt: Excerpt, names: Names): Template {
  const { text } = excerpt;
  const read = (part: string): string => {
    try {
      return JSON.parse(`"${part}"`);
    } catch (cause) {
      throw notJson(excerpt, cause);
    }
  };
  if (!JSON_STRING.test(text)) throw notJson(excerpt, undefined);
  const inner = text.trimEnd().slice(1, -1);
  // Columns stay those of the line, as only the end is cut off.
  return parseTemplate(excerpt.from(1).upTo(inner.length), names, read);
}

function notJson(excerpt: Excerpt, cause: unknown) {
  return excerpt.error({
    reason: "this is not a string of JSON, which begins with a quote",
    advice: "write text before it to have the quotes in the message",
    ...cause === undefined ? {} : { cause },
  });
}

function bytesIn(
  excerpt: Excerpt,
  form: "hex" | "base64",
  names: Names,
): Uint8Array {
  const digits = constantText(excerpt, names, form).replace(/\s/g, "");
  try {
    return form === "hex"
      ? Uint8Array.fromHex(digits)
      : Uint8Array.fromBase64(digits);
  } catch (cause) {
    throw excerpt.error({
      reason: `this is not ${form}`,
      advice: FORMS[form],
      cause,
    });
  }
}

function fileAt(
  excerpt: Excerpt,
  { names, readFile }: ValueContext,
): Uint8Array {
  const path = constantText(excerpt, names, "a path");
  if (readFile === undefined) {
    throw excerpt.error({
      reason: "files are not read here",
      option: "readFile",
      advice: "give a function that reads them",
    });
  }
  try {
    return readFile(path);
  } catch (cause) {
    throw excerpt.error({
      reason: `cannot read ${path}: ${describeError(cause)}`,
      cause,
    });
  }
}
