/**
 * Runs the tests with the permissions that `deno.json` lists under `test`, as
 * `deno test -P` does. Two more depend on the machine: to run this Deno by its
 * path, and to use the folder for temporary files.
 *
 * Tests of pure code use the processor alone, and neither sockets nor clocks.
 * They run first, several files at once. The others measure memory and waits,
 * and run one after the other.
 *
 * Usage: `deno task test [ARGUMENTS-OF-DENO-TEST...]`
 *
 * @module
 */

import { tmpdir } from "node:os";
import config from "../deno.json" with { type: "json" };

const PURE = ["bytes", "encoding", "framing", "recording", "stream", "testing"]
  .map((folder) => `tests/${folder}`);

const { read, write, run } = config.test.permissions;

async function test(...args: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "-P"],
      `--allow-read=${[...read, tmpdir()]}`,
      `--allow-write=${[...write, tmpdir()]}`,
      `--allow-run=${[...run, Deno.execPath()]}`,
      ...args,
    ],
    stdin: "null",
  }).spawn().status;
  return code;
}

let code = 0;
if (Deno.args.length > 0) {
  code = await test("--doc", ...Deno.args);
} else {
  const pure = await test("--parallel", ...PURE);
  const rest = await test("--doc", `--ignore=${PURE}`);
  code = pure || rest;
}
Deno.exit(code);
