/**
 * The server as a function: listens, serves, drains.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { Manual } from "../manual/manual.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import type { Recording } from "../recording/record/begin_recording.ts";
import { isRecording } from "../recording/record/record_options.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readTlsFiles } from "../tls/tls_files.ts";
import { isNameOfLoopback, reachableAt } from "./reachable.ts";
import { parseServerArguments, type ServerCommand } from "./server_command.ts";
import { manualOf } from "./server_manual.ts";
import { type Servers, startServers } from "./start_servers.ts";
import { untilSignal } from "./until_signal.ts";

/**
 * Gives the command that serves.
 *
 * @param name Name of the service, if it is known from the first word.
 */
export function serve(name = "echo"): Promise<LoadedCommand> {
  return Promise.resolve({
    // Only made when it is asked for.
    get manual(): Manual {
      return manualOf(name);
    },
    run: runService,
  });
}

async function runService(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const command = parseServerArguments(args, terminal);
  const { options } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, {
    format: options.log,
    quiet: options.quiet,
    verbose: options.verbose,
  });
  const recording = await recordingOf(command, terminal, log);
  try {
    const exitCode = await runServers(command, recording, terminal, log);
    return exitCode === EXIT.done && recording !== undefined
      ? await recording.recorder.end()
      : exitCode;
  } finally {
    await recording?.recorder.end();
    log.flush();
  }
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  { addresses, name, options, service }: ServerCommand,
  terminal: Terminal,
  log: Log,
): Promise<Recording | undefined> {
  if (!isRecording(options)) return undefined;
  const { beginRecording } = await import(
    "../recording/record/begin_recording.ts"
  );
  const isFramed = service.protocol === undefined &&
    addresses.some(({ transport }) => transport !== "udp");
  const frame = isFramed ? String(options.frame) : undefined;
  return await beginRecording(
    options,
    {
      by: `parley-server ${name}`,
      frameToServer: frame,
      frameToClient: frame,
      listen: addresses.join(" "),
    },
    terminal,
    log,
  );
}

/** Serves until a signal. */
async function runServers(
  command: ServerCommand,
  recording: Recording | undefined,
  terminal: Terminal,
  log: Log,
): Promise<ExitCode> {
  const { options, service } = command;
  const servers = await startServers(command, terminal, log, recording);
  const undoReload = reloadAtSignal(servers, command, terminal, log);
  const ended = untilSignal(servers, terminal, log, options.grace);
  const write = service.protocol?.write ?? String;
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
  return exitCode;
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
  if (service.protocol !== undefined) return tellHttpSettings(command, log);
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

/** Reads the certificate again at SIGHUP; a wrong one changes nothing. */
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
      const { describe } = await import("../output/report.ts");
      const reason = describe(error, "listening");
      log.now(
        { event: "not_reloaded", cert, reason },
        `still showing the certificate as it was: ${reason}`,
      );
    }
  };
  return terminal.onSignal("SIGHUP", () => void reload());
}
