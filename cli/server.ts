/**
 * The executable `parley-server`: answers messages over TCP, TLS, UDP and Unix
 * sockets, in any framing, and browsers over HTTP.
 *
 * ```sh
 * deno run --allow-net jsr:@parley/parley/server echo 7342
 * ```
 *
 * UDP and `--workers` need `--unstable-net`; certificates, `--root` and
 * `--workers` need `--allow-read`; Unix sockets `--allow-read --allow-write`,
 * with `--mode` also `--allow-sys`; `--allow-sys=networkInterfaces` shows what
 * other machines can connect to. `--help` shows services, options and exit codes.
 *
 * @module
 */

import { processTerminal } from "./terminal/process_terminal.ts";
import { runServer } from "./server/run_server.ts";
import { runThread } from "./server/run_thread.ts";
import type { ThreadPort } from "./terminal/terminal.ts";

if (import.meta.main) {
  // With --workers this module is that of the further threads too.
  if ("postMessage" in globalThis) {
    runThread(globalThis as unknown as ThreadPort, processTerminal());
  } else {
    const startThread = () => new Worker(import.meta.url, { type: "module" });
    const terminal = { ...processTerminal(), startThread };
    Deno.exit(await runServer(Deno.args, terminal));
  }
}
