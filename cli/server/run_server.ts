/**
 * The server as a function: listens, serves, drains.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import type { RunningFaults } from "../faults/running_faults.ts";
import type { Recording } from "../recording/record/begin_recording.ts";
import {
  isRecording,
  recordedFrame,
} from "../recording/record/record_options.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { reloadAtSignal } from "./listening/reload_certificate.ts";
import { parseServerArguments, type ServerCommand } from "./server_command.ts";
import { type Between, startServers } from "./start_servers.ts";
import { tellListening } from "./listening/tell_listening.ts";
import { untilSignal } from "./until_signal.ts";

/**
 * Gives the command that serves.
 *
 * @param name Name of the service, if it is known from the first word.
 */
export function serve(name = "echo"): LoadedCommand {
  return {
    manual: async () => (await import("./server_manual.ts")).manualOf(name),
    run: runService,
  };
}

async function runService(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const command = await parseServerArguments(args, terminal);
  const { options } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const recording = await recordingOf(command, terminal, log);
  const faults = await faultsOf(command, log);
  try {
    const exitCode = await runServers(
      command,
      { faults, recording },
      terminal,
      log,
    );
    return exitCode === EXIT.done && recording !== undefined
      ? await recording.recorder.end()
      : exitCode;
  } finally {
    await recording?.recorder.end();
    log.flush();
  }
}

/** Begins to break connections, if they are to be broken. */
async function faultsOf(
  { options }: ServerCommand,
  log: Log,
): Promise<RunningFaults | undefined> {
  if (options.fault.length === 0) return undefined;
  const { RunningFaults } = await import("../faults/running_faults.ts");
  return new RunningFaults(options, log);
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  { addresses, name, options, places, service }: ServerCommand,
  terminal: Terminal,
  log: Log,
): Promise<Recording | undefined> {
  if (!isRecording(options)) return undefined;
  const { beginRecording } = await import(
    "../recording/record/begin_recording.ts"
  );
  const frame = service.protocol === undefined
    ? recordedFrame(places, options.frame, log)
    : undefined;
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
  between: Between,
  terminal: Terminal,
  log: Log,
): Promise<ExitCode> {
  const { options, service } = command;
  const servers = await startServers(command, terminal, log, between);
  const undoReload = reloadAtSignal(servers, options, terminal, log);
  const ended = untilSignal(servers, terminal, log, options.grace);
  const write = service.protocol?.write ?? String;
  tellListening(command.addresses, servers.addresses, write, terminal, log);
  servers.begin();
  if (options.verbose) {
    const { tellSettings } = await import("./listening/tell_settings.ts");
    tellSettings(command, log);
  }
  const exitCode = await Promise.race([ended, servers.failed]);
  undoReload();
  return exitCode;
}
