/**
 * Runs a script: holds the conversation that it describes.
 *
 * ```text
 *   next statement ─► connect, send, expect, ... ── as it says ──► next statement
 *                                  │                                 │ no more
 *                                  │ otherwise                       ▼
 *                                  ▼                             all closed ─► report
 *                             all aborted ─► ScriptFailure
 * ```
 *
 * @module
 */

import { outOfRange } from "../check.ts";
import { LONGEST_TIMER_MS } from "../time/time.ts";
import type { ScriptConnection } from "./running/conversation.ts";
import { Run } from "./running/run.ts";
import {
  type Script,
  type ScriptConnectionPlan,
  type ScriptStep,
  stepsOf,
} from "./statement.ts";

export type { ScriptConnection } from "./running/conversation.ts";

/** How long a statement may take unless the script says: 10 s. */
const DEFAULT_WITHIN_MS = 10_000;

/** Options for {@linkcode runScript}. */
export interface RunScriptOptions {
  /** Called before each statement. */
  readonly onStep?: (step: ScriptStep) => void;
  /** Ends the script with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a statement may take in milliseconds for which the script has no
   * `within`, and how long `none` waits; above 0, at most 2^31-1.
   *
   * @default {10_000}
   */
  readonly withinMs?: number;
}

/** What came of a script that ran to its end. */
export interface ScriptReport {
  /** The values that messages gave to names, as text. */
  readonly captures: ReadonlyMap<string, string>;
  /** How long it took in milliseconds. */
  readonly durationMs: number;
  /** How many statements it has. */
  readonly steps: number;
}

/**
 * Opens a connection for a script.
 *
 * @param plan Its address, if the script names one, and the options it sets.
 * @returns The connection, which the script owns from then on.
 */
export type ConnectScript = (
  plan: ScriptConnectionPlan,
) => Promise<ScriptConnection>;

/**
 * Holds the conversation that a script describes. Each `expect` takes the next
 * message of its connection, so the result does not depend on how the network cut
 * the bytes. A regular expression looks at the first 64 KiB of a message, for at most
 * one second; a longer search is a failure.
 *
 * At the end all connections are closed in order; if the conversation goes
 * otherwise they are aborted.
 *
 * @param script The script, of {@linkcode parseScript}.
 * @param connect Opens each connection: that of statements without a name, whose
 * plan has no address, and those of `connect`.
 * @param options Deadline, signal, and what is called before each statement.
 * @returns What it captured, and how long it took.
 * @throws {ScriptFailure} If the conversation goes otherwise than the script says.
 * @throws {RangeError} If the deadline is out of its range.
 * @throws {unknown} What `connect` rejects with, and the signal's reason.
 *
 * @example A test of a server
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { parseScript, runScript } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve("tcp://127.0.0.1:0", { encoding: "json" }, async (peer) => {
 *   for await (const { get } of peer as AsyncIterable<{ get: number }>) {
 *     await peer.send({ got: get, by: "the server" });
 *   }
 * });
 *
 * const script = parseScript(`
 * send {"get": 7}
 * expect json {"got": 7, "by": "{{who}}"}
 * finish
 * expect end
 * `);
 * const { captures } = await runScript(
 *   script,
 *   ({ options }) => connect(server.address, options),
 * );
 * assertEquals(captures.get("who"), "the server");
 * ```
 *
 * @example A server that a script plays
 * ```ts
 * import { connect, MessageConnection } from "@parley/parley";
 * import { memoryListener, parseScript, runScript } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const script = parseScript("send 220 ready\nexpect QUIT\nsend 221 bye");
 * const listener = memoryListener();
 * const played = runScript(
 *   script,
 *   async () => new MessageConnection(await listener.accept(), { side: "server" }),
 * );
 *
 * await using client = await connect(listener, { encoding: "text" });
 * assertEquals(await client.receive(), "220 ready");
 * await client.send("QUIT");
 * assertEquals(await client.receive(), "221 bye");
 * await played;
 * listener.close();
 * ```
 */
export async function runScript(
  script: Script,
  connect: ConnectScript,
  options: RunScriptOptions = {},
): Promise<ScriptReport> {
  const { withinMs = DEFAULT_WITHIN_MS } = options;
  if (!(withinMs > 0 && withinMs <= LONGEST_TIMER_MS)) {
    throw outOfRange(
      "withinMs",
      withinMs,
      `a number of milliseconds above 0, at most ${LONGEST_TIMER_MS}`,
    );
  }
  const steps = stepsOf(script);
  return await new Run(script, connect, { ...options, withinMs }).all(steps);
}
