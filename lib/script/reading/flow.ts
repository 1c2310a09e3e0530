/**
 * Which connections are open at a line of a script, and what they still can do.
 *
 * ```text
 *   absent ── connect, or first use ──► open ── close ──► absent
 *                                        │ finish: sends nothing more
 *                                        └ expect end, expect reset: gets nothing more
 * ```
 *
 * @module
 */

import type { Excerpt } from "./excerpt.ts";
import type {
  Action,
  ScriptConnectionOptions,
  ScriptConnectionPlan,
} from "../statement.ts";

/** A plan while lines are added that need more of it. */
type Plan = {
  -readonly [K in keyof ScriptConnectionPlan]: ScriptConnectionPlan[K];
};

/** A connection that is open. */
interface Open {
  readonly plan: Plan;
  /** The line of `finish`. */
  finishedAt: number | undefined;
  /** The line of `expect end` or `expect reset`. */
  ended: { readonly line: number; readonly by: "end" | "reset" } | undefined;
}

/** Follows the connections of a script. */
export class Flow {
  readonly #open = new Map<string, Open>();
  // Names that were open before, with the line of their close.
  readonly #closedAt = new Map<string, number>();

  /** Whether a connection is open, or was. */
  wasOpen(name: string): boolean {
    return this.#open.has(name) || this.#closedAt.has(name);
  }

  /**
   * Opens a connection.
   *
   * @throws {ScriptError} If it is open.
   */
  connect(
    name: string,
    address: string | undefined,
    options: ScriptConnectionOptions,
    at: Excerpt,
  ): ScriptConnectionPlan {
    const before = this.#open.get(name);
    if (before !== undefined) {
      throw at.error({
        reason: `${called(name)} is open since line ${before.plan.line}`,
        advice: "close it first, or give this one a name with as NAME",
      });
    }
    const { line } = at;
    const plan: Plan = {
      name,
      address,
      options,
      line,
      needsStreamAt: undefined,
    };
    this.#open.set(name, { plan, finishedAt: undefined, ended: undefined });
    return plan;
  }

  /**
   * Takes note of a statement.
   *
   * @throws {ScriptError} If the connection is not open, or cannot do that any more.
   */
  does(action: Action, name: string, at: Excerpt): void {
    const open = this.#open.get(name);
    if (open === undefined) throw this.#absent(name, at);
    const { ended, finishedAt } = open;
    const { line } = at;
    const sends = action.type === "send" || action.type === "finish";
    if (sends && finishedAt !== undefined) {
      throw at.error({
        reason: `${called(name)} has finished sending in line ${finishedAt}`,
      });
    }
    const receives = action.type === "expect" || action.type === "none";
    if (ended !== undefined && (receives || sends && ended.by === "reset")) {
      throw at.error({
        reason: `${called(name)} has ended in line ${ended.line}`,
      });
    }
    if (action.type === "finish") {
      open.finishedAt = line;
      open.plan.needsStreamAt ??= line;
    } else if (action.type === "close") {
      this.#open.delete(name);
      this.#closedAt.set(name, line);
    } else if (action.type === "expect") {
      const { type } = action.pattern;
      if (type !== "end" && type !== "reset") return;
      open.ended = { line, by: type };
      open.plan.needsStreamAt ??= line;
    }
  }

  #absent(name: string, at: Excerpt) {
    const line = this.#closedAt.get(name);
    const open = name === "" ? "connect ADDRESS" : `connect ADDRESS as ${name}`;
    return at.error(
      line === undefined
        ? {
          reason: `${called(name)} is not open`,
          advice: `write above: ${open}`,
        }
        : {
          reason: `${called(name)} was closed in line ${line}`,
          advice: `to open it again write: ${open}`,
        },
    );
  }
}

function called(name: string): string {
  return name === "" ? "the connection" : `the connection ${name}`;
}
