/**
 * The executable `parley-client`: sends messages over TCP, TLS, UDP and Unix
 * sockets, in any framing, and shows the replies; asks web servers.
 *
 * ```sh
 * deno run --allow-net jsr:@parley/parley/client 7342 hello
 * ```
 *
 * UDP needs `--unstable-net`, certificates need `--allow-read`, Unix sockets
 * and `--output` need `--allow-read --allow-write`. `--help` shows options,
 * formats and exit codes.
 *
 * @module
 */

import { processTerminal } from "./terminal/process_terminal.ts";
import { runClient } from "./client/run_client.ts";

if (import.meta.main) {
  Deno.exit(await runClient(Deno.args, processTerminal()));
}
