/**
 * Why a script fails: at which statement, what was expected, and what came.
 *
 * @module
 */

import { describeError, type ErrorParts, ParleyError } from "../../errors.ts";
import type { Captures } from "../capture.ts";
import { asReason, ScriptFailure } from "../script_error.ts";
import type { Pattern, Script, Step } from "../statement.ts";
import { bytesOf, isConstant } from "../template.ts";
import type { Incoming, Recent } from "./conversation.ts";
import { writtenValue } from "./written.ts";

/** What came instead of what was expected. */
interface Received {
  readonly received: string;
  readonly difference?: string | undefined;
  readonly error?: unknown;
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/** What failures tell of a script that runs. */
export interface FailureParts {
  readonly script: Script;
  readonly captures: Captures;
  readonly recent: Recent;
  readonly signal: AbortSignal | undefined;
}

/** Makes the errors of a script. */
export class Failures {
  readonly #parts: FailureParts;

  constructor(parts: FailureParts) {
    this.#parts = parts;
  }

  /** Something else came than a pattern. */
  unlike(pattern: Pattern, received: Received, step: Step): ScriptFailure {
    return this.#otherwise(this.#written(pattern, step), received, step);
  }

  /** Something came where nothing was expected. */
  notNothing(received: Received, withinMs: number, step: Step): ScriptFailure {
    return this.#otherwise(`no message for ${withinMs} ms`, received, step);
  }

  /** The error for the caller: one of the conversation gets its place. */
  of(error: unknown, step: Step): unknown {
    const { recent, script, signal } = this.#parts;
    // What it has interrupted may fail in its own words.
    if (signal?.aborted) return signal.reason;
    if (error instanceof ScriptFailure || !isOfConversation(error)) {
      return error;
    }
    return new ScriptFailure(
      script.name,
      step.line,
      asReason(error),
      { recent: recent.messages, statement: step.text },
    );
  }

  /** What is expected, as a script writes it: a value with its names replaced. */
  #written(pattern: Pattern, { text }: Step): string {
    if (pattern.type === "end") return "the end";
    if (pattern.type === "reset") return "a reset";
    // In a script that was turned around, the line says send.
    const [, written] = /\bexpect[ \t](.*)$/s.exec(text) ?? [];
    return pattern.type === "value" &&
        (written === undefined || !isConstant(pattern.value))
      ? writtenValue(bytesOf(pattern.value, this.#parts.captures))
      : written ?? pattern.type;
  }

  #otherwise(
    expected: string,
    { advice, cause, difference, error, received }: Received,
    step: Step,
  ): ScriptFailure {
    const { recent, script } = this.#parts;
    const reason = `expected ${short(expected)} and received ${
      short(received)
    }${difference === undefined ? "" : `: ${difference}`}`;
    return new ScriptFailure(
      script.name,
      step.line,
      { reason, advice, ...cause === undefined ? {} : { cause } },
      {
        expected,
        received,
        difference,
        ...error === undefined ? {} : { error },
        recent: recent.messages,
        statement: step.text,
      },
    );
  }
}

/** What came, in words. */
export function came(incoming: Incoming, withinMs: number): Received {
  switch (incoming.type) {
    case "message":
      return { received: writtenValue(incoming.message) };
    case "nothing":
      return {
        received: `nothing within ${withinMs} ms`,
        // How much of a message has come, and what may be wrong with it.
        advice: incoming.error.advice,
        cause: incoming.error,
      };
    case "end":
      return { received: "the end" };
    case "reset":
      return { received: "a reset", cause: incoming.error };
    case "failed":
      return {
        received: `an error: ${describeError(asReason(incoming.error))}`,
        cause: incoming.error,
        error: incoming.error,
      };
  }
}

/** Errors of the library, and of the values that messages gave to names. */
function isOfConversation(error: unknown): boolean {
  return error instanceof ParleyError || error instanceof SyntaxError ||
    hasReason(error);
}

function hasReason(error: unknown): error is ErrorParts {
  return error instanceof Error &&
    typeof (error as Partial<ErrorParts>).reason === "string";
}

const MOST_IN_A_LINE = 100;

/** For one line; the details have all of it. */
function short(text: string): string {
  return text.length <= MOST_IN_A_LINE
    ? text
    : `${text.slice(0, MOST_IN_A_LINE)}...`;
}
