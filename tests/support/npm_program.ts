/**
 * Programs of `tests/e2e/protocols/npm/`, which use packages of npm. They run as
 * processes of their own, with permissions that the tests do not have.
 *
 * @module
 */

import { Process } from "./processes.ts";

const FOLDER = new URL("../e2e/protocols/npm/", import.meta.url);

/** Starts a program by the name of its file; it ends with the test. */
export function npmProgram(name: string, ...args: string[]): Process {
  return new Process(Deno.execPath(), [
    ...["run", "-A", "--quiet", "--no-check"],
    new URL(`${name}.js`, FOLDER).pathname,
    ...args,
  ]);
}
