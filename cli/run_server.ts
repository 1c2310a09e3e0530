/**
 * The server as a function: listens, serves, drains.
 *
 * @module
 */

import {
  type Address,
  serve,
  type ServeOptions,
  type Server,
  type ServerEvent,
  type ShutdownReport,
} from "../mod.ts";
import { formatDuration } from "./durations.ts";
import { EXIT, type ExitCode } from "./exit_code.ts";
import { Log } from "./log.ts";
import { runProgram } from "./program.ts";
import { ServerLog } from "./server_log.ts";
import {
  parseServerArguments,
  SERVER_MANUAL,
  type ServerCommand,
} from "./server_options.ts";
import type { Service } from "./services.ts";
import { formatSize } from "./sizes.ts";
import type { EndSignal, Terminal } from "./terminal.ts";

/**
 * Runs `parley-server`.
 *
 * @param args The command line.
 * @param terminal What the program has around it.
 * @returns The exit code.
 */
export function runServer(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(SERVER_MANUAL, args, terminal, async (progress) => {
    progress.stage = "listening";
    const command = parseServerArguments(args, terminal);
    const { options } = command;
    progress.json = options.log === "json";
    const log = new Log(terminal, {
      format: options.log,
      quiet: options.quiet,
      verbose: options.verbose,
    });
    const serverLog = new ServerLog(log);
    const server = await start(command, serverLog);
    const ended = untilSignal(server, terminal, log, options.grace);
    for (const address of server.addresses) serverLog.listening(address);
    if (options.verbose) tellSettings(command, log);
    const exitCode = await ended;
    log.flush();
    return exitCode;
  });
}

/** A server of messages of any type. */
type AnyServer = Pick<
  Server<unknown>,
  "addresses" | "connections" | "finished" | "shutdown"
>;

/** The part of the library's options that no message's type is in. */
type ServerSettings = Omit<ServeOptions, "encoding" | "onEvent">;

function start(command: ServerCommand, log: ServerLog): Promise<AnyServer> {
  const { addresses, options, service } = command;
  return serveWith(service, addresses, log, {
    framing: options.frame,
    idleTimeoutMs: options["idle-timeout"],
    maxConnections: options["max-connections"],
    maxConnectionsPerPeer: options["max-connections-per-peer"] ?? Infinity,
    maxMessageBytes: options["max-message"],
    messageTimeoutMs: options["message-timeout"],
    sendTimeoutMs: options["send-timeout"],
    whenFull: options["when-full"],
  });
}

function serveWith(
  service: Service,
  addresses: readonly Address[],
  log: ServerLog,
  options: ServerSettings,
): Promise<AnyServer> {
  if (service.encoding === "text") {
    const { encoding, handler } = service;
    const onEvent = (event: ServerEvent<string>) => log.event(event);
    return serve(addresses, { ...options, encoding, onEvent }, handler);
  }
  const { encoding, handler } = service;
  const onEvent = (event: ServerEvent) => log.event(event);
  return serve(addresses, { ...options, encoding, onEvent }, handler);
}

function tellSettings({ name, options }: ServerCommand, log: Log): void {
  const frame = String(options.frame);
  const maxMessageBytes = options["max-message"];
  log.now(
    { event: "settings", service: name, frame, maxMessageBytes },
    `serving ${name} with --frame ${frame}, messages up to ${
      formatSize(maxMessageBytes)
    }`,
  );
}

/** Waits, from now on, for a signal, then for the connections; a second signal cuts them. */
async function untilSignal(
  server: AnyServer,
  terminal: Terminal,
  log: Log,
  graceMs: number,
): Promise<ExitCode> {
  const { promise: ended, resolve: end } = Promise.withResolvers<ExitCode>();
  let stopping = false;
  const onSignal = async (signal: EndSignal) => {
    if (stopping) {
      for (const connection of server.connections) connection.abort();
      await server.finished;
      return end(signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated);
    }
    stopping = true;
    const open = server.connections.size;
    log.soon(
      { event: "stopping", connections: open, graceMs },
      open === 0
        ? "stopping"
        : `stopping: ${open} open ${
          open === 1 ? "connection has" : "connections have"
        } ${formatDuration(graceMs)} to finish; once more to cut them`,
    );
    log.flush();
    tellReport(await server.shutdown({ graceMs }), log);
    end(EXIT.done);
  };
  const undo = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, () => void onSignal(signal))
  );
  try {
    return await ended;
  } finally {
    for (const stopListening of undo) stopListening();
  }
}

function tellReport({ cut, finished }: ShutdownReport, log: Log): void {
  for (const { remoteAddress, unsentBytes } of cut) {
    log.now(
      { event: "cut", peer: String(remoteAddress), unsentBytes },
      `cut ${remoteAddress} with ${formatSize(unsentBytes)} unsent`,
    );
  }
  log.soon(
    { event: "stopped", finished, cut: cut.length },
    `stopped: ${finished} finished, ${cut.length} cut`,
  );
}
