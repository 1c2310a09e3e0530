/**
 * Searches with regular expressions that users wrote, for a bounded time.
 *
 * A regular expression that backtracks may take hours on a message of forty bytes, and
 * a peer chooses the message. No timer can end it, as it holds the thread. Two things
 * can, and neither is enough alone:
 *
 * - V8 has an engine that is linear. With the flags that the executables are compiled
 *   with (`.ci/compile.ts`) V8 goes over to it after 50,000 backtracks. It knows no
 *   look-ahead, no back-references and no flags i and u. And a search may be quadratic
 *   without a backtrack: `/a*b/` takes seconds on 64 KiB of "a".
 * - `node:vm` ends what runs in it, and makes each search some 15 us longer.
 *
 * So short texts are searched directly if the expression has no loops or the linear
 * engine takes it, as long as that is quick; everything else is watched:
 *
 * ```text
 *   direct ── a search was slow ──► watched ── its time is used up ──► given up
 *   (every other expression begins as watched)
 * ```
 *
 * @module
 */

import type { Context, Script } from "node:vm";
import { TimeoutError } from "../errors.ts";

/**
 * The longest search, in milliseconds, and the most that slow searches take before the
 * expression is given up. A usual search takes some microseconds. What passes a tap
 * waits so long, once.
 */
const MOST_SEARCH_MS = 500;

// A search that takes longer is slow. A busy machine makes one slow now and then.
const SLOW_MS = 10;

// The time that slow searches may take grows by this share of the time that passes: so
// in the long run they leave 95 % of it to everything else.
const REFILL = 0.05;

// What a quadratic search does with so many characters takes some milliseconds. For
// longer texts, the time to watch hardly counts.
const DIRECT_CHARACTERS = 1_024;

/** A regular expression that a user wrote, and the time that it may take. */
class BoundedExpression {
  readonly #expression: RegExp;
  #state: "direct" | "watched" | "given up";
  #leftMs = MOST_SEARCH_MS;
  #lastMs = performance.now();

  /** Only {@linkcode bounded} makes one. */
  constructor(expression: RegExp) {
    this.#expression = expression;
    const isDirect = isSimple(expression) || isLinear(expression);
    this.#state = isDirect ? "direct" : "watched";
  }

  /**
   * Searches a text from its beginning.
   *
   * @throws {TimeoutError} If the search took too long, or one before did.
   */
  exec(text: string): RegExpExecArray | null {
    return this.#run(text, undefined) as RegExpExecArray | null;
  }

  /** As {@linkcode exec}, for whether there is anything. */
  test(text: string): boolean {
    return this.exec(text) !== null;
  }

  /**
   * Replaces what matches: the first match, or with the flag g each one.
   *
   * @throws {TimeoutError} If the search took too long, or one before did.
   */
  replace(text: string, replacement: string): string {
    return this.#run(text, replacement) as string;
  }

  #run(text: string, replacement: string | undefined): unknown {
    if (this.#state === "given up") throw this.#error();
    const search = { expression: this.#expression, text, replacement };
    const isDirect = this.#state === "direct" &&
      text.length <= DIRECT_CHARACTERS;
    const way = isDirect ? directly : watched;
    const { result, tookMs } = timed(way, search);
    if (tookMs <= SLOW_MS) return result;
    if (result === TOO_LONG) {
      this.#state = "given up";
      throw this.#error();
    }
    // On a busy machine any search is slow now and then. Of two in a row, the quicker
    // one says how long it takes.
    const ms = Math.min(tookMs, timed(way, search).tookMs);
    if (ms <= SLOW_MS) return result;
    if (isDirect) this.#state = "watched";
    else this.#spend(ms);
    return result;
  }

  #spend(tookMs: number): void {
    const nowMs = performance.now();
    const gainedMs = (nowMs - this.#lastMs) * REFILL;
    this.#leftMs = Math.min(MOST_SEARCH_MS, this.#leftMs + gainedMs) - tookMs;
    this.#lastMs = nowMs;
    if (this.#leftMs < 0) this.#state = "given up";
  }

  #error(): TimeoutError {
    return new TimeoutError("search", MOST_SEARCH_MS, {
      action: `search with ${this.#expression}`,
      reason:
        `the search was given up after ${MOST_SEARCH_MS} ms, as the regular expression backtracks too much on what it looked at`,
    });
  }
}

const known = new WeakMap<RegExp, BoundedExpression>();

/**
 * Bounds the time of a regular expression: of all searches with the same object
 * together, so that an expression that is given up stays so.
 */
export function bounded(expression: RegExp): BoundedExpression {
  let found = known.get(expression);
  if (found === undefined) {
    found = new BoundedExpression(expression);
    known.set(expression, found);
  }
  return found;
}

/** Whether it has no loops, and too few choices to try many ways. */
function isSimple({ source }: RegExp): boolean {
  return !/[*+{]/.test(source) && source.split(/[?|]/).length <= 10;
}

/** Whether V8 goes over to its linear engine if this backtracks too much. */
function isLinear({ flags, source }: RegExp): boolean {
  try {
    // The flag l asks for that engine alone. It is unknown unless V8 was started with
    // --enable-experimental-regexp-engine, and then refused where the engine lacks a
    // part of the expression.
    new RegExp(source, `${flags}l`);
    return true;
  } catch {
    return false;
  }
}

interface Search {
  readonly expression: RegExp;
  readonly text: string;
  readonly replacement: string | undefined;
}

const TOO_LONG = Symbol("too long");
const SEARCH = `result = replacement === undefined
  ? expression.exec(text)
  : text.replace(expression, replacement)`;
const NOTHING = {
  expression: undefined,
  text: "",
  replacement: undefined,
  result: undefined,
};

interface Vm {
  readonly sandbox: Context;
  readonly script: Script;
}

let vm: Vm | undefined;

function timed(
  way: (search: Search) => unknown,
  search: Search,
): { readonly result: unknown; readonly tookMs: number } {
  // A global or sticky one would go on where its last search ended.
  search.expression.lastIndex = 0;
  const beganMs = performance.now();
  const result = way(search);
  return { result, tookMs: performance.now() - beganMs };
}

function directly({ expression, replacement, text }: Search): unknown {
  return replacement === undefined
    ? expression.exec(text)
    : text.replace(expression, replacement);
}

/** Searches, and stops when the time is over. */
function watched(search: Search): unknown {
  const { sandbox, script } = vm ??= loadVm();
  Object.assign(sandbox, search);
  try {
    script.runInContext(sandbox, { timeout: MOST_SEARCH_MS });
    return sandbox["result"];
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return TOO_LONG;
    throw error;
  } finally {
    // A message may be large, and the next search may be far away.
    Object.assign(sandbox, NOTHING);
  }
}

/** Takes 30 ms, so it waits until an expression needs it. */
function loadVm(): Vm {
  const { process } = globalThis as unknown as {
    readonly process: {
      getBuiltinModule(name: "node:vm"): typeof import("node:vm");
    };
  };
  const { createContext, Script } = process.getBuiltinModule("node:vm");
  const sandbox = createContext({ ...NOTHING });
  return { sandbox, script: new Script(SEARCH) };
}
