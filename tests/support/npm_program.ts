/**
 * Programs of `tests/e2e/protocols/npm/`, which use packages of npm. They run as
 * processes of their own, with permissions that the tests do not have.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Process } from "./processes.ts";
import { type Recorded, Recorder } from "./recorder.ts";
import { freePort } from "./ports.ts";

const FOLDER = new URL("../e2e/protocols/npm/", import.meta.url);

/** Starts a program by the name of its file; it ends with the test. */
export function npmProgram(name: string, ...args: string[]): Process {
  return new Process(Deno.execPath(), [
    ...["run", "-A", "--quiet", "--no-check"],
    new URL(`${name}.js`, FOLDER).pathname,
    ...args,
  ]);
}

/** Lets a server and its client talk, and gives what went by. */
export async function conversation(
  name: string,
  port: number,
  ...more: string[]
): Promise<{ readonly recorded: Recorded; readonly lines: string[] }> {
  await using recorder = new Recorder({ port });
  await using client = npmProgram(name, "client", `${recorder.port}`, ...more);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  const [recorded, ...others] = await recorder.over();
  assertEquals(others, []);
  return { recorded: recorded!, lines: stdout.trimEnd().split("\n") };
}

/** Starts the server of a program, and gives its port. */
export async function serverOf(name: string): Promise<[Process, number]> {
  const port = freePort();
  const server = npmProgram(name, "server", `${port}`);
  await server.outputLine(/^listening$/);
  return [server, port];
}
