/**
 * The commands of `parley-server`, by name. Each is loaded when it is asked for.
 *
 * @module
 */

import { commonCommands } from "./common_commands.ts";
import type { ExitCode } from "./output/exit_code.ts";
import {
  type Command,
  type ListedCommand,
  type Program,
  runProgram,
} from "./program.ts";
import { SERVICES } from "./server/services.ts";
import type { Terminal } from "./terminal/terminal.ts";

function serviceCommand(name?: string): Command {
  return {
    load: async () => (await import("./server/run_server.ts")).serve(name),
  };
}

/** One for each service. */
export const SERVICE_COMMANDS: Readonly<Record<string, ListedCommand>> = Object
  .fromEntries(
    Object.entries(SERVICES).map(([name, { summary }]) => [
      name,
      { summary, ...serviceCommand(name) },
    ]),
  );

/** The others. */
export const SERVER_COMMANDS: Readonly<Record<string, ListedCommand>> = {
  tap: {
    summary: "passes connections on to a server and shows the messages",
    load: async () => (await import("./tap/run_tap.ts")).TAP,
  },
  bridge: {
    summary: "joins two sides that frame or carry messages differently",
    load: async () => (await import("./bridge/run_bridge.ts")).BRIDGE,
  },
  hub: {
    summary: "passes messages on to the other members of a room",
    load: async () => (await import("./hub/run_hub.ts")).HUB,
  },
  cert: {
    summary: "makes a throw-away certificate, to try TLS",
    load: async () => (await import("./tls/run_cert.ts")).CERT,
  },
  replay: {
    operands: "FILE ADDRESS...",
    summary: "plays a recording, made with --record",
    load: async () =>
      (await import("./recording/replay/run_server_replay.ts")).SERVER_REPLAY,
  },
  play: {
    operands: "SCRIPT ADDRESS...",
    summary: "is the server that a script describes",
    load: async () => (await import("./script/server/run_play.ts")).PLAY,
  },
};

/** The executable `parley-server`. */
export const SERVER: Program = {
  name: "parley-server",
  overview: async () => (await import("./server_overview.ts")).SERVER_OVERVIEW,
  commands: {
    ...SERVICE_COMMANDS,
    ...SERVER_COMMANDS,
    ...commonCommands(() => SERVER),
  },
  nameless: {},
  sibling: {
    name: "parley-client",
    // deno-fmt-ignore
    words: ["messages", "udp", "show", "chop", "talk", "sniff", "load", "wait"],
  },
  otherwise: () => serviceCommand(),
};

/** Runs `parley-server` to its exit code. */
export function runServer(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(SERVER, args, terminal);
}
