/**
 * The words that a line of a script begins with.
 *
 * @module
 */

import { nearest } from "../../nearest.ts";
import type { ScriptError } from "../script_error.ts";
import type { Excerpt } from "./excerpt.ts";

const SETTINGS = ["frame", "max-message", "within", "connect"];

/** All of them. */
export const WORDS: readonly string[] = [
  ...["send", "expect", "none", "pause", "finish", "close"],
  ...SETTINGS,
];

// What other tools call it.
const MEANT: Readonly<Record<string, string>> = {
  ">": "send",
  "<": "expect",
  read: "expect",
  receive: "expect",
  recv: "expect",
  sleep: "pause",
  wait: "pause",
  write: "send",
};

/** Describes a word where a statement should begin. */
export function unknownWord(at: Excerpt): ScriptError {
  const { word } = at;
  const advice = `write one of ${WORDS.join(", ")}`;
  if (word === "") {
    return at.error({ reason: "a statement is missing", advice });
  }
  if (SETTINGS.includes(word)) {
    return at.error({
      reason: `${word} has a line of its own`,
      advice: word === "within"
        ? "or stands in front, such as: within 200ms bob: expect hi"
        : undefined,
    });
  }
  const near = MEANT[word.toLowerCase()] ?? nearest(word, WORDS);
  return at.error({
    reason: `there is no statement "${word}"${
      near === undefined ? "" : ` (did you mean ${near}?)`
    }`,
    advice,
  });
}
