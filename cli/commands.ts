/**
 * The commands of both executables. Each is loaded when it is asked for, so that
 * starting one does not pay for the others.
 *
 * ```text
 * parley-server echo 7342     ─► commands.echo ─► server/run_server.ts
 * parley-server cert --out .  ─► commands.cert ─► tls/run_cert.ts
 * parley-client 7342 hello    ─► otherwise     ─► client/run_client.ts
 * ```
 *
 * @module
 */

import type { ExitCode } from "./output/exit_code.ts";
import { type Command, type Program, runProgram } from "./program.ts";
import { SERVICES } from "./server/services.ts";
import type { Terminal } from "./terminal/terminal.ts";

const MANUALS = "exit-codes, frames, addresses, tls";

/** The commands that both executables have. */
function common(program: () => Program): Program["commands"] {
  return {
    help: {
      summary: `explains a command, or one of ${MANUALS}`,
      load: async () =>
        (await import("./manual/run_help.ts")).helpCommand(program()),
    },
    completions: {
      summary: "writes completions for bash, zsh or fish",
      load: async () =>
        (await import("./manual/run_completions.ts"))
          .completionsCommand(program()),
    },
    man: {
      summary: "writes the manual page",
      load: async () =>
        (await import("./manual/run_man.ts")).manCommand(program()),
    },
  };
}

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
          ["cert", "makes a throw-away certificate, to try TLS"],
          ["completions SHELL", "for bash, zsh or fish; man: the manual page"],
        ],
      },
      {
        title: "More",
        rows: [
          ["SERVICE --help", "options, log, signals and permissions"],
          ["help TOPIC", "frames, addresses, exit-codes or tls"],
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
    cert: {
      summary: "makes a throw-away certificate and its key",
      load: async () => (await import("./tls/run_cert.ts")).CERT,
    },
    ...common(() => SERVER),
  },
  nameless: {},
  otherwise: () => ({ summary: "", load: serviceCommand() }),
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
          ["--format FORMAT", "text, json, hex or base64"],
          ["--timeout DURATION", "bounds connecting, and the wait for replies"],
          ["-v, --verbose", "tells more; -q, --quiet tells less"],
        ],
      },
      {
        title: "More",
        rows: [
          [
            "ADDRESS --help",
            "all options for such an address: 7342, udp:, http:",
          ],
          [
            "help TOPIC",
            "messages, udp, http; frames, addresses, exit-codes, tls",
          ],
          ["completions SHELL", "for bash, zsh or fish; man: the manual page"],
        ],
      },
    ],
  },
  commands: common(() => CLIENT),
  nameless: { messages: ["7342"], udp: ["udp:7342"], http: ["http:"] },
  otherwise: (args) => ({
    summary: "",
    load: async () => (await import("./client/run_client.ts")).talkTo(args),
  }),
};

/** Runs `parley-server` to its exit code. */
export function runServer(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(SERVER, args, terminal);
}

/** Runs `parley-client` to its exit code. */
export function runClient(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(CLIENT, args, terminal);
}
