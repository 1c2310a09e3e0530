/**
 * Runs the tests with the permissions that `deno.json` names under `test`, as
 * `deno test -P` does, and two that no file can name in advance: to run this
 * very Deno, and to use this machine's folder for temporary files.
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
