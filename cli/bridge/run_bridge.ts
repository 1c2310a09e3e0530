/**
 * `parley-server bridge`: joins two sides that frame or carry messages differently.
 *
 * @module
 */

import type { ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { reloadAtSignal } from "../server/listening/reload_certificate.ts";
import { tellListening } from "../server/listening/tell_listening.ts";
import { Servers } from "../server/servers.ts";
import { untilSignal } from "../server/until_signal.ts";
import { parseBridgeArguments } from "./bridge_command.ts";
import { startBridge } from "./start_bridge.ts";

/** The command. */
export const BRIDGE: LoadedCommand = {
  manual: async () => (await import("./bridge_manual.ts")).bridgeManual(),
  run: runBridge,
};

async function runBridge(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const command = parseBridgeArguments(args.slice(1), terminal);
  const { listen, options } = command;
  progress.json = options.log === "json";
  const { errors } = terminal;
  const log = new Log({ errors, now: () => terminal.now() }, {
    format: options.log,
    quiet: options.quiet,
    verbose: options.verbose,
  });
  try {
    if (listen === "-") {
      const { runPipedBridge } = await import("./run_piped_bridge.ts");
      return await runPipedBridge(command, terminal, log, progress);
    }
    const running = await startBridge(command, terminal, log);
    const servers = new Servers(running.addresses, [running]);
    const undoReload = reloadAtSignal(servers, options, terminal, log);
    const ended = untilSignal(servers, terminal, log, options.grace);
    tellListening([listen], servers.addresses, String, terminal, log);
    try {
      return await ended;
    } finally {
      undoReload();
    }
  } finally {
    log.flush();
  }
}
