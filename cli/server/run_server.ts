/**
 * The server as a function: listens, serves, drains.
 *
 * @module
 */

import type { Address, ShutdownReport } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import { describe, EXIT, type ExitCode } from "../output/exit_code.ts";
import { urlOf } from "../http/server/http_manual.ts";
import { Log } from "../output/log.ts";
import { runCert } from "../tls/run_cert.ts";
import { runProgram } from "../program.ts";
import { isNameOfLoopback, reachableAt } from "./reachable.ts";
import {
  parseServerArguments,
  SERVER_MANUAL,
  type ServerCommand,
} from "./server_options.ts";
import { formatSize } from "../arguments/sizes.ts";
import { type Servers, startServers } from "./start_servers.ts";
import type { EndSignal, Terminal } from "../terminal/terminal.ts";
import { readTlsFiles } from "../tls/tls_files.ts";

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
  if (args[0] === "cert") return runCert(args.slice(1), terminal);
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
    const servers = await startServers(command, terminal, log);
    const undoReload = reloadAtSignal(servers, command, terminal, log);
    const ended = untilSignal(servers, terminal, log, options.grace);
    const write = command.service === "http" ? urlOf : String;
    for (const address of servers.addresses) {
      log.now(
        { event: "listening", address: write(address) },
        `listening on ${write(address)}`,
      );
    }
    tellReachable(command.addresses, servers.addresses, write, terminal, log);
    if (options.verbose) tellSettings(command, log);
    const exitCode = await Promise.race([ended, servers.failed]);
    undoReload();
    log.flush();
    return exitCode;
  });
}

/** Tells what to write on another machine, where that is another address. */
function tellReachable(
  asked: readonly Address[],
  bound: readonly Address[],
  write: (address: Address) => string,
  terminal: Terminal,
  log: Log,
): void {
  if (log.options.quiet) return;
  const interfaces = terminal.interfaces();
  asked.forEach((place, i) => {
    const at = bound[i]!;
    for (const { address, via } of reachableAt(place, at, interfaces)) {
      log.now(
        { event: "reachable", address: write(address), interface: via },
        `other machines reach it at ${write(address)} (${via})`,
      );
    }
    if (isNameOfLoopback(place, at)) {
      const { hostname, port } = at;
      log.now(
        { event: "unreachable", address: write(at), name: place.hostname },
        `other machines cannot reach it: ${place.hostname} is ${hostname} here; use :${port} instead`,
      );
    }
  });
}

function tellSettings(command: ServerCommand, log: Log): void {
  const { name, options, service } = command;
  if (service === "http") return tellHttpSettings(command, log);
  const frame = String(options.frame);
  const maxMessageBytes = options["max-message"];
  log.now(
    { event: "settings", service: name, frame, maxMessageBytes },
    `serving ${name} with --frame ${frame}, messages up to ${
      formatSize(maxMessageBytes)
    }`,
  );
}

function tellHttpSettings({ options }: ServerCommand, log: Log): void {
  const { "max-body": maxBodyBytes, root } = options;
  log.now(
    {
      event: "settings",
      service: "http",
      ...(root === undefined ? {} : { root }),
      maxBodyBytes,
    },
    root === undefined
      ? `serving http: what was sent, bodies up to ${formatSize(maxBodyBytes)}`
      : `serving http: the files below ${root}`,
  );
}

/** Reads the certificate again when it is asked to; a wrong one changes nothing. */
function reloadAtSignal(
  servers: Servers,
  { options }: ServerCommand,
  terminal: Terminal,
  log: Log,
): () => void {
  const { cert, key } = options;
  if (cert === undefined || key === undefined) return () => {};
  const reload = async () => {
    try {
      const files = { ca: undefined, cert, key };
      const content = await readTlsFiles(files, terminal);
      await servers.setCertificate(content as TlsCertificate);
      log.now(
        { event: "reloaded", cert },
        `showing the certificate in ${cert} from now on`,
      );
    } catch (error) {
      const reason = describe(error, "listening");
      log.now(
        { event: "not_reloaded", cert, reason },
        `still showing the certificate as it was: ${reason}`,
      );
    }
  };
  return terminal.onSignal("SIGHUP", () => void reload());
}

/** Waits, from now on, for a signal, then for the connections; a second signal cuts them. */
async function untilSignal(
  servers: Servers,
  terminal: Terminal,
  log: Log,
  graceMs: number,
): Promise<ExitCode> {
  const { promise: ended, resolve: end } = Promise.withResolvers<ExitCode>();
  let stopping = false;
  let exitCode: ExitCode = EXIT.done;
  const onSignal = async (signal: EndSignal) => {
    if (stopping) {
      exitCode = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
      return servers.cut();
    }
    stopping = true;
    const open = await servers.open();
    log.soon(
      { event: "stopping", connections: open, graceMs },
      open === 0
        ? "stopping"
        : `stopping: ${open} open ${
          open === 1 ? "connection has" : "connections have"
        } ${formatDuration(graceMs)} to finish; once more to cut them`,
    );
    log.flush();
    tellReport(await servers.shutdown(graceMs), log);
    end(exitCode);
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
