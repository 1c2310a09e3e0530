/**
 * What is wrong with a script, and where a conversation differs from it.
 *
 * @module
 */

import { describeError, type ErrorParts, ParleyError } from "../errors.ts";

/** A script cannot be read. Nothing was opened. */
export class ScriptError extends ParleyError {
  /** Always `"ScriptError"`. */
  override readonly name: string = "ScriptError";
  /** Name of the script. */
  readonly script: string;
  /** The line at fault, from 1. */
  readonly line: number;
  /** The first character at fault in that line, from 1. */
  readonly column: number;

  /**
   * Creates the error.
   *
   * @param script Name of the script.
   * @param line The line at fault, from 1.
   * @param column The first character at fault in that line, from 1.
   * @param parts What the text is made of, and the usual `cause`. The place stands
   * before it.
   */
  constructor(
    script: string,
    line: number,
    column: number,
    parts: ErrorParts & ErrorOptions,
  ) {
    super({ ...parts, address: `${script}:${line}:${column}` });
    this.script = script;
    this.line = line;
    this.column = column;
  }
}

/** A message that went over a connection of a script. */
export interface ScriptMessage {
  /** Name of the connection; `""` for the one without a name. */
  readonly connection: string;
  /** Whether the script has sent or received it. */
  readonly direction: "sent" | "received";
  /** The message. */
  readonly message: Uint8Array;
}

/** What is known about a conversation that went differently. */
export interface ScriptFailureDetails {
  /** What was expected, as a script writes it. */
  readonly expected?: string | undefined;
  /** What came instead: a message as a script writes it, or words. */
  readonly received?: string | undefined;
  /** The error that came, if no message, end or reset did. */
  readonly error?: unknown;
  /** Where the two differ, in words. */
  readonly difference?: string | undefined;
  /** The last messages, at most 3, the oldest first. */
  readonly recent: readonly ScriptMessage[];
  /** The statement, as it is written. */
  readonly statement: string;
}

/**
 * A conversation did not go as the script says.
 *
 * @example What was expected, and what came
 * ```ts
 * import { MessageConnection } from "@parley/parley";
 * import { memoryPair, parseScript, runScript, ScriptFailure } from "@parley/parley/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [client, server] = memoryPair();
 * await server.write(new TextEncoder().encode("hallo\n"));
 *
 * const script = parseScript("expect hello", { name: "greeting.talk" });
 * const error = await assertRejects(
 *   () => runScript(script, ({ options }) =>
 *     Promise.resolve(new MessageConnection(client, options))),
 *   ScriptFailure,
 * );
 * assertEquals(
 *   error.message,
 *   "greeting.talk:1: expected hello and received hallo: it differs at byte 1",
 * );
 * assertEquals(error.details.received, "hallo");
 * ```
 */
export class ScriptFailure extends ParleyError {
  /** Always `"ScriptFailure"`. */
  override readonly name: string = "ScriptFailure";
  /** Name of the script. */
  readonly script: string;
  /** The line of the statement that failed, from 1. */
  readonly line: number;
  /** What was expected, and what came. */
  readonly details: ScriptFailureDetails;

  /**
   * Creates the error.
   *
   * @param script Name of the script.
   * @param line The line of the statement that failed, from 1.
   * @param parts What the text is made of, and the usual `cause`. The place stands
   * before it.
   * @param details What was expected, and what came.
   */
  constructor(
    script: string,
    line: number,
    parts: ErrorParts & ErrorOptions,
    details: ScriptFailureDetails,
  ) {
    super({ ...parts, address: `${script}:${line}` });
    this.script = script;
    this.line = line;
    this.details = details;
  }
}

/** The parts of an error, to stand behind the place in a script. */
export function asReason(cause: unknown): ErrorParts & ErrorOptions {
  const { action, address, advice, framing, option, reason } = cause as Partial<
    ErrorParts
  >;
  if (reason === undefined) return { reason: describeError(cause), cause };
  const what = [action === undefined ? [] : ["cannot", action], address ?? []]
    .flat().join(" ");
  return {
    reason: what === "" ? reason : `${what}: ${reason}`,
    advice,
    framing,
    option,
    cause,
  };
}
