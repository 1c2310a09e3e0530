/**
 * `parley-client talk`: holds the conversations that scripts describe.
 *
 * ```text
 *   all scripts read ─► first ─► second ─► ... ─► summary, report
 *                         │ a conversation goes otherwise: the next one runs
 *                         └ Ctrl-C: the others do not run
 * ```
 *
 * @module
 */

import {
  runScript,
  type Script,
  type ScriptConnection,
  type ScriptConnectionPlan,
} from "../../../lib/testing/mod.ts";
import { dialDatagrams } from "../../../lib/session/datagrams/mod.ts";
import { MessageConnection } from "../../../mod.ts";
import { openConnection } from "../../client/connection/open_connection.ts";
import type { Stage } from "../../output/describe.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { interruption } from "../../terminal/interruption.ts";
import {
  beginRecording,
  type Recording,
} from "../../recording/record/begin_recording.ts";
import {
  isRecording,
  recordedFrame,
} from "../../recording/record/record_options.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { ReportFile } from "./report_file.ts";
import {
  codeOf,
  type ScriptResult,
  tellResult,
  tellSummary,
} from "./script_result.ts";
import { parseTalkArguments, type TalkCommand } from "./talk_command.ts";
import { TALK_MANUAL } from "./talk_options.ts";

/** The command. */
export const TALK: LoadedCommand = {
  manual: () => TALK_MANUAL,
  run,
};

/** What scripts run with. */
interface Surroundings {
  readonly command: TalkCommand;
  readonly log: Log;
  readonly recording: Recording | undefined;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const command = await parseTalkArguments(args.slice(1), terminal);
  const { options, scripts } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const report = options.report === undefined
    ? undefined
    : await ReportFile.create(options.report);
  const recording = await recordingOf(command, terminal, log);
  const stop = interruption(terminal);
  const { signal } = stop;
  const results: ScriptResult[] = [];
  try {
    const surroundings = { command, log, recording, signal, terminal };
    const begun = terminal.elapsedMs();
    for (const script of scripts) {
      if (signal.aborted) break;
      const result = await resultOf(script, surroundings);
      results.push(result);
      tellResult(result, terminal, log);
    }
    tellSummary(results, scripts.length, terminal.elapsedMs() - begun, log);
  } finally {
    stop.undo();
    log.flush();
    await recording?.recorder.end();
    const notRun = scripts.slice(results.length).map(({ name }) => name);
    await report?.write(results, notRun);
  }
  if (signal.aborted) throw signal.reason;
  const code = results.map(codeOf).find((code) => code !== EXIT.done);
  return code ?? await recording?.recorder.end() ?? EXIT.done;
}

/** Runs a script. */
async function resultOf(
  script: Script,
  surroundings: Surroundings,
): Promise<ScriptResult> {
  const { command: { options }, log, signal, terminal } = surroundings;
  const begunMs = terminal.elapsedMs();
  const { name } = script;
  const at = terminal.now();
  let steps = 0;
  let stage: Stage = "connecting";
  const done = () => ({
    name,
    at,
    steps,
    durationMs: terminal.elapsedMs() - begunMs,
  });
  try {
    await runScript(script, async (plan) => {
      stage = "connecting";
      const connection = await opened(plan, surroundings);
      stage = "talking";
      return connection;
    }, {
      signal,
      withinMs: options.timeout,
      onStep({ line, text }) {
        steps++;
        if (log.options.verbose) {
          log.now(
            { event: "step", script: name, line },
            `${name}:${line}: ${text}`,
          );
        }
      },
    });
    return done();
  } catch (error) {
    return { ...done(), failed: { error, stage } };
  }
}

/** Opens a connection of a script. */
async function opened(
  plan: ScriptConnectionPlan,
  { command, log, recording, signal, terminal }: Surroundings,
): Promise<ScriptConnection> {
  const { options: own } = plan;
  const { options, places } = command;
  const { address } = places.get(plan)!;
  const maxMessageBytes = own.maxMessageBytes ?? options["max-message"];
  if (address.transport === "udp") {
    return new MessageConnection(await dialDatagrams(address), {
      maxMessageBytes,
    });
  }
  const values = {
    ...options,
    frame: own.framing ?? options.frame,
    "max-message": maxMessageBytes,
    // Bounding connecting is another option's.
    timeout: Infinity,
  };
  const parts = { log, recording, signal, terminal };
  return await openConnection({ address, options: values }, parts);
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  { options, places }: TalkCommand,
  terminal: Terminal,
  log: Log,
): Promise<Recording | undefined> {
  if (!isRecording(options)) return undefined;
  const framed = Array.from(places, ([plan, { address }]) => ({
    address,
    framing: plan.options.framing,
  }));
  const frame = recordedFrame(framed, options.frame, log);
  const addresses = new Set(framed.map(({ address }) => String(address)));
  return await beginRecording(
    options,
    {
      by: "parley-client talk",
      frameToServer: frame,
      frameToClient: frame,
      target: addresses.size === 1 ? [...addresses][0] : undefined,
    },
    terminal,
    log,
  );
}
