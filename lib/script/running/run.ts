/**
 * The statements of a script, one after the other.
 *
 * @module
 */

import { pause } from "../../time/pause.ts";
import { SYSTEM_TIME } from "../../time/time.ts";
import { capturedText, Captures } from "../capture.ts";
import type {
  ConnectScript,
  RunScriptOptions,
  ScriptReport,
} from "../run_script.ts";
import type {
  Pattern,
  Script,
  ScriptConnectionPlan,
  Step,
} from "../statement.ts";
import { bytesOf } from "../template.ts";
import { type Incoming, Line, Recent } from "./conversation.ts";
import { came, Failures } from "./failures.ts";
import { mismatch } from "./match.ts";

/** The options with their defaults. */
type RunOptions = RunScriptOptions & { readonly withinMs: number };

/** A script that runs. */
export class Run {
  readonly #script: Script;
  readonly #connect: ConnectScript;
  readonly #options: RunOptions;
  readonly #captures = new Captures();
  readonly #lines = new Map<string, Line>();
  readonly #recent = new Recent();
  readonly #failures: Failures;
  // What a connection could not be opened with, which is not of the conversation.
  #notOpened: unknown;

  constructor(script: Script, connect: ConnectScript, options: RunOptions) {
    this.#script = script;
    this.#connect = connect;
    this.#options = options;
    this.#failures = new Failures({
      ...{ script, captures: this.#captures, recent: this.#recent },
      signal: options.signal,
    });
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
    let difference: string | undefined;
    if (pattern.type === "end" || pattern.type === "reset") {
      if (incoming.type === pattern.type) return;
    } else if (incoming.type === "message") {
      difference = mismatch(pattern, incoming.message, this.#captures);
      if (difference === undefined) return;
    }
    const received = { ...came(incoming, withinMs), difference };
    throw this.#failures.unlike(pattern, received, step);
  }

  async #none(line: Line, withinMs: number, step: Step): Promise<void> {
    const incoming = await line.next(withinMs);
    if (incoming.type === "nothing") return;
    // Nothing more can come; the end may be what the next statement expects.
    if (incoming.type === "end" || incoming.type === "reset") {
      return line.keep(incoming);
    }
    throw this.#failures.notNothing(came(incoming, withinMs), withinMs, step);
  }

  /** Ends a connection in order, once all that was sent is written. */
  async #close(line: Line, withinMs: number, step: Step): Promise<void> {
    try {
      await line.close(withinMs);
    } catch (error) {
      throw this.#failureOf(error, line.sentAt ?? step);
    }
  }

  #failureOf(error: unknown, step: Step): unknown {
    const isOfOpening = error === this.#notOpened &&
      this.#options.signal?.aborted !== true;
    return isOfOpening ? error : this.#failures.of(error, step);
  }
}

/** Whether a line of the script says it, and not only implies it. */
function isWritten({ action }: Step): boolean {
  return action.type !== "connect" || action.plan.address !== undefined;
}
