/**
 * Searches a text with a regular expression, for a bounded time.
 *
 * A regular expression that backtracks may take hours on a message of forty bytes, and
 * a peer chooses the message. No timer can end it, as it holds the thread; the engine
 * itself can, and `node:vm` is the way to ask for that. The engine that is linear
 * (`--enable-experimental-regexp-engine-on-excessive-backtracks`) does not help here: it
 * knows no look-around and no back-references, and a library cannot choose it.
 *
 * @module
 */

import type { Context, Script } from "node:vm";

/** The longest search, in milliseconds: a usual one takes some microseconds. */
export const MOST_SEARCH_MS = 1_000;

interface Sandbox extends Context {
  expression: RegExp | undefined;
  text: string;
  found: RegExpExecArray | null;
}

let made: Promise<{ sandbox: Sandbox; script: Script }> | undefined;

async function make(): Promise<{ sandbox: Sandbox; script: Script }> {
  // Only scripts with regular expressions wait for it to be loaded.
  const { createContext, Script } = await import("node:vm");
  const sandbox: Sandbox = { expression: undefined, text: "", found: null };
  createContext(sandbox);
  return { sandbox, script: new Script("found = expression.exec(text)") };
}

/**
 * Searches a text.
 *
 * @returns What was found, or `"too long"` if the search was given up.
 */
export async function search(
  expression: RegExp,
  text: string,
): Promise<RegExpExecArray | null | "too long"> {
  made ??= make();
  const { sandbox, script } = await made;
  Object.assign(sandbox, { expression, text, found: null });
  try {
    script.runInContext(sandbox, { timeout: MOST_SEARCH_MS });
    return sandbox.found;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "too long";
    throw error;
  } finally {
    // A message may be large, and the next search may be far away.
    Object.assign(sandbox, { expression: undefined, text: "", found: null });
  }
}
