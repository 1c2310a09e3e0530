/**
 * The commands of `parley-server`, by name. Each is loaded when it is asked for.
 *
 * @module
 */

import { commonCommands } from "./common_commands.ts";
import type { ExitCode } from "./output/exit_code.ts";
import { type Command, type Program, runProgram } from "./program.ts";
import { SERVICES } from "./server/services.ts";
import type { Terminal } from "./terminal/terminal.ts";

function serviceCommand(name?: string): () => ReturnType<Command["load"]> {
  return async () => (await import("./server/run_server.ts")).serve(name);
}

const SERVICE_ROWS = Object.entries(SERVICES)
  .map(([name, { summary }]) => [name, summary] as const);

/** The executable `parley-server`. */
export const SERVER: Program = {
  overview: {
    name: "parley-server",
    summary: "answers messages over sockets, in any framing",
    usages: ["SERVICE ADDRESS... [options]"],
    examples: [
      "parley-server echo 7342",
      "parley-server upper 7342 --frame length:4 --max-message 16MiB",
      "parley-server print udp://127.0.0.1:7342 unix:/tmp/app.sock",
      "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
      "parley-server http 8080 --root public --index",
    ],
    sections: [
      { title: "Services", rows: SERVICE_ROWS },
      {
        title: "Further commands",
        rows: [
          ["tap", "passes connections on to a server and shows the messages"],
          [
            "bridge",
            "joins two sides that frame or carry messages differently",
          ],
          ["hub", "passes messages on to the other members of a room"],
          ["cert", "makes a throw-away certificate, to try TLS"],
          ["replay FILE ADDRESS...", "plays a recording, made with --record"],
          ["play SCRIPT ADDRESS...", "is the server that a script describes"],
          ["completions SHELL", "for bash, zsh or fish; man: the manual page"],
        ],
      },
      {
        title: "More",
        rows: [
          ["SERVICE --help", "its options; --help all: every option, and more"],
          [
            "help TOPIC",
            "frames, protocols, formats, addresses, scripts, exit-codes, tls",
          ],
        ],
      },
    ],
  },
  commands: {
    ...Object.fromEntries(
      SERVICE_ROWS.map(([name, summary]) => [
        name,
        { summary, load: serviceCommand(name) },
      ]),
    ),
    tap: {
      summary: "passes connections on to a server and shows the messages",
      load: async () => (await import("./tap/run_tap.ts")).TAP,
    },
    bridge: {
      summary: "joins two sides that frame or carry messages differently",
      load: async () => (await import("./bridge/run_bridge.ts")).BRIDGE,
    },
    hub: {
      summary: "passes each message on to the other members of its room",
      load: async () => (await import("./hub/run_hub.ts")).HUB,
    },
    cert: {
      summary: "makes a throw-away certificate and its key",
      load: async () => (await import("./tls/run_cert.ts")).CERT,
    },
    replay: {
      summary: "plays the server's side of a recording to clients",
      load: async () =>
        (await import("./recording/replay/run_server_replay.ts")).SERVER_REPLAY,
    },
    play: {
      summary: "is the server that a script describes, to test clients",
      load: async () => (await import("./script/server/run_play.ts")).PLAY,
    },
    ...commonCommands(() => SERVER),
  },
  nameless: {},
  otherwise: () => ({ summary: "", load: serviceCommand() }),
};

/** Runs `parley-server` to its exit code. */
export function runServer(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(SERVER, args, terminal);
}
