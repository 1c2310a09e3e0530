/**
 * Runs the tests with the permissions that `deno.json` lists under `test`, as
 * `deno test -P` does. Two more depend on the machine: to run this Deno by its
 * path, and to use the folder for temporary files.
 *
 * Usage: `deno task test [ARGUMENTS-OF-DENO-TEST...]`
 *
 * @module
 */

import { tmpdir } from "node:os";
import config from "../deno.json" with { type: "json" };

const { read, write, run } = config.test.permissions;

const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["test", "-P", "--doc"],
    `--allow-read=${[...read, tmpdir()]}`,
    `--allow-write=${[...write, tmpdir()]}`,
    `--allow-run=${[...run, Deno.execPath()]}`,
    ...Deno.args,
  ],
  stdin: "null",
}).spawn().status;
Deno.exit(code);
