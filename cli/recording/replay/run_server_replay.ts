/**
 * `parley-server replay`: plays the server's side of a recording.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import { SERVER_FOREIGN } from "../../arguments/foreign_options.ts";
import { kindsAt, refuseOthers } from "../../arguments/kinds.ts";
import { about, flag } from "../../arguments/option.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { framedBy, oneFraming, readPlaces } from "../../arguments/place.ts";
import type { Manual } from "../../manual/manual.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import {
  checkPair,
  HANDSHAKE_OPTION,
  TLS_OPTIONS,
} from "../../tls/tls_options.ts";
import { interruption } from "../../terminal/interruption.ts";
import {
  checkReplay,
  COMMON_REPLAY_OPTIONS,
  REPLAY_DETAILS,
} from "./replay_options.ts";
import { ReplayServer } from "./replay_server.ts";
import { Playback, tellPlayed } from "./playback.ts";

const { help, log, quiet, verbose, version, ...PLAYING } =
  COMMON_REPLAY_OPTIONS;
const OPTIONS = {
  ...PLAYING,
  ...about({ subject: "playing" }, {
    "repeat": flag("begins again after the last recorded connection", {
      usual: true,
    }),
  }),
  ...TLS_OPTIONS,
  "handshake-timeout": HANDSHAKE_OPTION,
  ...{ log, quiet, verbose, help, version },
} as const;

type Options = ReturnType<
  typeof parseArguments<typeof OPTIONS>
>["options"];

const MANUAL: Manual = {
  name: "parley-server replay",
  usage: "FILE ADDRESS... [options]",
  summary: "plays the server's side of a recording to clients",
  examples: [
    "parley-server replay session.jsonl 7342",
    "parley-server replay session.jsonl 7342 --speed max --repeat",
    "parley-server replay session.jsonl 7342 --expect",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["FILE", "a recording, made with --record; - is standard input"],
      [
        "ADDRESS...",
        "where to listen; the first client gets the first recorded connection, and so on",
      ],
    ],
  }],
  options: OPTIONS,
  details: REPLAY_DETAILS,
};

/** The command. */
export const SERVER_REPLAY: LoadedCommand = { manual: () => MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const parsed = parseArguments(args.slice(1), OPTIONS, SERVER_FOREIGN);
  const [path, ...words] = parsed.operands;
  if (path === undefined || words.length === 0) {
    throw new UsageError(
      "a recording and an address are needed; write FILE ADDRESS, such as: session.jsonl 7342",
    );
  }
  const places = readPlaces(words, terminal.isSocket);
  const addresses = places.map(({ address }) => address);
  const framing = oneFraming(places, "one recording is played to all clients");
  const { given, options } = framedBy(parsed, framing, "frame");
  check(addresses, given, options);
  progress.json = options.log === "json";
  const lines = new Log(terminal, { ...options, format: options.log });
  const { input } = terminal;
  const reading = { input, log: lines };
  const playback = await Playback.read(path, "server", options, reading);
  const stop = interruption(terminal);
  const how = {
    handshakeMs: options["handshake-timeout"],
    mostOpen: options.connections,
    repeats: options.repeat,
  };
  const server = new ReplayServer(playback, how, terminal, lines);
  try {
    await server.listen(addresses, options);
    const begun = performance.now();
    const codes = await server.run(stop.signal);
    tellPlayed(codes, options.expect, performance.now() - begun, lines);
    return codes.find((code) => code !== EXIT.done) ?? EXIT.done;
  } finally {
    server.close();
    stop.undo();
    lines.flush();
  }
}

function check(
  addresses: readonly Address[],
  given: ReadonlySet<string>,
  options: Options,
): void {
  const isTls = addresses.some((address) => address.isTls);
  const kinds = new Set(addresses.flatMap(kindsAt));
  refuseOthers(OPTIONS, given, kinds, addresses.join(" "));
  checkPair(given);
  checkReplay(options);
  if (isTls && !given.has("cert")) {
    throw new UsageError(
      "a tls: address needs --cert and --key; to try it, make both with: parley-server cert --name localhost --out .",
    );
  }
}
