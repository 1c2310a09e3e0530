/**
 * What a further worker does for the main thread.
 *
 * @module
 */

import type { CutConnection } from "../../../mod.ts";
import { parseAddress } from "../../../lib/start.ts";
import { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { RunningServer } from "../running_server.ts";
import { parseServerArguments } from "../server_command.ts";
import { startStreams } from "../start_streams.ts";
import type { SentCut, WorkerCalls } from "./worker_thread.ts";

/**
 * Makes what the main thread can call.
 *
 * @param terminal What the program has around it.
 * @returns The calls; `serve` comes first.
 */
export function workerCalls(terminal: Terminal): WorkerCalls {
  let log: Log;
  let server: RunningServer;
  return {
    async serve(args, addresses, worker) {
      const command = await parseServerArguments(args, terminal);
      const { log: format, quiet, verbose } = command.options;
      log = new Log(terminal, { format, quiet, verbose });
      // The ports that are shared, in the order of the command line.
      const shared = command.places.filter(({ address }) =>
        address.transport !== "udp" && address.path === ""
      );
      const where = addresses.map((text, i) => ({
        address: parseAddress(text),
        framing: shared[i]!.framing,
      }));
      server = await startStreams({ command, worker }, where, terminal, log);
      server.begin?.();
    },
    open: () => server.open(),
    cut: () => server.cut(),
    async shutdown(graceMs) {
      const { cut, finished } = await server.shutdown(graceMs);
      log.flush();
      return {
        finished,
        cut: cut.map(sent),
      };
    },
    setCertificate: (cert, key) => server.setCertificate({ cert, key }),
  };
}

function sent({ remoteAddress, unsentBytes }: CutConnection): SentCut {
  return { peer: String(remoteAddress), unsentBytes };
}
