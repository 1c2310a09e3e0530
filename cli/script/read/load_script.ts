/**
 * Reads a script from a file.
 *
 * @module
 */

import {
  parseScript,
  type ParseScriptOptions,
  type Script,
  ScriptError,
} from "../../../lib/testing/mod.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure, UsageError } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";
import { readAll } from "../../terminal/read_file.ts";
import type { Input } from "../../terminal/terminal.ts";

// The file of a message, which is in memory as a whole. A device is endless and has
// no size.
const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

/** The name of a script on standard input. */
const INPUT_NAME = "standard input";

/**
 * Reads a script.
 *
 * @param path The file; `-` is standard input.
 * @throws {Failure} With code 9 if it cannot be read, with code 2 if something is
 * wrong with it.
 */
export async function loadScript(
  path: string,
  input: Input,
  options: ParseScriptOptions,
): Promise<Script> {
  const name = path === "-" ? INPUT_NAME : path;
  const text = textOf(name, await readAll(path, input));
  try {
    return parseScript(text, {
      ...options,
      name,
      readFile: (file) => fileBeside(path, file),
    });
  } catch (error) {
    if (error instanceof ScriptError) throw refused(error);
    throw error;
  }
}

/** Whether an operand names a file: one that exists, or any path with "./". */
export function isFile(operand: string): boolean {
  if (operand.startsWith("./")) return true;
  try {
    const { isFifo, isFile } = Deno.statSync(operand);
    return isFile || isFifo === true;
  } catch {
    // Then it is an address, whose parser says what is wrong with it.
    return false;
  }
}

/** Describes what is wrong with a script. */
function refused(error: ScriptError): Failure {
  return new Failure(EXIT.usage, errorText(error), { cause: error });
}

/** Makes the failure for a line of a script that does not go with the command line. */
export function refusedAt(
  { name }: Pick<Script, "name">,
  line: number,
  reason: string,
): Failure {
  return new Failure(EXIT.usage, `${name}:${line}: ${reason}`);
}

/**
 * Refuses values of names that no script has.
 *
 * @param given The names.
 * @throws {UsageError} If there is such a name.
 */
export function checkVariables(
  given: readonly string[],
  scripts: readonly Script[],
): void {
  const unused = given.find((name) =>
    !scripts.some(({ variables }) => variables.has(name))
  );
  if (unused === undefined) return;
  throw new UsageError(
    `--set ${unused}=...: ${
      scripts.length === 1 ? `${scripts[0]!.name} has no` : "no script has"
    } {{${unused}}}`,
  );
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = firstBadLine(bytes);
    throw new Failure(
      EXIT.usage,
      `${name}:${line}: this is not UTF-8; write such bytes as hex`,
      { cause },
    );
  }
}

/** The line with the first bytes that are not UTF-8. */
function firstBadLine(bytes: Uint8Array): number {
  const lenient = new TextDecoder("latin1").decode(bytes).split("\n");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const at = lenient.findIndex((line) => {
    try {
      decoder.decode(Uint8Array.from(line, (char) => char.charCodeAt(0)));
      return false;
    } catch {
      return true;
    }
  });
  return at + 1;
}

/** Reads a file that a script names; a path is relative to the script. */
function fileBeside(script: string, file: string): Uint8Array {
  const folder = /^.*\//.exec(script)?.[0] ?? "";
  const path = file.startsWith("/") ? file : `${folder}${file}`;
  try {
    const { isFile, size } = Deno.statSync(path);
    if (isFile && size <= LARGEST_FILE_BYTES) return Deno.readFileSync(path);
  } catch (cause) {
    throw new Failure(EXIT.usage, systemReason(cause), { cause });
  }
  throw new Failure(EXIT.usage, "it is not a file of at most 1 GiB");
}
