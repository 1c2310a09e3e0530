/**
 * How the answer to a cut request differs from the answer to the whole one.
 *
 * @module
 */

import { formatDuration } from "../../arguments/durations.ts";
import { excerpt, firstDifference } from "../exchange/difference.ts";
import { type Ignored, withoutIgnored } from "../exchange/ignore.ts";
import type { Outcome } from "./exchange.ts";

/** How two outcomes differ. */
export interface Difference {
  /** Differences of the same kind are shown together. */
  readonly kind: string;
  /** What is different, in a few words. */
  readonly text: string;
  /** The answer that was expected at the first difference, if one was. */
  readonly expected: Uint8Array | undefined;
  /** The answer that came there, if one came. */
  readonly got: Uint8Array | undefined;
}

/**
 * Compares outcomes.
 *
 * @param timeoutMs How long an answer was waited for.
 * @returns The first difference, or `undefined` if they are the same.
 */
export function differenceOf(
  whole: Outcome,
  cut: Outcome,
  ignored: readonly Ignored[],
  timeoutMs: number,
): Difference | undefined {
  const count = Math.max(whole.answers.length, cut.answers.length);
  for (let i = 0; i < count; i++) {
    const expected = whole.answers[i];
    const got = cut.answers[i];
    const found = { expected, got };
    const name = whole.answers.length === 1 ? "the answer" : `answer ${i + 1}`;
    if (got === undefined) {
      return {
        kind: `missing ${i}`,
        text: missing(name, i, cut.end, timeoutMs),
        ...found,
      };
    }
    if (expected === undefined) {
      const text = `one answer more: ${excerpt(got)}`;
      return { kind: "more", text, ...found };
    }
    const before = withoutIgnored(expected, ignored);
    const now = withoutIgnored(got, ignored);
    const at = firstDifference(before, now);
    if (at === -1) continue;
    const text = now.length === 0 && cut.end !== "open"
      ? missing(name, i, cut.end, timeoutMs)
      : `${name} differs at byte ${at}: expected ${excerpt(before, at)}, got ${
        excerpt(now, at)
      }`;
    return { kind: `differs ${i}`, text, ...found };
  }
  if (whole.end === cut.end) return undefined;
  return {
    kind: `end ${cut.end}`,
    text: `${ENDS[cut.end]} behind the answer, ${WHOLE[whole.end]}`,
    expected: undefined,
    got: undefined,
  };
}

const ENDS: Readonly<Record<Outcome["end"], string>> = {
  open: "the connection stays open",
  end: "the server ends the connection",
  reset: "the server resets the connection",
  timeout: "the connection stays open",
  broken: "bytes come that do not fit the framing",
};

const WHOLE: Readonly<Record<Outcome["end"], string>> = {
  open: "which stays open otherwise",
  end: "which the server ends otherwise",
  reset: "which the server resets otherwise",
  timeout: "which stays open otherwise",
  broken: "where other bytes come otherwise",
};

function missing(
  name: string,
  index: number,
  end: Outcome["end"],
  timeoutMs: number,
): string {
  const what = index === 0 ? "no answer" : `${name} does not come`;
  switch (end) {
    case "end":
      return `${what}, the server ends the connection`;
    case "reset":
      return `${what}, the server resets the connection`;
    case "broken":
      return `${what} that fits the framing`;
    default:
      return `${what} within ${formatDuration(timeoutMs)}`;
  }
}
