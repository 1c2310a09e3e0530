/**
 * The executable `parley-client`: sends messages over TCP, TLS, UDP and Unix
 * sockets, in any framing, and shows the replies; asks web servers.
 *
 * ```sh
 * deno run --allow-net jsr:@parley/parley/client 7342 hello
 * ```
 *
 * Compiled, over TLS, and to a multicast group, which shows every reply:
 *
 * ```sh
 * parley-client tls://localhost:7343 hello --ca cert.pem
 * parley-client udp://239.1.2.3:9001 'is a server there?'
 * ```
 *
 * To see what a peer sends and why its length is wrong, show its chunks beside
 * the error, which gives the first bytes and the likely cause, such as another
 * byte order; or print all of it as bare bytes:
 *
 * ```sh
 * parley-client 7344 --frame length:4 --chunks </dev/null
 * parley-client 7344 --frame raw --format hex </dev/null
 * ```
 *
 * UDP needs `--unstable-net`, certificates need `--allow-read`, Unix sockets
 * and `--output` need `--allow-read --allow-write`, `--record` and `--pcapng`
 * `--allow-write`, `talk`, and `show`, `replay` and `chop` of a recording
 * `--allow-read`; `load --workers` needs `--allow-read`.
 * `--help` shows the options used most, `--help all` every option and the exit codes.
 *
 * @module
 */

import type { LoadWorkerScope } from "../lib/load/mod.ts";
import { runClient } from "./client_commands.ts";
import { processTerminal } from "./terminal/process_terminal.ts";

if (import.meta.main) {
  // With load --workers this module is that of the further threads too.
  if ("postMessage" in globalThis) {
    const { runLoadWorker } = await import("../lib/load/mod.ts");
    await runLoadWorker(globalThis as unknown as LoadWorkerScope);
  } else {
    const startThread = () => new Worker(import.meta.url, { type: "module" });
    const terminal = { ...processTerminal(), startThread };
    Deno.exit(await runClient(Deno.args, terminal));
  }
}
