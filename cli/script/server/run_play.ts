/**
 * `parley-server play`: is the server that a script describes.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import {
  beginRecording,
  type Recording,
} from "../../recording/record/begin_recording.ts";
import {
  isRecording,
  recordedFrame,
} from "../../recording/record/record_options.ts";
import { reloadAtSignal } from "../../server/listening/reload_certificate.ts";
import { tellListening } from "../../server/listening/tell_listening.ts";
import type { RunningServer } from "../../server/running_server.ts";
import { Servers } from "../../server/servers.ts";
import { untilSignal } from "../../server/until_signal.ts";
import { parsePlayArguments, type PlayCommand } from "./play_command.ts";
import { playManual } from "./play_options.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { Plays } from "./plays.ts";
import { startPlay } from "./start_play.ts";

/** The command. */
export const PLAY: LoadedCommand = {
  manual: playManual,
  run,
};

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const command = await parsePlayArguments(args.slice(1), terminal);
  const { addresses, options, script } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const plays = new Plays(
    script,
    { count: options.count, withinMs: options.timeout },
    terminal,
    log,
  );
  let recording: Recording | undefined;
  try {
    recording = await recordingOf(command, terminal, log);
    const running = await startPlay(command, plays, recording, terminal, log);
    const servers = new Servers(running.addresses, [stopping(running, plays)]);
    const undoReload = reloadAtSignal(servers, options, terminal, log);
    const stopped = untilSignal(
      servers,
      terminal,
      log,
      options.grace,
      plays.done,
    );
    tellListening(addresses, servers.addresses, String, terminal, log);
    try {
      const code = await stopped;
      plays.tellTotals();
      const ended = await recording?.recorder.end() ?? EXIT.done;
      return [code, plays.exitCode, ended].find((one) => one !== EXIT.done) ??
        EXIT.done;
    } finally {
      undoReload();
    }
  } finally {
    await recording?.recorder.end();
    log.flush();
  }
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  { addresses, options, script }: PlayCommand,
  terminal: Terminal,
  log: Log,
): Promise<Recording | undefined> {
  if (!isRecording(options)) return undefined;
  const frames = new Set(
    script.connections.map(({ options: { framing } }) => `${framing}`),
  );
  const places = addresses.map((address) => ({
    address,
    framing: script.connections[0]?.options.framing,
  }));
  // Which client gets which framing shows only when they connect.
  const frame = frames.size > 1
    ? undefined
    : recordedFrame(places, options.frame, log);
  return await beginRecording(
    options,
    {
      by: "parley-server play",
      frameToServer: frame,
      frameToClient: frame,
      listen: addresses.join(" "),
    },
    terminal,
    log,
  );
}

/** A script cannot go on without what a client sends, so a shutdown cuts it. */
function stopping(server: RunningServer, plays: Plays): RunningServer {
  return {
    ...server,
    shutdown(graceMs) {
      plays.stop();
      return server.shutdown(graceMs);
    },
  };
}
