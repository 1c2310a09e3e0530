/**
 * `parley-client load`: puts load on a server.
 *
 * @module
 */

import {
  hdrText,
  type LoadOptions,
  type LoadSummary,
  readLoadSummary,
  runLoad,
} from "../../lib/load/mod.ts";
import { retrying } from "../../lib/core.ts";
import { LOAD_FOREIGN } from "../arguments/foreign_options.ts";
import { parseArguments } from "../arguments/parse.ts";
import { retryFor } from "../client/connection/retry.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import { NewFile } from "../output/new_file.ts";
import { LiveLine } from "../terminal/live_line.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { interruption } from "../terminal/interruption.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";
import { LOAD_MANUAL } from "./load_manual.ts";
import { loadOptionsOf, readLoadCommand } from "./load_command.ts";
import { LOAD_OPTIONS, type LoadValues } from "./load_options.ts";
import { comparisonLines } from "./shown/comparison.ts";
import { progressText } from "./shown/progress_text.ts";
import { summaryLines } from "./shown/summary_lines.ts";
import { readAll } from "../terminal/read_file.ts";

/** The command. */
export const LOAD: LoadedCommand = { manual: () => LOAD_MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const { operands, ...parsed } = parseArguments(
    args.slice(1),
    LOAD_OPTIONS,
    LOAD_FOREIGN,
  );
  const command = readLoadCommand(operands, parsed, terminal);
  const { options } = command;
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const earlier = await earlierRun(options.compare, terminal);
  // A run of an hour should not end with the news that they cannot be written.
  await using hdr = await newFile(options.hdr, "hdr");
  await using report = await newFile(options.report, "report");
  const asked = await loadOptionsOf(command, terminal, log);
  const stop = interruption(terminal);
  try {
    const summary = await measured(asked, options, terminal, log, stop.signal);
    show(summary, earlier, options, terminal);
    if (hdr !== undefined) await write(hdr, hdrText(summary));
    if (report !== undefined) {
      await write(report, await pageOf(summary, earlier, options));
      const file = options.report;
      log.soon({ event: "written", file }, `wrote ${file}`);
    }
    // A run that was ended by Ctrl-C shows what was measured until then.
    if (stop.signal.aborted) throw stop.signal.reason;
    return isGood(summary) ? EXIT.done : EXIT.failed;
  } finally {
    stop.undo();
    log.flush();
  }
}

/** Begins a file that is there once the run is over, if one is named. */
async function newFile(
  path: string | undefined,
  option: string,
): Promise<NewFile | undefined> {
  return path === undefined ? undefined : await NewFile.create(path, option);
}

async function write(file: NewFile, text: string): Promise<void> {
  file.write(new TextEncoder().encode(text));
  await file.keep();
}

/** Reads the file of `--compare`, before anything is opened. */
async function earlierRun(
  path: string | undefined,
  { input }: Terminal,
): Promise<LoadSummary | undefined> {
  if (path === undefined) return undefined;
  const text = new TextDecoder().decode(await readAll(path, input));
  try {
    return readLoadSummary(text);
  } catch (cause) {
    throw new Failure(EXIT.usage, `--compare ${path}: ${errorText(cause)}`, {
      cause,
    });
  }
}

/** Carries out the run, with a line of progress for a person. */
async function measured(
  asked: LoadOptions,
  options: LoadValues,
  terminal: Terminal,
  log: Log,
  signal: AbortSignal,
): Promise<LoadSummary> {
  const line = new LiveLine(terminal.errors);
  const { startThread } = terminal;
  const all: LoadOptions = {
    ...asked,
    signal,
    startWorker: startThread,
    onProgress: options.quiet
      ? undefined
      : (progress) => line.show(() => progressText(progress, asked)),
  };
  const retry = retryFor(options.retry, log);
  try {
    // It is only before the first connection is open that it can fail.
    return retry === undefined
      ? await runLoad(all)
      : await retrying(() => runLoad(all), retry, { signal });
  } finally {
    line.clear();
  }
}

function show(
  summary: LoadSummary,
  earlier: LoadSummary | undefined,
  { compare, format }: LoadValues,
  { errors, output }: Terminal,
): void {
  const isJson = format === "json";
  writeLine(
    output,
    isJson ? JSON.stringify(summary) : summaryLines(summary).join("\n"),
  );
  if (earlier === undefined) return;
  // JSON is one object and nothing else.
  const lines = comparisonLines(earlier, summary, compare!);
  writeLine(isJson ? errors : output, `\n${lines.join("\n")}`);
}

/** Makes the page of `--report`, for which more is loaded. */
async function pageOf(
  summary: LoadSummary,
  earlier: LoadSummary | undefined,
  { compare }: LoadValues,
): Promise<string> {
  const { loadReport } = await import("./report/load_report.ts");
  // Where the file is, is nothing that the readers of a page need to know.
  const name = compare === "-"
    ? "standard input"
    : `${compare?.replace(/.*[/\\]/, "")}`;
  return await loadReport(
    summary,
    earlier === undefined ? undefined : { name, summary: earlier },
  );
}

/** Whether nothing is wrong: with the answers, with the limits, with the run. */
function isGood({ errors, limits, messages }: LoadSummary): boolean {
  return messages > 0 && Object.keys(errors).length === 0 &&
    limits.every(({ verdict }) => verdict === "kept");
}
