/**
 * `parley-server tap`: passes connections on to a server and shows the messages.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type { WatchedFramings } from "../../lib/relay/mod.ts";
import { loadValues } from "../arguments/load_values.ts";
import type { RunningFaults } from "../faults/running_faults.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { BoundedOutput } from "../output/bounded_output.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { isRecording } from "../recording/record/record_options.ts";
import type { Recorder } from "../recording/record/recorder.ts";
import { reloadAtSignal } from "../server/listening/reload_certificate.ts";
import type { RunningServer } from "../server/running_server.ts";
import { Servers } from "../server/servers.ts";
import { tellListening } from "../server/listening/tell_listening.ts";
import { untilSignal } from "../server/until_signal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { AUTO, GuessedFraming } from "./guessed_framing.ts";
import { displayFor, loadFormat } from "./display/display_for.ts";
import { RecordingView } from "./recording_view.ts";
import type { OpenPage } from "./page/open_page.ts";
import { parseTapArguments, type TapCommand } from "./tap_command.ts";
import { TAP_OPTIONS } from "./tap_option_table.ts";
import type { TapSettings } from "./tapped_connection.ts";

// How long a slow reader of standard output gets at the end.
const DRAIN_MS = 1_000;

/** The command. */
export const TAP: LoadedCommand = {
  manual: async () => (await import("./tap_manual.ts")).tapManual(),
  run: runTap,
};

async function runTap(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  await loadValues(args, TAP_OPTIONS);
  const command = parseTapArguments(args.slice(1), terminal);
  const { options } = command;
  progress.json = options.log === "json";
  // A terminal that is stopped must not stop the traffic, neither by its messages
  // nor by its log.
  const output = await BoundedOutput.to(terminal.output);
  const errors = await BoundedOutput.to(terminal.errors);
  if (output.isTerminal && errors.isTerminal) output.follow(errors);
  const log = new Log({ errors, now: () => terminal.now() }, {
    format: options.log,
    quiet: options.quiet,
    verbose: options.verbose,
  });
  const guess = guessFor(command, log);
  const framing = guess ?? {
    toServer: options["frame-to-server"] ?? options.frame,
    toClient: options["frame-to-client"] ?? options.frame,
  };
  const recording = await recordingOf(command, framing, terminal, log);
  const format = await loadFormat(options.format);
  const shown = { log, output, terminal };
  const display = displayFor(options, format, framing, shown);
  const { target } = command;
  const page = await pageOf(command, framing, terminal, log);
  const settings: TapSettings = {
    framing,
    maxMessageBytes: options["max-message"],
    terminal,
    views: [
      display,
      ...recording === undefined ? [] : [new RecordingView(recording, target)],
      ...guess === undefined ? [] : [guess],
      ...page === undefined ? [] : [page.view],
    ],
    ready: recording && (() => recording.room()),
    faults: await faultsOf(command, terminal, log),
  };
  try {
    const exitCode = await serveTap(
      command,
      settings,
      { output, terminal },
      log,
      (address) => page?.listensAt(address),
    );
    return exitCode === EXIT.done && recording !== undefined
      ? await recording.end()
      : exitCode;
  } finally {
    await Promise.all([recording?.end(), page?.close()]);
    guess?.end();
    display.end();
    log.flush();
    await Promise.all([output, errors].map((one) => one.drained(DRAIN_MS)));
  }
}

/** Begins to break connections, if they are to be broken. */
async function faultsOf(
  { options }: TapCommand,
  { errors, output }: Pick<Terminal, "errors" | "output">,
  log: Log,
): Promise<RunningFaults | undefined> {
  if (options.fault.length === 0) return undefined;
  const { RunningFaults } = await import("../faults/running_faults.ts");
  // On a terminal a strike is a line among the messages, which is enough.
  const isShown = output.isTerminal && errors.isTerminal &&
    options.log === "text" && options.only === undefined;
  return new RunningFaults(options, log, isShown);
}

/** What guesses the framing, if it is to be guessed. */
function guessFor(
  { options }: TapCommand,
  log: Log,
): GuessedFraming | undefined {
  const {
    frame,
    "frame-to-client": toClient,
    "frame-to-server": toServer,
  } = options;
  if (frame === AUTO) {
    return new GuessedFraming({
      ...toClient && { toClient },
      ...toServer && { toServer },
    }, log);
  }
  return undefined;
}

/** Says how to see messages, if nothing was said about them. */
function tellHint({ given, listen }: TapCommand, log: Log): void {
  const isGiven = ["frame", "frame-to-client", "frame-to-server"]
    .some((name) => given.has(name));
  if (isGiven || listen.transport === "udp") return;
  log.soon(
    { event: "hint" },
    "each read is shown as it is; --frame auto guesses where messages end",
  );
}

/** Listens until a signal, or until standard output is closed. */
async function serveTap(
  command: TapCommand,
  settings: TapSettings,
  { output, terminal }: {
    readonly output: BoundedOutput;
    readonly terminal: Terminal;
  },
  log: Log,
  onListening: (address: Address) => void,
): Promise<ExitCode> {
  const { listen, options } = command;
  const running = await start(command, settings, terminal, log);
  onListening(running.addresses[0]!);
  const servers = new Servers(running.addresses, [running]);
  const undoReload = reloadAtSignal(servers, options, terminal, log);
  const ended = untilSignal(servers, terminal, log, options.grace);
  tellListening([listen], servers.addresses, String, terminal, log);
  tellHint(command, log);
  try {
    return await Promise.race([ended, failureOf(output, servers)]);
  } finally {
    undoReload();
  }
}

/** Loads only what the kind of address needs. */
async function start(
  command: TapCommand,
  settings: TapSettings,
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  if (command.listen.transport === "udp") {
    const { startTapDatagrams } = await import("./start_tap_datagrams.ts");
    return await startTapDatagrams(command, settings, log);
  }
  const { startTap } = await import("./start_tap.ts");
  return await startTap(command, settings, terminal, log);
}

/** Begins to serve the page, if there is to be one. */
async function pageOf(
  { listen, options, target }: TapCommand,
  framing: WatchedFramings,
  terminal: Terminal,
  log: Log,
): Promise<OpenPage | undefined> {
  if (options.page === undefined) return undefined;
  const [{ openPage }, { tellPage }] = await Promise.all([
    import("./page/open_page.ts"),
    import("./page/tell_page.ts"),
  ]);
  const subject = { listen: String(listen), target: String(target) };
  const page = await openPage(options.page, framing, subject, terminal);
  tellPage(options.page, page, terminal, log);
  return page;
}

/** Begins the recording, if there is to be one. */
async function recordingOf(
  { listen, options, target }: TapCommand,
  framing: WatchedFramings,
  terminal: Terminal,
  log: Log,
): Promise<Recorder | undefined> {
  if (!isRecording(options)) return undefined;
  const { Recorder } = await import("../recording/record/recorder.ts");
  const what = {
    by: "parley-server tap",
    frameToServer: String(framing.toServer),
    frameToClient: String(framing.toClient),
    listen: String(listen),
    target: String(target),
  };
  return await Recorder.begin(options, what, terminal, log);
}

/** Rejects when standard output cannot be written, once all connections are cut. */
function failureOf(output: BoundedOutput, servers: Servers): Promise<never> {
  return new Promise((_, reject) => {
    output.onFailure = (error) => {
      servers.shutdown(0).then(() => reject(error), reject);
    };
  });
}
