/**
 * Reads a script: all of it, before anything is opened.
 *
 * @module
 */

import type { Framing, Side } from "../framing/framing.ts";
import { checkMessages } from "./reading/check_messages.ts";
import { ScriptReader } from "./reading/script_reader.ts";
import type { Script } from "./statement.ts";
import { swapped } from "./reading/swap.ts";

/** Options for {@linkcode parseScript}. */
export interface ParseScriptOptions {
  /**
   * Where a message ends on connections for which the script has no `frame`. It is
   * among the options that `connect` gets; a function may decide by the address.
   *
   * @default {none, so the options that connect gets have no framing}
   */
  readonly framing?:
    | Framing
    | string
    | ((address: string | undefined) => Framing | string | undefined);
  /**
   * Name of the script, which stands in errors.
   *
   * @default {"script"}
   */
  readonly name?: string;
  /**
   * Reads the files that the script names with `file PATH`. What it throws is the
   * reason of a {@linkcode ScriptError}.
   *
   * @default {none, so file is refused}
   */
  readonly readFile?: (path: string) => Uint8Array;
  /**
   * The side of the connection that the script speaks for, for framings whose
   * directions differ.
   *
   * @default {"client"}
   */
  readonly side?: Side;
  /**
   * Whether to turn the script around, so that it speaks for the peer of the side
   * that it was written for: it sends what is expected, and expects what is sent.
   *
   * @default {false}
   */
  readonly swap?: boolean;
  /**
   * Values of names, which replace `{{name}}`.
   *
   * @default {{}}
   */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Reads a script. Lines are statements, settings, comments (`#`) or blank:
 *
 * ```text
 * frame length:4                   settings, for what is below them
 * max-message 1MiB
 * within 2s
 * connect ADDRESS as bob           a connection besides the one that is given
 *
 * send VALUE                       sends a message; bob: send VALUE over that connection
 * expect PATTERN                   the next message must fit
 * none                             no message comes, for as long as within says
 * pause 100ms
 * finish                           finishes sending, and still receives
 * close                            ends the connection
 * within 200ms expect PATTERN      within for one statement
 * ```
 *
 * A VALUE is a JSON string, `text ...`, `hex 00 ff`, `base64 AP8=`, `file PATH` or the
 * rest of the line. A PATTERN is a value, or `json {...}`, `/RE/flags`, `any`,
 * `any as NAME`, `end` or `reset`. `{{name}}` is replaced by the name's value. A
 * string `"{{name}}"` in `json`, a named group of a regular expression and `any as`
 * capture: they give the name its value, and where it has one they expect it.
 * `"{{*}}"` in `json` fits anything. Objects may have more members than the pattern;
 * arrays must have the same length. Nothing here waits or reads a clock.
 *
 * @param text The script, at most 16 Mi characters.
 * @param options Its name, the values of names, and how to read files.
 * @returns The script, for {@linkcode runScript}.
 * @throws {ScriptError} If a line is wrong, with line and column. A message that the
 * framing cannot express is an error too, where the script alone says what it is.
 * @throws {TypeError} If the framing of the options is invalid.
 *
 * @example What is wrong, and where
 * ```ts
 * import { parseScript, ScriptError } from "@parley/parley/testing";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(
 *   () => parseScript('send hello\nexpect json {"ok": tru}', { name: "ok.talk" }),
 *   ScriptError,
 * );
 * assertEquals([error.script, error.line, error.column], ["ok.talk", 2, 13]);
 * ```
 */
export function parseScript(
  text: string,
  options: ParseScriptOptions = {},
): Script {
  const { side = "client", swap = false } = options;
  const reader = new ScriptReader(options);
  const script = reader.read(text);
  const played = swap ? swapped(script, options.variables ?? {}) : script;
  checkMessages(played, side);
  return played;
}
