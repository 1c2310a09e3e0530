/**
 * The executable `parley-server`: answers messages over TCP, in any framing.
 *
 * ```sh
 * deno run --allow-net jsr:@parley/parley/server echo 7342
 * ```
 *
 * `--help` shows services, options and exit codes.
 *
 * @module
 */

import { processTerminal } from "./process_terminal.ts";
import { runServer } from "./run_server.ts";

if (import.meta.main) {
  Deno.exit(await runServer(Deno.args, processTerminal()));
}
