/**
 * The commands of `parley-client`. A command line that begins with none of them
 * begins with an address. Each is loaded when it is asked for.
 *
 * @module
 */

import { commandRows, commonCommands, SHELL_ROW } from "./common_commands.ts";
import type { ExitCode } from "./output/exit_code.ts";
import { type ListedCommand, type Program, runProgram } from "./program.ts";
import type { Terminal } from "./terminal/terminal.ts";

const COMMANDS: Readonly<Record<string, ListedCommand>> = {
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
  overview: {
    name: "parley-client",
    summary: "sends messages over a socket and shows the replies",
    usages: ["ADDRESS [MESSAGE...] [options]", "http://HOST/PATH [options]"],
    examples: [
      "parley-client 7342 hello",
      "parley-client 7342 'one' 'two' --frame length:4 --timeout 3s",
      "parley-client 7342 --frame header:10 < lines.txt",
      "parley-client tls://localhost:7343 hello --ca cert.pem",
      "parley-client http://127.0.0.1:8080/ --raw",
    ],
    sections: [
      {
        title: "What is sent",
        rows: [
          ["MESSAGE...", "each message; shows one reply for each, finishes"],
          ["a pipe or file", "each line of standard input is a message"],
          ["a terminal", "a prompt: Ctrl-D finishes sending, Ctrl-C leaves"],
        ],
      },
      {
        title: "The options used most",
        rows: [
          ["--frame SPEC", "where a message ends (default line)"],
          ["--format FORMAT", "text, json, hex, base64; help formats"],
          ["--timeout DURATION", "bounds connecting, and the wait for replies"],
          ["-v, --verbose", "tells more; -q, --quiet tells less"],
        ],
      },
      { title: "Commands", rows: commandRows(COMMANDS) },
      {
        title: "More",
        rows: [
          [
            "ADDRESS --help",
            "options for 7342, udp: or http:; --help all: every option",
          ],
          [
            "help TOPIC",
            "messages, udp, http; frames, protocols, formats, addresses, scripts, exit-codes, tls",
          ],
          SHELL_ROW,
        ],
      },
    ],
  },
  commands: { ...COMMANDS, ...commonCommands(() => CLIENT) },
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
