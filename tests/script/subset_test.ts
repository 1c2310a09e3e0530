/**
 * The pattern `json` fits what it was made from, with more members, and nothing else.
 *
 * @module
 */

import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { Captures } from "../../lib/script/capture.ts";
import type { ParsedScript, Pattern } from "../../lib/script/statement.ts";
import { sameJson } from "../../lib/script/same_json.ts";
import { jsonDifference } from "../../lib/script/running/match.ts";
import { parseScript } from "../../lib/testing/mod.ts";
import type { JsonValue } from "../../lib/encoding/mod.ts";

function patternOf(json: string): Pattern & { type: "json" } {
  const script = parseScript(`expect json ${json}`) as ParsedScript;
  const { action } = script.steps.at(-1)!;
  if (action.type !== "expect" || action.pattern.type !== "json") {
    throw new TypeError("another pattern");
  }
  return action.pattern;
}

/** Where a value differs from a pattern of JSON. */
function difference(pattern: string, value: JsonValue): string | undefined {
  const message = new TextEncoder().encode(JSON.stringify(value));
  return jsonDifference(message, patternOf(pattern), new Captures());
}

// Without names in braces, which are no values.
const json = fc.jsonValue({ maxDepth: 4 }).filter((value) =>
  !JSON.stringify(value).includes("{{")
) as fc.Arbitrary<JsonValue>;

/** Adds a member to every object. */
function withMore(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withMore);
  const members = Object.entries(value).map(([key, member]) =>
    [key, withMore(member)] as const
  );
  return Object.fromEntries([["a member that is new", 1], ...members]);
}

Deno.test("a json pattern fits the value it is, also with more members", () => {
  fc.assert(fc.property(json, (value) => {
    assertEquals(difference(JSON.stringify(value), value), undefined);
    assertEquals(difference(JSON.stringify(value), withMore(value)), undefined);
  }));
});

Deno.test("a json pattern without objects fits a value if both are the same", () => {
  const hasObject = (value: JsonValue): boolean =>
    typeof value === "object" && value !== null &&
    (!Array.isArray(value) || value.some(hasObject));
  const plain = json.filter((value) => !hasObject(value));
  fc.assert(fc.property(plain, plain, (a, b) => {
    const fits = difference(JSON.stringify(a), b) === undefined;
    assertEquals(fits, sameJson(a, b));
  }));
});

Deno.test("a json pattern captures a value, which then fits itself alone", () => {
  fc.assert(fc.property(json, json, (a, b) => {
    const fits = difference('["{{x}}", "{{x}}"]', [a, b]) === undefined;
    assertEquals(fits, sameJson(a, b));
  }));
});

Deno.test("a json pattern reads names with and without quotes alike", () => {
  for (
    const pattern of ['{"a": "{{x}}", "b": {{x}}}', '{"a":{{x}},"b":{{x}}}']
  ) {
    assertEquals(difference(pattern, { a: [1], b: [1] }), undefined);
    assertEquals(
      difference(pattern, { a: [1], b: [2] }),
      ".b is [2], and {{x}} is [1]",
    );
  }
  assertEquals(difference('[{{*}}, "{{*}}"]', [1, {}]), undefined);
});

Deno.test("a json pattern takes a value that is given as text for a number, too", () => {
  const script = parseScript('expect json {"id": "{{id}}"}', {
    variables: { id: "7" },
  }) as ParsedScript;
  const { action } = script.steps.at(-1)!;
  const captures = new Captures();
  captures.take("id", { bytes: new TextEncoder().encode("7") });
  const fits = (text: string) =>
    action.type === "expect" && action.pattern.type === "json" &&
    jsonDifference(
        new TextEncoder().encode(text),
        action.pattern,
        captures,
      ) === undefined;
  assertEquals(
    ['{"id":7}', '{"id":"7"}', '{"id":8}', '{"id":[7]}'].map(fits),
    [true, true, false, false],
  );
});

Deno.test("a json pattern does not fall for __proto__, and refuses what is nested too deeply", () => {
  assertEquals(
    difference('{"__proto__": {"a": 1}}', {}),
    ".__proto__ is missing",
  );
  assertEquals(
    difference('{"toString": {}}', {}),
    ".toString is missing",
  );
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const pattern = patternOf('["{{x}}", "{{x}}"]');
  const message = new TextEncoder().encode(`[${deep},${deep}]`);
  assertEquals(
    jsonDifference(message, pattern, new Captures()),
    "it is nested too deeply",
  );
});
