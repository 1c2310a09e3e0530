/**
 * `parley-server hub`: rooms of members.
 *
 * @module
 */

import type { Manual } from "../manual/manual.ts";
import type { ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { reloadAtSignal } from "../server/listening/reload_certificate.ts";
import { tellListening } from "../server/listening/tell_listening.ts";
import { Servers } from "../server/start_servers.ts";
import { untilSignal } from "../server/until_signal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { parseHubArguments } from "./hub_command.ts";
import { hubManual } from "./hub_manual.ts";
import type { HubTerminal } from "./hub_terminal.ts";
import { runningHub, startHub } from "./start_hub.ts";

/** The command. */
export const HUB: LoadedCommand = {
  // Only made when it is asked for.
  get manual(): Manual {
    return hubManual();
  },
  run: runHub,
};

async function runHub(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const command = await parseHubArguments(args.slice(1), terminal);
  const { options, places } = command;
  progress.json = options.log === "json";
  const person = await personAt(terminal);
  const { errors = terminal.errors } = person ?? {};
  const log = new Log({ errors, now: () => terminal.now() }, {
    format: options.log,
    quiet: options.quiet,
    verbose: options.verbose,
  });
  try {
    const parts = { backbone: undefined, terminalMember: person?.listener };
    const hub = await startHub(command, parts, terminal, log);
    const running = runningHub(hub, places.length);
    const servers = new Servers(running.addresses, [running]);
    const undoReload = reloadAtSignal(servers, options, terminal, log);
    const ended = untilSignal(servers, person ?? terminal, log, options.grace);
    const asked = places.map(({ address }) => address);
    tellListening(asked, servers.addresses, String, terminal, log);
    try {
      await person?.join(options);
      return await Promise.race([ended, servers.failed]);
    } finally {
      undoReload();
    }
  } finally {
    person?.leave();
    log.flush();
  }
}

/** The person at the terminal, whose modules are loaded if there is one. */
async function personAt(
  terminal: Terminal,
): Promise<HubTerminal | undefined> {
  const { errors, input, output } = terminal;
  if (!input.isTerminal || !errors.isTerminal || !output.isTerminal) {
    return undefined;
  }
  const { HubTerminal } = await import("./hub_terminal.ts");
  return new HubTerminal(terminal);
}
