/**
 * What `expect` waits for.
 *
 * ```text
 * hello                 a message, as send writes it
 * json {"ok": true}     JSON with at least that
 * /^(?<id>\d+) ready/i  a regular expression, whose groups capture
 * any as reply          any message
 * end, reset            the end of the messages
 * ```
 *
 * @module
 */

import { describeError } from "../../errors.ts";
import type { Excerpt } from "./excerpt.ts";
import { NAME } from "./names.ts";
import type { JsonPattern, Pattern, Template } from "../statement.ts";
import { nameIn, parseTemplate } from "./template_reader.ts";
import { checkForm, parseValue, type ValueContext } from "./value.ts";

/**
 * Reads a pattern.
 *
 * @throws {ScriptError} If it is not one.
 */
export function parsePattern(excerpt: Excerpt, context: ValueContext): Pattern {
  const { text, word } = excerpt;
  const whole = text.trim();
  if (whole === "end" || whole === "reset") return { type: whole };
  if (whole === "any") return { type: "any", name: undefined };
  if (/^any[ \t]+as([ \t]|$)/.test(text)) return anyAs(excerpt, context);
  if (text.startsWith("/")) return expression(excerpt, context);
  if (word === "json") {
    checkForm(excerpt, "expect");
    return { type: "json", json: jsonPattern(excerpt.rest, context) };
  }
  return { type: "value", value: parseValue(excerpt, "expect", context) };
}

function anyAs(excerpt: Excerpt, { names }: ValueContext): Pattern {
  const written = excerpt.rest.trimmed.rest.trimmed;
  const name = written.text;
  if (!NAME.test(name)) {
    throw written.error({
      reason: `"${name}" is not a name`,
      advice: "write letters, digits and _, such as: any as reply",
    });
  }
  names.capture(name, excerpt.line);
  return { type: "any", name };
}

function expression(excerpt: Excerpt, { names }: ValueContext): Pattern {
  const { text } = excerpt;
  const end = text.lastIndexOf("/");
  const flags = text.slice(end + 1).trim();
  if (end === 0 || !/^[imsuv]*$/.test(flags)) {
    throw excerpt.error({
      reason: end === 0
        ? "a message that begins with / is a regular expression, and its second / is missing"
        : `a regular expression has flags of i, m, s, u and v, not "${flags}"`,
      advice: "for the text itself write expect text /...",
    });
  }
  const written = excerpt.from(1).upTo(end - 1);
  if (written.text === "") {
    throw excerpt.error({
      reason: "the regular expression is empty",
      advice: "for any message write expect any",
    });
  }
  const source = parseTemplate(written, names);
  // A name's value is not known yet; as a letter it leaves the syntax as it is.
  const trial = source.map((part) => typeof part === "string" ? part : "x");
  for (const name of groupsOf(trial.join(""), flags, written)) {
    names.capture(name, excerpt.line);
  }
  return { type: "expression", source, flags };
}

/** The names of the groups, once it is clear that it is a regular expression. */
function groupsOf(source: string, flags: string, excerpt: Excerpt): string[] {
  let groups: Record<string, string> | undefined;
  try {
    new RegExp(source, flags);
    // With nothing as an alternative it matches, and tells its groups.
    groups = new RegExp(`${source}|`, flags).exec("")!.groups;
  } catch (cause) {
    throw excerpt.error({
      reason: describeError(cause),
      cause,
    });
  }
  const names = Object.keys(groups ?? {});
  const strange = names.find((name) => !NAME.test(name));
  if (strange === undefined) return names;
  throw excerpt.error({
    reason: `the group "${strange}" has a name that cannot stand in braces`,
    advice: "write letters, digits and _",
  });
}

// More levels than a person writes, and fewer than would exhaust the stack.
const DEEPEST = 500;

function jsonPattern(excerpt: Excerpt, context: ValueContext): JsonPattern {
  let value: unknown;
  try {
    value = JSON.parse(withQuotedNames(excerpt.text));
  } catch (cause) {
    throw excerpt.error({
      reason: `the pattern is not JSON: ${describeError(cause)}`,
      advice:
        "for a regular expression write /.../, for a text expect text ...",
      cause,
    });
  }
  return patternOf(value, excerpt, context, 1);
}

/** {"id": {{id}}} means the same as {"id": "{{id}}"}. */
function withQuotedNames(text: string): string {
  return text.replace(
    /"(?:[^"\\]|\\.)*"|\{\{(?:\w+|\*)\}\}/g,
    (found) => found.startsWith('"') ? found : `"${found}"`,
  );
}

function patternOf(
  value: unknown,
  excerpt: Excerpt,
  context: ValueContext,
  depth: number,
): JsonPattern {
  if (depth > DEEPEST) {
    throw excerpt.error({
      reason: `the pattern is nested deeper than ${DEEPEST} levels`,
    });
  }
  const inner = (member: unknown) =>
    patternOf(member, excerpt, context, depth + 1);
  if (typeof value === "string") return stringPattern(value, excerpt, context);
  if (typeof value !== "object" || value === null) {
    return { type: "scalar", value: value as null | boolean | number };
  }
  if (Array.isArray(value)) return { type: "array", items: value.map(inner) };
  const members = Object.entries(value).map(([key, member]) =>
    [templateIn(key, excerpt, context), inner(member)] as const
  );
  return { type: "object", members };
}

function stringPattern(
  value: string,
  excerpt: Excerpt,
  context: ValueContext,
): JsonPattern {
  const [, written] = /^\{\{([^{}]*)\}\}$/.exec(value) ?? [];
  if (written === undefined) {
    return { type: "text", text: templateIn(value, excerpt, context) };
  }
  if (written === "*") return { type: "anything" };
  const name = nameIn(written, excerpt, placeOf(value, excerpt));
  context.names.capture(name, excerpt.line);
  return { type: "name", name };
}

/** Text with names inside the pattern, of which the place is only nearly known. */
function templateIn(
  text: string,
  excerpt: Excerpt,
  { names }: ValueContext,
): Template {
  if (!text.includes("{{")) return [text];
  const at = placeOf(text, excerpt);
  return parseTemplate(excerpt.from(at).as(text), names);
}

/** Where a string stands in the pattern, if it has no escapes. */
function placeOf(text: string, excerpt: Excerpt): number {
  return Math.max(0, excerpt.text.indexOf(text));
}
