/**
 * The client as a function: reads the command line, and loads what it asks for.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand, Progress } from "../program.ts";
import type { HttpCommand } from "../http/client/http_command.ts";
import type { Recording } from "../recording/record/begin_recording.ts";
import {
  isRecording,
  recordedFrame,
} from "../recording/record/record_options.ts";
import { interruption } from "../terminal/interruption.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type ClientCommand, parseClientArguments } from "./client_command.ts";

/** What a client works with besides its command line. */
export interface Surroundings {
  /** What the program has around it. */
  readonly terminal: Terminal;
  /** Where lines about it go. */
  readonly log: Log;
  /** Ends it with its reason. */
  readonly signal: AbortSignal;
  /** Ends it as Ctrl-C does. */
  readonly interrupt: () => void;
  /** Is kept up to date. */
  readonly progress: Progress;
  /** Records what goes over its connections. */
  readonly recording: Recording | undefined;
}

/**
 * Gives the command that talks to an address.
 *
 * @param args The command line; its first operand is the address.
 */
export function talkTo(args: readonly string[]): LoadedCommand {
  return {
    async manual() {
      const { manualFor } = await import("./client_manual.ts");
      return manualFor(args.find((arg) => !arg.startsWith("-")) ?? "");
    },
    run: runTalk,
  };
}

async function runTalk(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const command = await parseClientArguments(args, terminal);
  const { options } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const recording = await recordingOf(command, terminal, log);
  const { interrupt, signal, undo } = interruption(terminal);
  const surroundings: Surroundings = {
    terminal,
    log,
    signal,
    interrupt,
    progress,
    recording,
  };
  try {
    // Each is loaded when it is asked for: the others start sooner without it.
    if ("url" in command) {
      const { runHttpRequest } = await import(
        "../http/client/run_http_request.ts"
      );
      await runHttpRequest(command, surroundings);
    } else if (command.address.transport === "udp") {
      const { runUdpClient } = await import("../udp/run_udp_client.ts");
      await runUdpClient(command, surroundings);
    } else {
      const { talk } = await import("./talk.ts");
      await talk(command, surroundings);
    }
    return await recording?.recorder.end() ?? EXIT.done;
  } finally {
    await recording?.recorder.end();
    undo();
    log.flush();
  }
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  command: ClientCommand | HttpCommand,
  terminal: Terminal,
  log: Log,
): Promise<Recording | undefined> {
  const { options } = command;
  if (!isRecording(options)) return undefined;
  const { beginRecording } = await import(
    "../recording/record/begin_recording.ts"
  );
  const frame = "url" in command
    ? undefined
    : recordedFrame([command], options.frame, log);
  return await beginRecording(
    options,
    {
      by: "parley-client",
      frameToServer: frame,
      frameToClient: frame,
      target: "url" in command ? undefined : String(command.address),
    },
    terminal,
    log,
  );
}
