/**
 * The executable `parley-server`: answers messages over TCP, TLS, UDP and Unix
 * sockets, in any framing, and browsers over HTTP.
 *
 * ```sh
 * deno run --allow-net jsr:@parley/parley/server echo 7342
 * ```
 *
 * Compiled, several addresses at once, TLS with a certificate to try it, a
 * multicast group, and what a peer sends that connects to you:
 *
 * ```sh
 * parley-server upper :7342 udp://127.0.0.1:7342 unix:/tmp/app.sock --log json
 * parley-server cert --out .
 * parley-server echo tls://:7343 --cert cert.pem --key key.pem
 * parley-server upper udp://0.0.0.0:9001 --join 239.1.2.3
 * parley-server discard 7344 --frame length:4 --verbose
 * ```
 *
 * UDP and `--workers` need `--unstable-net`; certificates, `--root` and
 * `--workers` need `--allow-read`; Unix sockets `--allow-read --allow-write`,
 * with `--mode` also `--allow-sys`; `--record` and `--pcapng` `--allow-write`,
 * `replay` and `play` `--allow-read`; `--allow-sys=networkInterfaces` shows what
 * other machines can connect to. `--help` shows the commands, `--help all` every option.
 *
 * @module
 */

import { runServer } from "./server_commands.ts";
import { processTerminal } from "./terminal/process_terminal.ts";
import type { ThreadPort } from "./terminal/terminal.ts";

if (import.meta.main) {
  // With --workers this module is that of the further threads too.
  if ("postMessage" in globalThis) {
    const { runThread } = await import("./server/workers/worker_thread.ts");
    runThread(globalThis as unknown as ThreadPort, processTerminal());
  } else {
    const startThread = () => new Worker(import.meta.url, { type: "module" });
    const terminal = { ...processTerminal(), startThread };
    Deno.exit(await runServer(Deno.args, terminal));
  }
}
