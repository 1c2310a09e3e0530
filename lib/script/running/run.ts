/**
 * The statements of a script, one after the other.
 *
 * @module
 */

import { describeError, type ErrorParts, ParleyError } from "../../errors.ts";
import { pause } from "../../time/pause.ts";
import { SYSTEM_TIME } from "../../time/time.ts";
import { capturedText, Captures } from "../capture.ts";
import { type Incoming, Line, Recent } from "./conversation.ts";
import { mismatch } from "./match.ts";
import type {
  ConnectScript,
  RunScriptOptions,
  ScriptReport,
} from "../run_script.ts";
import { asReason, ScriptFailure } from "../script_error.ts";
import type {
  Pattern,
  Script,
  ScriptConnectionPlan,
  Step,
} from "../statement.ts";
import { bytesOf, isConstant } from "../template.ts";
import { writtenValue } from "./written.ts";

/** The options with their defaults. */
type RunOptions = RunScriptOptions & { readonly withinMs: number };

/** What came, and that it is something else than was expected. */
interface Otherwise {
  readonly expected: string;
  readonly received: string;
  readonly difference?: string | undefined;
  readonly error?: unknown;
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/** A script that runs. */
export class Run {
  readonly #script: Script;
  readonly #connect: ConnectScript;
  readonly #options: RunOptions;
  readonly #captures = new Captures();
  readonly #lines = new Map<string, Line>();
  readonly #recent = new Recent();
  #notOpened: unknown;

  constructor(script: Script, connect: ConnectScript, options: RunOptions) {
    this.#script = script;
    this.#connect = connect;
    this.#options = options;
    for (const [name, value] of script.variables) {
      this.#captures.take(name, capturedText(value));
    }
  }

  /** Does all of it. */
  async all(steps: readonly Step[]): Promise<ScriptReport> {
    const begun = SYSTEM_TIME.now();
    const { onStep, signal } = this.#options;
    let current = steps[0]!;
    try {
      for (const step of steps) {
        current = step;
        signal?.throwIfAborted();
        // The first statement of the given connection opens it, too.
        if (isWritten(step)) onStep?.(step);
        await this.#do(step);
      }
      for (const [name, line] of this.#lines) {
        const last = steps.findLast((step) => step.connection === name)!;
        await this.#close(line, this.#options.withinMs, last);
      }
    } catch (error) {
      for (const line of this.#lines.values()) line.abort(error);
      throw this.#failureOf(error, current);
    }
    return {
      captures: this.#captures.textsWithout(this.#script.variables),
      durationMs: SYSTEM_TIME.now() - begun,
      steps: steps.filter(isWritten).length,
    };
  }

  async #do(step: Step): Promise<void> {
    const { action, connection } = step;
    const withinMs = step.withinMs ?? this.#options.withinMs;
    if (action.type === "connect") return await this.#open(action.plan);
    if (action.type === "pause") {
      return await pause(action.ms, this.#options.signal);
    }
    const line = this.#lines.get(connection)!;
    switch (action.type) {
      case "send":
        return await line.send(
          bytesOf(action.value, this.#captures),
          withinMs,
          step,
        );
      case "expect": {
        const incoming = await line.next(withinMs);
        // It is the reason why a message could not be sent.
        if (incoming.type === "end" || incoming.type === "reset") {
          line.lost = undefined;
        }
        return this.#expect(action.pattern, incoming, withinMs, step);
      }
      case "none":
        return await this.#none(line, withinMs, step);
      case "finish":
        return await line.finish(withinMs, step);
      case "close":
        await this.#close(line, withinMs, step);
        this.#lines.delete(connection);
    }
  }

  async #open(plan: ScriptConnectionPlan): Promise<void> {
    const { signal } = this.#options;
    try {
      const connection = await this.#connect(plan);
      const parts = { connection, recent: this.#recent, signal };
      this.#lines.set(plan.name, new Line(plan.name, parts));
    } catch (error) {
      this.#notOpened = error;
      throw error;
    }
  }

  #expect(
    pattern: Pattern,
    incoming: Incoming,
    withinMs: number,
    step: Step,
  ): void {
    const otherwise = (what: Omit<Otherwise, "expected">) =>
      this.#otherwise(step, {
        expected: this.#written(pattern, step),
        ...what,
      });
    if (pattern.type === "end" || pattern.type === "reset") {
      if (incoming.type === pattern.type) return;
      throw otherwise(came(incoming, withinMs));
    }
    if (incoming.type !== "message") throw otherwise(came(incoming, withinMs));
    const { message } = incoming;
    const difference = mismatch(pattern, message, this.#captures);
    if (difference === undefined) return;
    throw otherwise({ received: writtenValue(message), difference });
  }

  async #none(line: Line, withinMs: number, step: Step): Promise<void> {
    const incoming = await line.next(withinMs);
    if (incoming.type === "nothing") return;
    // Nothing more can come; the end may be what the next statement expects.
    if (incoming.type === "end" || incoming.type === "reset") {
      return line.keep(incoming);
    }
    throw this.#otherwise(step, {
      expected: `no message for ${withinMs} ms`,
      ...came(incoming, withinMs),
    });
  }

  /** Ends a connection in order, once all that was sent is written. */
  async #close(line: Line, withinMs: number, step: Step): Promise<void> {
    try {
      await line.close(withinMs);
    } catch (error) {
      throw this.#failureOf(error, line.sentAt ?? step);
    }
  }

  /** What is expected, as a script writes it: a value with its names replaced. */
  #written(pattern: Pattern, { text }: Step): string {
    if (pattern.type === "end") return "the end";
    if (pattern.type === "reset") return "a reset";
    // In a script that was turned around, the line says send.
    const [, written] = /\bexpect[ \t](.*)$/s.exec(text) ?? [];
    return pattern.type === "value" &&
        (written === undefined || !isConstant(pattern.value))
      ? writtenValue(bytesOf(pattern.value, this.#captures))
      : written ?? pattern.type;
  }

  #otherwise(step: Step, otherwise: Otherwise): ScriptFailure {
    const { advice, cause, difference, error, expected, received } = otherwise;
    const reason = `expected ${short(expected)} and received ${
      short(received)
    }${difference === undefined ? "" : `: ${difference}`}`;
    return new ScriptFailure(
      this.#script.name,
      step.line,
      { reason, advice, ...cause === undefined ? {} : { cause } },
      {
        expected,
        received,
        difference,
        ...error === undefined ? {} : { error },
        recent: this.#recent.messages,
        statement: step.text,
      },
    );
  }

  /** The error for the caller: one of the conversation gets its place. */
  #failureOf(error: unknown, step: Step): unknown {
    const { signal } = this.#options;
    // What it has interrupted may fail in its own words.
    if (signal?.aborted) return signal.reason;
    if (error === this.#notOpened) return error;
    if (error instanceof ScriptFailure || !isOfConversation(error)) {
      return error;
    }
    return new ScriptFailure(
      this.#script.name,
      step.line,
      asReason(error),
      { recent: this.#recent.messages, statement: step.text },
    );
  }
}

/** Whether a line of the script says it, and not only implies it. */
function isWritten({ action }: Step): boolean {
  return action.type !== "connect" || action.plan.address !== undefined;
}

/** What came instead, in words. */
function came(
  incoming: Incoming,
  withinMs: number,
): Omit<Otherwise, "expected"> {
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
