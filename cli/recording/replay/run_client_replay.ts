/**
 * `parley-client replay`: plays the client's side of a recording.
 *
 * @module
 */

import { CLIENT_FOREIGN } from "../../arguments/foreign_options.ts";
import { kindsAt, refuseOthers } from "../../arguments/kinds.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { framedBy } from "../../arguments/place.ts";
import type { Manual } from "../../manual/manual.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { writeLine } from "../../terminal/terminal.ts";
import { checkPair } from "../../tls/tls_options.ts";
import { interruption } from "../../terminal/interruption.ts";
import { readTarget, targetAt } from "../../client/connection/target.ts";
import { TARGET_OPTIONS } from "../../client/connection/target_options.ts";
import { ClientReplay } from "./client_replay.ts";
import {
  checkReplay,
  COMMON_REPLAY_OPTIONS,
  REPLAY_DETAILS,
} from "./replay_options.ts";
import { Playback, tellPlayed } from "./playback.ts";

const { help, log, quiet, verbose, version, ...PLAYING } =
  COMMON_REPLAY_OPTIONS;
const OPTIONS = {
  ...PLAYING,
  ...TARGET_OPTIONS,
  ...{ log, quiet, verbose, help, version },
} as const;

const MANUAL: Manual = {
  name: "parley-client replay",
  usage: "FILE ADDRESS [options]",
  summary: "plays the client's side of a recording to a server",
  examples: [
    "parley-client replay session.jsonl 7342",
    "parley-client replay session.jsonl 7342 --speed max --expect",
    "parley-client replay session.jsonl 7342 --cut bytewise --expect",
    "parley-client replay session.jsonl db:5432 --expect --ignore .date",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["FILE", "a recording, made with --record; - is standard input"],
      ["ADDRESS", "the server"],
    ],
  }],
  options: OPTIONS,
  details: REPLAY_DETAILS,
};

/** The command. */
export const CLIENT_REPLAY: LoadedCommand = { manual: () => MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const parsed = parseArguments(args.slice(1), OPTIONS, CLIENT_FOREIGN);
  const [path, ...words] = parsed.operands;
  if (path === undefined || words.length === 0) {
    throw new UsageError(
      "a recording and an address are needed; write FILE ADDRESS, such as: session.jsonl 7342",
    );
  }
  const { address, framing, rest } = readTarget(words, terminal);
  const { given, options } = framedBy(parsed, framing, "frame");
  if (rest.length > 0) {
    throw new UsageError(`"${rest[0]}" is one operand too many`);
  }
  refuseOthers(OPTIONS, given, new Set(kindsAt(address)), String(address));
  checkPair(given);
  checkReplay(options);
  progress.json = options.log === "json";
  const lines = new Log(terminal, { ...options, format: options.log });
  const stop = interruption(terminal);
  try {
    const { input } = terminal;
    const playback = await Playback.read(path, "client", options, {
      input,
      log: lines,
    });
    const { signal } = stop;
    const open = await targetAt(address, options, {
      log: lines,
      signal,
      terminal,
    });
    const replay = new ClientReplay(playback, open, {
      log: lines,
      mostOpen: options.connections,
      output: (line) => writeLine(terminal.output, line),
      signal,
      speed: options.speed,
    });
    const begun = performance.now();
    const codes = await replay.run();
    tellPlayed(codes, options.expect, performance.now() - begun, lines);
    return codes.find((code) => code !== EXIT.done) ?? EXIT.done;
  } finally {
    stop.undo();
    lines.flush();
  }
}
