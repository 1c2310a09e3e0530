/**
 * A script from the other side: what one sends the other expects.
 *
 * ```text
 * send hello          ─► expect hello
 * expect hello        ─► send hello
 * finish, close       ─► expect end
 * expect end          ─► finish
 * none                ─► pause, twice as long
 * pause               ─► pause
 * ```
 *
 * @module
 */

import type { JsonValue } from "../../encoding/json.ts";
import { ScriptError } from "../script_error.ts";
import {
  type Action,
  type JsonPattern,
  ParsedScript,
  type Pattern,
  type ScriptConnectionPlan,
  type Step,
  type Template,
} from "../statement.ts";
import { isConstant } from "../template.ts";

/** The same, and it can be changed. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

// What a quiet side waits for without a word of the script, as runScript does.
const QUIET_MS = 10_000;

/**
 * Turns a script around.
 *
 * @param given The values of names.
 * @throws {ScriptError} If the script expects a pattern that many messages fit, so
 * that no single one can be sent.
 */
export function swapped(
  script: ParsedScript,
  given: Readonly<Record<string, string>>,
): ParsedScript {
  const plans = new Map<string, Writable<ScriptConnectionPlan>>();
  const steps = script.steps.flatMap((step): readonly Step[] => {
    const other = (action: Action, withinMs?: number): Step => ({
      ...step,
      action,
      withinMs,
    });
    const { action } = step;
    switch (action.type) {
      case "connect": {
        const plan = { ...action.plan };
        plans.set(step.connection, plan);
        return [{ ...step, action: { type: "connect", plan } }];
      }
      case "send":
        return [
          other({
            type: "expect",
            pattern: { type: "value", value: action.value },
          }),
        ];
      case "expect":
        return [other(answerTo(action.pattern, step, script.name, given))];
      case "none":
        // The other side begins to listen later than this one begins to be quiet.
        return [other({ type: "pause", ms: 2 * (step.withinMs ?? QUIET_MS) })];
      case "pause":
        return [other({ type: "pause", ms: action.ms })];
      case "finish":
        return [other({ type: "expect", pattern: { type: "end" } })];
      case "close":
        plans.get(step.connection)!.needsStreamAt ??= step.line;
        return [
          other({ type: "expect", pattern: { type: "end" } }),
          other({ type: "close" }),
        ];
    }
  });
  return new ParsedScript(script.name, steps, script.variables);
}

/** What makes the other side's expectation come true. */
function answerTo(
  pattern: Pattern,
  step: Step,
  name: string,
  given: Readonly<Record<string, string>>,
): Action {
  if (pattern.type === "end") return { type: "finish" };
  const value = valueOf(pattern, given);
  if (value !== undefined) return { type: "send", value };
  throw new ScriptError(name, step.line, step.column, {
    reason: `${WORDS[pattern.type]} is not one message, so it cannot be sent`,
    advice: pattern.type === "reset"
      ? "play a script of the server's own"
      : "write the message itself, give the names that it captures a value, or play a script of the server's own",
    ...pattern.type === "reset" ? {} : { option: "variables" },
  });
}

const WORDS: Readonly<Record<Pattern["type"], string>> = {
  any: "any",
  end: "the end",
  expression: "a regular expression",
  json: "a json pattern that captures or has {{*}} in it",
  reset: "a reset",
  value: "a message with a captured name in it",
};

function valueOf(
  pattern: Pattern,
  given: Readonly<Record<string, string>>,
): Template | undefined {
  switch (pattern.type) {
    case "value":
      return isConstant(pattern.value) ? pattern.value : undefined;
    case "json": {
      const value = jsonOf(pattern.json, given);
      return value === undefined ? undefined : [JSON.stringify(value)];
    }
    case "any": {
      const { name } = pattern;
      return name !== undefined && Object.hasOwn(given, name)
        ? [given[name]!]
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The value that fits a pattern, if the script says all of it. */
function jsonOf(
  json: JsonPattern,
  given: Readonly<Record<string, string>>,
): JsonValue | undefined {
  switch (json.type) {
    case "anything":
      return undefined;
    case "name":
      return Object.hasOwn(given, json.name) ? given[json.name] : undefined;
    case "scalar":
      return json.value;
    case "text":
      return constantOf(json.text);
    case "array": {
      const items = json.items.map((item) => jsonOf(item, given));
      return items.includes(undefined) ? undefined : items as JsonValue[];
    }
    case "object": {
      const members = json.members.map(([key, member]) =>
        [constantOf(key), jsonOf(member, given)] as const
      );
      return members.some((member) => member.includes(undefined))
        ? undefined
        : Object.fromEntries(members as (readonly [string, JsonValue])[]);
    }
  }
}

function constantOf(template: Template): string | undefined {
  return isConstant(template) ? template.join("") : undefined;
}
