/**
 * `parley-server hub`: rooms of members.
 *
 * @module
 */

import type { Backbone } from "../../lib/hub/mod.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand, Progress } from "../program.ts";
import { reloadAtSignal } from "../server/listening/reload_certificate.ts";
import { tellListening } from "../server/listening/tell_listening.ts";
import { framingsOf } from "../server/listening/tell_settings.ts";
import { Servers } from "../server/servers.ts";
import { untilSignal } from "../server/until_signal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type HubCommand, parseHubArguments } from "./hub_command.ts";
import type { HubOptionValues } from "./hub_option_table.ts";
import type { HubTerminal } from "./hub_terminal.ts";
import { runningHub, startHub } from "./start_hub.ts";

/** The command. */
export const HUB: LoadedCommand = {
  manual: async () => (await import("./hub_manual.ts")).hubManual(),
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
  const log = new Log(
    { errors, now: () => terminal.now() },
    { ...options, format: options.log },
  );
  try {
    const backbone = await backboneFor(options, progress, terminal, log);
    const parts = { backbone, terminalMember: person?.listener };
    const hub = await startHub(command, parts, terminal, log);
    const running = runningHub(hub, places.length, log);
    const servers = new Servers(running.addresses, [running]);
    const undoReload = reloadAtSignal(servers, options, terminal, log);
    const ended = untilSignal(servers, person ?? terminal, log, options.grace);
    const asked = places.map(({ address }) => address);
    tellListening(asked, servers.addresses, String, terminal, log);
    if (options.verbose) tellSettings(command, hub.id, log);
    try {
      await person?.join(options);
      return await Promise.race([ended, servers.failed]);
    } catch (error) {
      // What ends a hub that listens is its backbone, which is connected to.
      progress.stage = "connecting";
      throw error;
    } finally {
      undoReload();
    }
  } finally {
    person?.leave();
    log.flush();
  }
}

function tellSettings(
  { options, places }: HubCommand,
  hub: string,
  log: Log,
): void {
  const frame = framingsOf(places, options.frame);
  const { history, queue: queueBytes, "when-slow": whenSlow } = options;
  const { room = "lobby", roomPath } = options.room ?? {};
  const rooms = roomPath === undefined ? room : `json:${roomPath}`;
  log.now(
    {
      event: "settings",
      hub,
      frame,
      room: rooms,
      history,
      queueBytes,
      whenSlow,
    },
    `hub ${hub} with --frame ${frame}, room ${rooms}, --history ${history}, --queue ${
      formatSize(queueBytes)
    }, --when-slow ${whenSlow}`,
  );
}

/** What shares the rooms with other machines, if they are to be shared. */
async function backboneFor(
  options: HubOptionValues,
  progress: Progress,
  terminal: Terminal,
  log: Log,
): Promise<Backbone | undefined> {
  if (options.nats.length === 0) return undefined;
  const { natsBackboneFor } = await import("./nats/nats_backbone_for.ts");
  const backbone = await natsBackboneFor(options, terminal, log);
  return {
    async open(hub, signal) {
      progress.stage = "connecting";
      const link = await backbone.open(hub, signal);
      progress.stage = "listening";
      return link;
    },
  };
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
