/**
 * The commands of `parley-client`. A command line that begins with none of them
 * begins with an address. Each is loaded when it is asked for.
 *
 * @module
 */

import { commonCommands } from "./common_commands.ts";
import type { ExitCode } from "./output/exit_code.ts";
import { type ListedCommand, type Program, runProgram } from "./program.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** The commands with a name of their own. */
export const CLIENT_COMMANDS: Readonly<Record<string, ListedCommand>> = {
  show: {
    operands: "FILE",
    summary: "prints a recording, made with --record",
    load: async () => (await import("./recording/show/run_show.ts")).SHOW,
  },
  replay: {
    operands: "FILE ADDRESS",
    summary: "plays a recording to a server",
    load: async () =>
      (await import("./recording/replay/run_client_replay.ts")).CLIENT_REPLAY,
  },
  chop: {
    operands: "ADDRESS",
    summary: "cuts a request at every byte: does the answer change?",
    load: async () => (await import("./recording/chop/run_chop.ts")).CHOP,
  },
  talk: {
    operands: "SCRIPT... ADDRESS",
    summary: "holds scripted conversations, checks the replies",
    load: async () => (await import("./script/client/run_scripts.ts")).TALK,
  },
  sniff: {
    operands: "ADDRESS|FILE",
    summary: "guesses the --frame of a server or file",
    load: async () => (await import("./sniff/run_sniff.ts")).SNIFF,
  },
  load: {
    operands: "ADDRESS",
    summary: "how fast does it answer, how late, how wrong?",
    load: async () => (await import("./load/run_load.ts")).LOAD,
  },
  wait: {
    operands: "ADDRESS...",
    summary: "waits until servers are there, or --gone",
    load: async () => (await import("./wait/run_wait.ts")).WAIT,
  },
};

/** The executable `parley-client`. */
export const CLIENT: Program = {
  name: "parley-client",
  overview: async () => (await import("./client_overview.ts")).CLIENT_OVERVIEW,
  commands: { ...CLIENT_COMMANDS, ...commonCommands(() => CLIENT) },
  nameless: { messages: ["7342"], udp: ["udp:7342"], http: ["http:"] },
  sibling: {
    name: "parley-server",
    // deno-fmt-ignore
    words: [
      "echo", "upper", "reverse", "greet", "discard", "print",
      "tap", "bridge", "hub", "cert", "play", "faults",
    ],
  },
  otherwise: (args) => ({
    load: async () => (await import("./client/run_client.ts")).talkTo(args),
  }),
};

/** Runs `parley-client` to its exit code. */
export function runClient(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(CLIENT, args, terminal);
}
