/**
 * Runs a piece of a test in a process of its own, for what a test cannot have:
 * a network beyond the loopback, or a limit on open files.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

const LIB = new URL("../../lib", import.meta.url).href;

/** Options for {@linkcode inSubprocess}. */
export interface SubprocessOptions {
  /**
   * What the function gets after the URL, by way of JSON.
   *
   * @default {[]}
   */
  readonly args?: readonly string[];
  /**
   * How many files it may have open; Deno needs about 20 of them.
   *
   * @default {unchanged}
   */
  readonly openFiles?: number;
}

/**
 * Runs a function in another process, with all permissions.
 *
 * @param run The function. It gets the URL of `lib`, sees nothing of the module
 * it stands in, and must close what it opens.
 * @param options Limits.
 * @returns What the function returned, by way of JSON.
 */
export async function inSubprocess<T>(
  run: (lib: string, ...args: string[]) => Promise<T>,
  options: SubprocessOptions = {},
): Promise<T> {
  const { args = [], openFiles } = options;
  const limit = openFiles === undefined ? "" : `ulimit -n ${openFiles}; `;
  const source = `console.log(JSON.stringify(await (${run})(...${
    JSON.stringify([LIB, ...args])
  })))`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `${limit}exec "$0" eval "$1"`, Deno.execPath(), source],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}
