/**
 * `parley-client replay`: plays the client's side of a recording.
 *
 * @module
 */

import type { ConnectionTurns } from "../../../lib/recording/mod.ts";
import { refuseOthers } from "../../arguments/kinds.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { framedBy } from "../../arguments/place.ts";
import type { Manual } from "../../manual/manual.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { writeLine } from "../../terminal/terminal.ts";
import { checkPair } from "../../tls/tls_options.ts";
import { interruption } from "../exchange/interruption.ts";
import {
  kindsOfTarget,
  type OpenTarget,
  readTarget,
  targetAt,
} from "../exchange/target.ts";
import { TARGET_OPTIONS } from "../exchange/target_options.ts";
import {
  checkReplay,
  COMMON_REPLAY_OPTIONS,
  REPLAY_DETAILS,
} from "./replay_options.ts";
import { Script, tellPlayed } from "./script.ts";

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
export const CLIENT_REPLAY: LoadedCommand = { manual: MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const parsed = parseArguments(args.slice(1), OPTIONS);
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
  refuseOthers(OPTIONS, given, kindsOfTarget(address), String(address));
  checkPair(given);
  checkReplay(options);
  progress.json = options.log === "json";
  const lines = new Log(terminal, { ...options, format: options.log });
  const stop = interruption(terminal);
  try {
    const { input } = terminal;
    const script = await Script.read(path, "client", options, {
      input,
      log: lines,
    });
    const { signal } = stop;
    const open = await targetAt(address, options, {
      log: lines,
      signal,
      terminal,
    });
    const replay = new Replay(script, open, options.speed, signal, (line) => {
      writeLine(terminal.output, line);
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

/** Plays the connections of a script, each at its time. */
class Replay {
  readonly #script: Script;
  readonly #open: OpenTarget;
  readonly #speed: number;
  readonly #signal: AbortSignal;
  readonly #output: (line: string) => void;
  #over = 0;
  #changed = Promise.withResolvers<void>();

  constructor(
    script: Script,
    open: OpenTarget,
    speed: number,
    signal: AbortSignal,
    output: (line: string) => void,
  ) {
    this.#script = script;
    this.#open = open;
    this.#speed = speed;
    this.#signal = signal;
    this.#output = output;
  }

  /** Resolves to what came of each connection. */
  async run(): Promise<readonly ExitCode[]> {
    const { connections } = this.#script;
    const [first] = connections;
    const begunMs = performance.now();
    const playing: Promise<ExitCode>[] = [];
    const stop = Promise.withResolvers<never>();
    const onAbort = () => stop.reject(this.#signal.reason);
    this.#signal.addEventListener("abort", onAbort);
    try {
      for (const turns of connections) {
        const sinceMs = (turns.openedAt - first!.openedAt) * 1000 / this.#speed;
        await Promise.race([
          this.#untilMs(begunMs + sinceMs),
          stop.promise,
        ]);
        while (this.#over < turns.after) {
          await Promise.race([this.#changed.promise, stop.promise]);
        }
        const played = this.#play(turns);
        // The first that cannot be opened ends all of it.
        played.catch(stop.reject);
        playing.push(played);
      }
      return await Promise.race([Promise.all(playing), stop.promise]);
    } finally {
      this.#signal.removeEventListener("abort", onAbort);
      stop.promise.catch(() => {});
    }
  }

  async #play(turns: ConnectionTurns): Promise<ExitCode> {
    const connection = await this.#open();
    const close = () => connection.abort();
    this.#signal.addEventListener("abort", close);
    try {
      return await this.#script.play(connection, turns, this.#output);
    } finally {
      this.#signal.removeEventListener("abort", close);
      this.#over++;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }

  #untilMs(ms: number): Promise<void> {
    const waitMs = ms - performance.now();
    if (waitMs < 1) return Promise.resolve();
    return new Promise((resolve) => {
      const id = setTimeout(resolve, Math.min(waitMs, 2 ** 31 - 1));
      this.#signal.addEventListener("abort", () => clearTimeout(id));
    });
  }
}
